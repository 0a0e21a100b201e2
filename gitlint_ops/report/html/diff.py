"""A diff as one page for the browser: the most dangerous change first, each with all its objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitlint_ops.lint.diff import Diff, FieldDiff, Group, Place
from gitlint_ops.lint.diff.model import SEVERE, CausedBy, NotCompared
from gitlint_ops.report.diff_values import field_lines, gaps_by_reason, headline, submodule_line, verb, where
from gitlint_ops.report.html.document import document, theme_button
from gitlint_ops.report.html.markup import Markup, element, join
from gitlint_ops.report.page import plural
from gitlint_ops.source.submodules import SubmoduleChange

MAX_GROUPS = 2_000
"""More would make a page that browsers take long to open; the least dangerous are left out."""
_FIELD_LIMIT = 100
_LINE_LIMIT = 200
_PLACE_LIMIT = 200
_DANGER_LIMIT = 100
_ENVIRONMENTS = 12
_ELEMENTS = {"+": "ins", "-": "del"}


def render_diff_html(diff: Diff) -> str:
    """Give ``diff`` as one HTML page that loads nothing and needs no script to be read."""
    return document(
        "gitlint-ops: what this merge changes",
        element("a", "Skip to the changes", href="#changes", class_="skip"),
        _header(diff),
        element("main", _changes(diff), _gaps(diff.not_compared), _submodules(diff.submodules)),
        element("footer", f"gitlint-ops {diff.tool_version}. A secret's value is in no report."),
    )


def _header(diff: Diff) -> Markup:
    reach = diff.reach
    production = [element("li", f"production: {', '.join(reach.production)}", class_="error")]
    compared = f"Compared with {diff.ref} (merge base {diff.commit[:12]}); danger score {diff.score:,}."
    return element(
        "header",
        element("h1", "What this merge changes"),
        element("ul", *(production if reach.production else []), class_="tally"),
        element("p", compared),
        theme_button(),
    )


def _changes(diff: Diff) -> Markup:
    left = len(diff.groups) - MAX_GROUPS
    more = [element("p", f"{plural(left, 'more change')} left out, none more dangerous.")] if left > 0 else []
    return element(
        "section",
        element("h2", "Changes", id="changes", tabindex=-1),
        element("p", headline(diff)),
        *map(_group, diff.groups[:MAX_GROUPS]),
        *more,
        aria_labelledby="changes",
    )


def _group(group: Group) -> Markup:
    title = element("strong", group.title), f" {verb(group)} in {where(group, _ENVIRONMENTS)}"
    return element(
        "article",
        element("h3", *title),
        _cause(group.cause),
        _list(_reasons(group), _DANGER_LIMIT, "more reason"),
        *_fields(group.fields),
        _places(group.places),
        class_=f"finding {_weight(group)}",
    )


def _cause(cause: CausedBy | None) -> Markup:
    if cause is None:
        return Markup("")
    gone = " in the base commit" if cause.side == "base" else ""
    return element("p", element("code", f"{cause.span.path}:{cause.span.line}"), gone, class_="place")


def _weight(group: Group) -> str:
    """Give the class in the style: as a finding of that weight would look."""
    names = {danger.name for danger in group.dangers}
    return "error" if names & SEVERE else "warning" if names else "info"


def _reasons(group: Group) -> list[Markup]:
    reasons = [join([element("strong", danger.name), f": {danger.reason}"]) for danger in group.dangers]
    return reasons + [join([f"it {fate}"]) for fate in dict.fromkeys(p.fate for p in group.places if p.fate)]


def _fields(fields: Sequence[FieldDiff]) -> Iterator[Markup]:
    if fields:
        lines = [line for field in fields[:_FIELD_LIMIT] for line in field_lines(field, _LINE_LIMIT)]
        yield element("pre", *map(_line, lines), tabindex=0)
    if len(fields) > _FIELD_LIMIT:
        yield element("p", plural(len(fields) - _FIELD_LIMIT, "more field"))


def _line(text: str) -> Markup:
    sign = _ELEMENTS.get(text[:1])
    return join([element(sign, text) if sign else text, Markup("\n")])


def _places(places: Sequence[Place]) -> Markup:
    """Name every object, folded: there may be hundreds."""
    named = [join([_object(place), " of ", element("code", place.delivery)]) for place in places]
    summary = element("summary", plural(len(places), "object"))
    return element("details", summary, _list(named, _PLACE_LIMIT, "more object"))


def _object(place: Place) -> str:
    name = f"{place.namespace}/{place.name}" if place.namespace else place.name
    return f"{place.kind} {name}" + (f" in {place.environment}" if place.environment else "")


def _list(items: Sequence[Markup], limit: int, more: str) -> Markup:
    if not items:
        return Markup("")
    rest = [element("li", plural(len(items) - limit, more))] if len(items) > limit else []
    return element("ul", *(element("li", item) for item in items[:limit]), *rest)


def _gaps(gaps: Sequence[NotCompared]) -> Markup:
    if not gaps:
        return Markup("")
    reasons = gaps_by_reason(gaps, "the work tree")
    items = [
        join([reason, _list([element("code", name) for name in deliveries], _PLACE_LIMIT, "other")])
        for reason, deliveries in reasons.items()
    ]
    return element(
        "section",
        element("h2", "Not compared", id="not-compared"),
        _list(items, _PLACE_LIMIT, "more reason"),
        aria_labelledby="not-compared",
    )


def _submodules(changes: Sequence[SubmoduleChange]) -> Markup:
    if not changes:
        return Markup("")
    items = [join([submodule_line(change)]) for change in changes]
    return element(
        "section",
        element("h2", "Submodules", id="submodules"),
        _list(items, _PLACE_LIMIT, "more submodule"),
        aria_labelledby="submodules",
    )
