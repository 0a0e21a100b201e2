"""Checks of the rendering: what failed, and what could not be tried."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from gitlint_ops.lint.causes import cause_of, source_of
from gitlint_ops.lint.checks.declarations import rendered_declaration
from gitlint_ops.lint.checks.values_schema import placed_faults
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.lint.redaction import without_user_info
from gitlint_ops.repo.model import INVALID_OBJECT, NOT_APPLIED, Delivery, Unrendered
from gitlint_ops.source import Span

MAX_NAMED = 5
"""Most deliveries that a message names."""
MAX_PLACES = 20
_URL = re.compile(r"\b(https?|oci|ssh|git)://[^\s'\"<>()]+")

_Case = tuple[Delivery | None, Unrendered]


def render_failed(context: CheckContext) -> Iterator[Violation]:
    """Give each cause that keeps units from rendering, at the file that has it, with all deliveries that it breaks.

    What is wrong with a delivery's own object is invalid-application's or schema-error's.
    """
    cases: dict[tuple[Span, bool, str], list[_Case]] = defaultdict(list)
    for delivery, item in context.rendering.unrendered:
        if item.failed and item.error_kind != INVALID_OBJECT:
            cases[(*_cause(context, delivery, item), item.reason)].append((delivery, item))
    for (span, exact, reason), found in cases.items():
        units = sorted({item.path for _, item in found if item.path})
        yield Violation(
            f"{_named(units) or found[0][1].unit} {'do' if len(units) > 1 else 'does'} not render: "
            f"{without_user_info(reason)}",
            span=span,
            exact=exact,
            deliveries=_deliveries(found),
            related=_declared(found, span),
        )


def _cause(context: CheckContext, delivery: Delivery | None, item: Unrendered) -> tuple[Span, bool]:
    """Give the place to mend; of values that a schema refuses, that of the first one."""
    refused = placed_faults(context, delivery, item) if delivery else ()
    return (refused[0].span, refused[0].exact) if refused else cause_of(item, context)


def not_rendered(context: CheckContext) -> Iterator[Violation]:
    """Give each reason for which sources were skipped, once, with all deliveries that it concerns."""
    cases: dict[str, list[_Case]] = defaultdict(list)
    for delivery, item in context.rendering.unrendered:
        if not item.failed and item.error_kind != NOT_APPLIED:
            cases[_source(item.reason)].append((delivery, item))
    for source, found in cases.items():
        delivery, first = found[0]
        span = (
            source_of(first, context) or _emitted(context, delivery, first) or first.span or Span(first.path or ".", 1)
        )
        yield Violation(
            f"not rendered: {without_user_info(first.reason + _others(source, found))}{_of(found)}",
            span=span,
            deliveries=_deliveries(found),
            related=_declared(found, span),
        )


def _emitted(context: CheckContext, delivery: Delivery | None, item: Unrendered) -> Span | None:
    """Give the place of the field in question where a chart emits the declaration: a template's line, or a value's."""
    if delivery is None or delivery.document is not None or not item.field_path:
        return None
    rendered = rendered_declaration(context, delivery)
    return context.provenance.origins(rendered, item.field_path)[0].span if rendered is not None else None


def _source(reason: str) -> str:
    """Give what a reason is about: the chart repository or other source that it names, else the reason itself."""
    found = _URL.search(reason)
    if found is None:
        return reason
    url = found[0].rstrip(".,;:")
    # An OCI chart's last segment is its name: its repository is what stands before.
    return url.rpartition("/")[0] if url.startswith("oci://") else url


def _others(source: str, found: list[_Case]) -> str:
    count = len({item.reason for _, item in found}) - 1
    return f"; so are {count} more from {source}" if count > 1 else f"; so is another from {source}" if count else ""


def _of(found: list[_Case]) -> str:
    """Name the deliveries, where there are several."""
    names = sorted({f"{delivery.kind} {delivery.name}" for delivery, _ in found if delivery})
    return f" ({len(names)} deliveries: {_named(names)})" if len(names) > 1 else ""


def _named(names: list[str]) -> str:
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more


def _deliveries(found: list[_Case]) -> tuple[Delivery, ...]:
    return tuple({delivery.id: delivery for delivery, _ in found if delivery}.values())


def _declared(found: list[_Case], span: Span) -> tuple[Related, ...]:
    places = dict.fromkeys(item.span for _, item in found if item.span and item.span != span)
    return tuple(Related(place, "declared here") for place in list(places)[:MAX_PLACES])
