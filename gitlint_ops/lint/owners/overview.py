"""Owners as plain values: what ``owner`` shows and its JSON contract names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gitlint_ops.lint.checks.containers import images_of
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.owners.find import Answer, Owner, may_own
from gitlint_ops.lint.redaction import without_user_info
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Delivery, Unrendered
from gitlint_ops.source import Span, display_path
from gitlint_ops.source.model import FieldPath

Overview = dict[str, Any]


def summarise_owners(context: CheckContext, answer: Answer) -> Overview:
    """Give one answer: what was asked, its owners, and, where there is none, the nearest names and the gaps."""
    asked = answer.asked
    return {
        "asked": {"kind": asked.kind, "namespace": asked.namespace, "name": asked.name, "text": asked.words},
        "owners": [_owner(context, owner) for owner in answer.owners],
        "nearest": [_reference(item) for item in answer.nearest],
        "not_rendered": [_gap(answer, delivery, gap) for delivery, gap in answer.not_rendered],
    }


def _owner(context: CheckContext, owner: Owner) -> Overview:
    item = owner.object
    return {
        "object": _reference(item) if item is not None else None,
        "via": owner.via,
        "delivery": _delivery(owner.delivery),
        "roots": [_delivery(parent) for parent in _parents(context, owner.delivery)],
        "unit": {"kind": item.unit.kind, "path": item.unit.path} if item is not None else None,
        "location": _location(_written(context, item)) if item is not None else None,
        "fields": list(_fields(context, item)) if item is not None else [],
    }


def _reference(item: RenderedObject) -> Overview:
    return {"apiVersion": item.api_version, "kind": item.kind, "namespace": item.namespace, "name": item.name}


def _delivery(delivery: Delivery) -> Overview:
    sync = delivery.sync
    return {
        "id": delivery.id,
        "controller": delivery.controller,
        "kind": delivery.kind,
        "namespace": delivery.namespace,
        "name": delivery.name,
        "environment": delivery.environment,
        "cluster": delivery.cluster,
        "location": _location(delivery.span) if delivery.span is not None else None,
        "sync": {
            "automated": sync.automated,
            "self_heal": sync.self_heal,
            "prune": sync.prune,
            "suspended": sync.suspended,
        },
    }


def _parents(context: CheckContext, delivery: Delivery) -> Iterator[Delivery]:
    """Give the deliveries that create this one, the nearest first; a circle ends."""
    seen = {delivery.id}
    current = context.graph.deliveries.get(delivery.parent or delivery.emitted_by)
    while current is not None and current.id not in seen:
        seen.add(current.id)
        yield current
        current = context.graph.deliveries.get(current.parent or current.emitted_by)


def _written(context: CheckContext, item: RenderedObject) -> Span:
    """Give where an object is written: its manifest or template; where that is unknown, what is behind its kind."""
    if item.source_path and context.tree.is_file(item.source_path):
        return context.tree.line_span(item.source_path, item.source_line or 1)
    return context.provenance.origins(item, ("kind",))[0].span


def _fields(context: CheckContext, item: RenderedObject) -> Iterator[Overview]:
    """Give the fields that people change, each with the line that sets it: images, replicas."""
    wanted: list[FieldPath] = [found.field_path for found in images_of(item.data)]
    spec = item.data.get("spec")
    if isinstance(spec, dict) and "replicas" in spec:
        wanted.append(("spec", "replicas"))
    for path in wanted:
        origin = context.provenance.origins(item, path)[0]
        yield {"field": display_path(path), "location": _location(origin.span), "exact": origin.exact}


def _location(span: Span) -> Overview:
    return {"path": span.path, "line": span.line, "column": span.column}


def _gap(answer: Answer, delivery: Delivery, gap: Unrendered) -> Overview:
    return {
        "delivery": delivery.id,
        "kind": delivery.kind,
        "namespace": delivery.namespace,
        "name": delivery.name,
        "environment": delivery.environment,
        "path": gap.path or (gap.span.path if gap.span else ""),
        "reason": without_user_info(gap.reason),
        "likely": may_own(delivery, answer.asked),
    }
