"""Argo CD ApplicationSets: the Applications that each generates, and what of it only a live system can answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gitlint_ops.repo.argocd import application_delivery, application_namespace
from gitlint_ops.repo.context import Context
from gitlint_ops.repo.generator_tree import evaluate_entry
from gitlint_ops.repo.generators import Evaluation
from gitlint_ops.repo.hints import parameter_hints
from gitlint_ops.repo.identity import delivery_id
from gitlint_ops.repo.locations import REFUSALS, UnrenderableError, unrendered
from gitlint_ops.repo.model import Declared, Delivery, Generator, Unrendered
from gitlint_ops.repo.parameters import ParameterSet, fill_empty
from gitlint_ops.repo.places import Place
from gitlint_ops.repo.strategic import strategic_merge
from gitlint_ops.repo.templating import Mode, TemplateError, parse_yaml, render, render_one
from gitlint_ops.repo.views import ShapeError, View, metadata_text
from gitlint_ops.source.model import FieldPath, Json

FINALIZER = "resources-finalizer.argocd.argoproj.io"
TEMPLATE_PATH = ("spec", "template")


@dataclass(frozen=True, slots=True)
class _Set:
    """An ApplicationSet while it is evaluated."""

    context: Context
    place: Place
    namespace: str
    spec: View
    mode: Mode
    notes: list[Unrendered]
    patterns: dict[FieldPath, tuple[str, bool]]

    def note(self, error: ShapeError | UnrenderableError, what: str) -> None:
        self.notes.append(unrendered(error, what, self.place))


@dataclass(frozen=True, slots=True)
class _Generated:
    application: Mapping[str, Any]
    parameters: ParameterSet


def application_set(declared: Declared, context: Context) -> tuple[Generator, tuple[Delivery, ...]]:
    """Give an ApplicationSet with its Applications' deliveries; what fails or cannot be known is in ``unanswered``.

    Where Argo CD would do nothing at all because one generator fails, the others are still answered here: a review
    needs to see both.
    """
    place = Place(context.tree, declared)
    namespace = application_namespace(declared)
    identity = delivery_id(context, "argocd", declared, namespace)
    notes: list[Unrendered] = []
    patterns: dict[FieldPath, tuple[str, bool]] = {}
    try:
        generated = _generate(declared, context, place, namespace, notes, patterns)
    except REFUSALS as error:
        notes.append(unrendered(error, metadata_text(declared.data, "name") or "ApplicationSet", place))
        generated = []
    deliveries = tuple(_delivery(item, declared, context, identity) for item in generated)
    generator = Generator(
        id=identity,
        name=metadata_text(declared.data, "name"),
        namespace=namespace,
        span=place.span(),
        document=place.document,
        object=declared.data,
        deliveries=tuple(delivery.id for delivery in deliveries),
        unanswered=tuple(notes),
        parent=declared.parent.id if declared.parent is not None else "",
        unmatched=tuple((at, text) for at, (text, is_matched) in patterns.items() if not is_matched),
    )
    return generator, deliveries


def _delivery(item: _Generated, declared: Declared, context: Context, identity: str) -> Delivery:
    own = Declared(item.application, declared.path, declared.document, declared.line, declared.parent)
    hints = list(parameter_hints(dict(item.parameters.values)))
    delivery = application_delivery(own, context, prefix=TEMPLATE_PATH, generator=identity, extra_hints=hints)
    return replace(delivery, span=item.parameters.cause or delivery.span, parameters=item.parameters.places)


def _generate(
    declared: Declared,
    context: Context,
    place: Place,
    namespace: str,
    notes: list[Unrendered],
    patterns: dict[FieldPath, tuple[str, bool]],
) -> list[_Generated]:
    spec = View(declared.data)["spec"]
    mode = Mode(spec["goTemplate"].flag(), spec["goTemplateOptions"].texts())
    work = _Set(context, place, namespace, spec, mode, notes, patterns)
    spec["template"].mapping()
    if not spec["generators"].items():
        raise UnrenderableError("invalid-object", "it has no generators", spec.path)
    sets: list[ParameterSet] = []
    for entry in spec["generators"].items():
        sets += _entry_sets(work, entry)
    return _distinct(work, _rendered(work, sets))


def _entry_sets(work: _Set, entry: View) -> list[ParameterSet]:
    run = Evaluation(work.context, work.place, work.mode, notes=work.notes, patterns=work.patterns)
    try:
        return evaluate_entry(run, entry)
    except TemplateError as error:
        reason = f"a template or pattern of the generator fails: {error.message}"
        work.note(UnrenderableError(error.kind, reason, entry.path), "generator")
    except (ShapeError, UnrenderableError) as error:
        work.note(error, "generator")
    return []


def _rendered(work: _Set, sets: Sequence[ParameterSet]) -> list[_Generated]:
    """Render the template for each set; an empty set leaves it as it stands (utils.go, RenderTemplateParams)."""
    items = [(_template(work, item), item.values) for item in sets]
    answers = iter(render(work.context.engine, work.mode, [(t, v) for t, v in items if v]))
    found = []
    for item, (template, values) in zip(sets, items, strict=True):
        value = next(answers) if values else template
        application = _application(work, value, item)
        if application is not None:
            found.append(_Generated(application, item))
    return found


def _template(work: _Set, item: ParameterSet) -> Json:
    own = work.spec["template"].value
    return fill_empty(item.template.value, own) if item.template else own


def _application(work: _Set, value: Json | TemplateError, item: ParameterSet) -> Mapping[str, Any] | None:
    """Complete a rendered template to the Application that Argo CD creates; None (and a note) where it cannot."""
    if isinstance(value, TemplateError):
        field_path = (*TEMPLATE_PATH, *_failing_field(work.spec["template"].value, value.message))
        work.note(UnrenderableError(value.kind, f"its template fails: {value.message}", field_path), "Application")
        return None
    try:
        return _patched(work, _complete(work, View(value, TEMPLATE_PATH), item), item)
    except (ShapeError, UnrenderableError) as error:
        work.note(error, "Application")
    return None


def _failing_field(template: Json, message: str, path: FieldPath = ()) -> FieldPath:
    """Give the field whose text the template library quotes in its message, the whole template where none is."""
    if isinstance(template, str):
        return path if "{{" in template and template in message else ()
    entries = (
        template.items() if isinstance(template, dict) else enumerate(template if isinstance(template, list) else ())
    )
    found = (_failing_field(below, message, (*path, step)) for step, below in entries)
    return next((field_path for field_path in found if field_path), ())


def _complete(work: _Set, view: View, item: ParameterSet) -> dict[str, Any]:
    metadata = {**view["metadata"].mapping(), "namespace": work.namespace}
    if not view.at("metadata", "name").text():
        raise UnrenderableError("invalid-object", "its template gives an Application without a name", TEMPLATE_PATH)
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": _with_finalizer(work, metadata, item),
        "spec": view["spec"].mapping(),
    }


def _with_finalizer(work: _Set, metadata: dict[str, Any], item: ParameterSet) -> dict[str, Any]:
    if metadata.get("finalizers") or not item.values:
        return metadata
    if work.spec.at("syncPolicy", "preserveResourcesOnDeletion").flag():
        return metadata
    return {**metadata, "finalizers": [FINALIZER]}


def _patched(work: _Set, application: dict[str, Any], item: ParameterSet) -> dict[str, Any]:
    """Apply ``templatePatch``; it may change neither the project nor the namespace (patch.go and template.go)."""
    text = work.spec["templatePatch"].text()
    if not text:
        return application
    field_path = ("spec", "templatePatch")
    engine = work.context.engine
    try:
        rendered = render_one(engine, work.mode, text, item.values) if item.values else text
        patched = strategic_merge(application, parse_yaml(engine, str(rendered)))
    except TemplateError as error:
        raise UnrenderableError(error.kind, f"its templatePatch fails: {error.message}", field_path) from error
    view = View(patched, TEMPLATE_PATH)
    metadata = {**view["metadata"].mapping(), "namespace": work.namespace}
    project = application["spec"].get("project", "")
    return {**patched, "metadata": metadata, "spec": {**view["spec"].mapping(), "project": project}}


def _distinct(work: _Set, generated: Sequence[_Generated]) -> list[_Generated]:
    """Keep the first Application of each name; Argo CD leaves the others out."""
    names: set[str] = set()
    kept = []
    for item in generated:
        name = metadata_text(item.application, "name")
        if name in names:
            reason = f"its generators give the Application '{name}' more than once: Argo CD skips the repeated one"
            work.note(UnrenderableError("invalid-object", reason, TEMPLATE_PATH), name)
            continue
        names.add(name)
        kept.append(item)
    return kept
