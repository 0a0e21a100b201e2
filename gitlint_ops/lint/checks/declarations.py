"""Where a delivery's own fields are written: in a file, in its parent's output, in an ApplicationSet's template."""

from __future__ import annotations

from dataclasses import replace

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.provenance.match import value_at
from gitlint_ops.repo.model import Delivery, Generator
from gitlint_ops.source.model import FieldPath, Json

Key = tuple[str, str, str, str]
"""Parent delivery, kind, namespace, name; or, for what a folder applied by hand gives: '', kind, file, name."""
_KINDS = ("Application", "ApplicationSet", "Kustomization", "HelmRelease")


def at_field(context: CheckContext, delivery: Delivery, field_path: FieldPath, violation: Violation) -> Violation:
    """Put a violation at a field of a delivery's declaration; a field that is not there falls to what encloses it."""
    placed = replace(violation, deliveries=violation.deliveries or (delivery,))
    generator = context.graph.generators.get(delivery.generator)
    if generator is not None:
        field_path = (*(delivery.document_path or ("spec", "template")), *field_path)
        return _at_parameter(context, delivery, generator, field_path, placed) or at_generator(
            context, generator, field_path, placed
        )
    rendered = rendered_declaration(context, delivery)
    if rendered is not None:
        return replace(placed, object=rendered, field_path=field_path)
    return _in_document(context, delivery, (*delivery.document_path, *field_path), placed)


def _at_parameter(
    context: CheckContext, delivery: Delivery, generator: Generator, field_path: FieldPath, placed: Violation
) -> Violation | None:
    """Put a violation at the generator's parameter that gives the field; None where the template gives it itself."""
    text = value_at(generator.object, field_path)
    origin = context.provenance.parameter(text, delivery) if isinstance(text, str) else None
    return replace(placed, span=origin.span, exact=origin.exact) if origin is not None else None


def at_generator(context: CheckContext, generator: Generator, field_path: FieldPath, violation: Violation) -> Violation:
    """Put a violation at a field of an ApplicationSet's declaration."""
    rendered = _find(context, generator.parent, "ApplicationSet", generator.namespace, generator.name)
    if rendered is None and not generator.parent and _is_changed(context, generator):
        rendered = _of_a_top(context, "ApplicationSet", generator)
    if rendered is not None:
        return replace(violation, object=rendered, field_path=field_path)
    return _in_document(context, generator, field_path, violation)


def rendered_declaration(context: CheckContext, delivery: Delivery) -> RenderedObject | None:
    """Give the rendered object that declares a delivery, None where it stands in a file as such."""
    found = _find(context, delivery.parent, delivery.kind, delivery.namespace, delivery.name)
    if found is None and not delivery.parent and _is_changed(context, delivery):
        found = _of_a_top(context, delivery.kind, delivery)
    if found is None and delivery.document is None and delivery.span is not None:
        found = _find(context, "", delivery.kind, delivery.span.path, delivery.name)
    return found


def _is_changed(context: CheckContext, declared: Delivery | Generator) -> bool:
    """Whether the declaring object is not what its file says: an overlay that nothing delivers patched it, say."""
    return declared.document is None or bool(_written(context, declared) != declared.object)


def _written(context: CheckContext, declared: Delivery | Generator) -> Json:
    """Give the declaring document as its file says it."""
    path, index = declared.document or ("", 0)
    return next((d.value for d in context.tree.read(path).documents if d.index == index), None)


def _of_a_top(context: CheckContext, kind: str, declared: Delivery | Generator) -> RenderedObject | None:
    """Find the declaring object in what nothing delivers; overlays of one base give it once each, each its own."""
    known = context.once("declarations-of-tops", lambda: _declared_by_tops(context))
    return next((item for item in known.get((kind, declared.name), ()) if item.data == declared.object), None)


def _declared_by_tops(context: CheckContext) -> dict[tuple[str, str], list[RenderedObject]]:
    found: dict[tuple[str, str], list[RenderedObject]] = {}
    for item in context.of_kinds(_KINDS):
        if item.delivery.controller == "none":
            found.setdefault((item.kind, item.name), []).append(item)
    return found


def _find(context: CheckContext, parent: str, kind: str, namespace: str, name: str) -> RenderedObject | None:
    known = context.once("declarations", lambda: _index(context))
    return known.get((parent, kind, namespace, name)) or known.get((parent, kind, "", name))


def _index(context: CheckContext) -> dict[Key, RenderedObject]:
    found = list(context.of_kinds(_KINDS))
    by_file = {("", o.kind, o.source_path, o.name): o for o in reversed(found)}
    return by_file | {(o.delivery.id, o.kind, o.namespace, o.name): o for o in found}


def _in_document(
    context: CheckContext, declared: Delivery | Generator, field_path: FieldPath, violation: Violation
) -> Violation:
    """Put a violation in the declaring file: not exactly where something changes the field on its way."""
    if declared.document is None:
        return replace(violation, span=declared.span, exact=not field_path)
    span, exact = context.tree.nearest(*declared.document, field_path, on_key=violation.on_key)
    is_kept = value_at(_written(context, declared), field_path) == value_at(declared.object, field_path)
    return replace(violation, span=span, exact=exact and is_kept)
