"""From violations to places: each violation gets its source line, its environments and the severity it has there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.documents import document_at
from gitlint_ops.lint.errors import InternalError
from gitlint_ops.lint.fetched import asked_for_at
from gitlint_ops.lint.model import ObjectRef, Related, Rule, Severity, Suppression, Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Delivery, RepoGraph
from gitlint_ops.source import Document, Span, display_path

MAX_RELATED = 20
"""Most related places of a finding; a reader of a report follows none beyond."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A violation at its source line, not yet merged with its equals."""

    rule: Rule
    violation: Violation
    span: Span
    exact: bool
    severity: Severity
    object: ObjectRef | None
    related: tuple[Related, ...]
    deliveries: tuple[str, ...]
    environments: tuple[str, ...]
    suppression: Suppression | None = None


def place(violation: Violation, context: CheckContext) -> Placed:
    """Resolve a violation's place, environments and severity. Raises InternalError where it has no place at all."""
    span, exact, related = _where(violation, context)
    span, found = asked_for_at(context, span, _deliveries(violation)), span
    if span != found:
        # What is written there cannot be mended here.
        violation, exact = replace(violation, fix=None), False
        related = (Related(found, "set here, in what is asked for"), *related)[:MAX_RELATED]
    document = None if violation.object else document_at(context.tree, span)
    deliveries = _deliveries(violation)
    if violation.object is not None:
        deliveries = _distinct_deliveries((*deliveries, *context.unrendered_readers(span.path)))
    environments = _environments(violation, deliveries)
    if not environments:
        concerned = _declared_by(violation.object, context, span) if violation.object else _concerned(context, span)
        deliveries = _with_concerned(deliveries, concerned)
        environments = _environments(violation, deliveries)
    return Placed(
        rule=context.rule,
        violation=violation,
        span=span,
        exact=exact,
        severity=severity_in(context.rule, violation, environments, context.graph),
        object=_reference(violation, document),
        related=related,
        deliveries=tuple(delivery.id for delivery in deliveries),
        environments=environments,
    )


def traced(violations: Iterable[Violation]) -> Iterator[RenderedObject]:
    """Give the rendered objects whose sources the places of violations will be looked for in."""
    for violation in violations:
        if violation.object is not None and violation.span is None:
            yield violation.object
        yield from (item for item, _, _ in violation.related_fields)


def _where(violation: Violation, context: CheckContext) -> tuple[Span, bool, tuple[Related, ...]]:
    also = list(violation.related) + list(_related_fields(violation, context))
    if violation.span is not None:
        return violation.span, violation.exact, _distinct(violation.span, also)
    if violation.object is None:
        raise InternalError(f"the rule {context.rule.name} gave a violation without a place: {violation.message}")
    nearest, *others = context.provenance.origins(
        violation.object, violation.field_path, on_key=violation.on_key, part=violation.part
    )
    chain = [Related(origin.span, origin.why or "also set here") for origin in others]
    return nearest.span, nearest.exact and violation.exact, _distinct(nearest.span, also + chain)


def _related_fields(violation: Violation, context: CheckContext) -> Iterator[Related]:
    for item, field_path, message in violation.related_fields:
        yield Related(context.provenance.origins(item, field_path)[0].span, message)


def _distinct(span: Span, related: list[Related]) -> tuple[Related, ...]:
    """Leave out the finding's own place and repeated ones."""
    kept = {item.span: item for item in reversed(related) if item.span != span}
    return tuple(item for item in related if kept.get(item.span) is item)[:MAX_RELATED]


def _deliveries(violation: Violation) -> tuple[Delivery, ...]:
    own = (violation.object.delivery,) if violation.object else ()
    return _distinct_deliveries((*own, *violation.deliveries))


def _distinct_deliveries(deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:
    return tuple({delivery.id: delivery for delivery in deliveries}.values())


def _with_concerned(own: tuple[Delivery, ...], concerned: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
    """Add the deliveries that a place concerns; to those that a check gave only the ones that tell an environment."""
    added = [item for item in concerned if not own or item.environment]
    return tuple({item.id: item for item in (*own, *added)}.values())


def _concerned(context: CheckContext, span: Span) -> tuple[Delivery, ...]:
    """Give the deliveries that a place in a file concerns: those that stand there, those that read the file."""
    readers = context.rendering.readers.get(span.path, ())
    return (*_declared_at(context, span), *(context.graph.deliveries[name] for name in readers))


def _declared_at(context: CheckContext, span: Span) -> tuple[Delivery, ...]:
    """Give the deliveries that the document at a place declares."""
    declared = context.once("deliveries-by-document", lambda: _by_document(context.deliveries))
    document = document_at(context.tree, span)
    return tuple(declared.get((span.path, document.index), ())) if document is not None else ()


def _declared_by(item: RenderedObject, context: CheckContext, span: Span) -> tuple[Delivery, ...]:
    """Give those that the document declares but for the ones that come from other builds: patched, they may differ."""
    makers = {"", item.delivery.id}
    return tuple(d for d in _declared_at(context, span) if d.parent in makers and d.emitted_by in makers)


def _by_document(deliveries: tuple[Delivery, ...]) -> dict[tuple[str, int], list[Delivery]]:
    found: dict[tuple[str, int], list[Delivery]] = {}
    for delivery in deliveries:
        if delivery.document is not None:
            found.setdefault(delivery.document, []).append(delivery)
    return found


def _environments(violation: Violation, deliveries: tuple[Delivery, ...]) -> tuple[str, ...]:
    names = [delivery.environment for delivery in deliveries if delivery.environment]
    return tuple(dict.fromkeys([*names, *violation.environments]))


def severity_in(rule: Rule, violation: Violation, environments: tuple[str, ...], graph: RepoGraph) -> Severity:
    """Give the severity of a violation in these environments: its own, else the rule's for the gravest of them."""
    known = graph.environments
    production = any(known[name].production for name in environments if name in known)
    return violation.severity or (rule.production_severity if production else rule.severity)


def _reference(violation: Violation, document: Document | None) -> ObjectRef | None:
    if violation.object is not None:
        item = violation.object
        return ObjectRef(item.api_version, item.kind, item.namespace, item.name, display_path(violation.field_path))
    if document is None or not document.is_object:
        return None
    value = document.value
    metadata = value.get("metadata") if isinstance(value.get("metadata"), dict) else {}
    namespace, name = (str(metadata.get(key) or "") for key in ("namespace", "name"))
    return ObjectRef(value["apiVersion"], value["kind"], namespace, name, display_path(violation.field_path))
