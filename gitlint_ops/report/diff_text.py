"""A diff for people at a terminal: the most dangerous change first, each with its fields, its reasons and its line."""

from __future__ import annotations

from collections.abc import Sequence

from gitlint_ops.lint.diff import Diff, Group
from gitlint_ops.lint.diff.model import SEVERE, NotCompared
from gitlint_ops.report.diff_values import field_lines, gaps_by_reason, headline, submodule_line, verb, where
from gitlint_ops.report.page import Page, plural
from gitlint_ops.source.submodules import SubmoduleChange

_STYLES = {"added": "bold green", "removed": "bold red", "changed": "bold yellow"}
_LINE_STYLES = {"+": "green", "-": "red"}
_FIELD_LIMIT = 8
_DANGER_LIMIT = 5
_PLACE_LIMIT = 6
_GAP_LIMIT = 8


def render_diff_text(diff: Diff, *, color: bool, width: int, unicode: bool = True, verbose: bool = False) -> str:
    """Give ``diff`` as text of at most ``width`` cells a line (values are never broken); ``verbose`` cuts no list."""
    page = Page(color=color, width=width, unicode=unicode)
    for group in diff.groups:
        _write_group(page, group, verbose=verbose)
    _write_gaps(page, diff.not_compared, verbose=verbose)
    _write_submodules(page, diff.submodules)
    page.line((headline(diff), "bold"))
    page.line(f"Compared with {diff.ref} (merge base {diff.commit[:12]}); danger score {diff.score:,}.")
    return page.text()


def _write_group(page: Page, group: Group, *, verbose: bool) -> None:
    places = where(group, _limit(_PLACE_LIMIT, verbose))
    page.line((group.title, "bold"), " ", (verb(group), _STYLES[group.kind]), f" in {places}")
    if group.cause:
        gone = " (in the base commit)" if group.cause.side == "base" else ""
        page.raw((f"{group.cause.span.path}:{group.cause.span.line}{gone}", "cyan"), indent=2)
    for danger in group.dangers[: _limit(_DANGER_LIMIT, verbose)]:
        style = "bold red" if danger.name in SEVERE else "yellow"
        page.line((danger.name, style), f": {danger.reason}", indent=2, hanging=2)
    _write_rest(page, len(group.dangers), _limit(_DANGER_LIMIT, verbose), "reason")
    for fate in dict.fromkeys(place.fate for place in group.places if place.fate):
        page.line(f"it {fate}", indent=2, hanging=2)
    for field in group.fields[: _limit(_FIELD_LIMIT, verbose)]:
        for line in field_lines(field, None) if verbose else field_lines(field):
            page.raw((line, _LINE_STYLES.get(line[:1], "")), indent=4)
    _write_rest(page, len(group.fields), _limit(_FIELD_LIMIT, verbose), "field")
    page.line()


def _limit(limit: int, verbose: bool) -> int:
    return 1_000_000 if verbose else limit


def _write_rest(page: Page, count: int, limit: int, noun: str, many: str = "") -> None:
    if count > limit:
        rest = plural(count - limit, f"more {noun}", f"more {many or noun + 's'}")
        page.line((f"and {rest} (--verbose shows them)", "dim"), indent=4)


def _write_gaps(page: Page, gaps: Sequence[NotCompared], *, verbose: bool) -> None:
    if not gaps:
        return
    page.line(("Not compared", "bold"))
    reasons = gaps_by_reason(gaps, "the work tree")
    for reason, deliveries in list(reasons.items())[: _limit(_GAP_LIMIT, verbose)]:
        page.line(reason, indent=2, hanging=2)
        for name in deliveries[: _limit(_PLACE_LIMIT, verbose)]:
            page.line((name, "bold"), indent=6, hanging=2)
        _write_rest(page, len(deliveries), _limit(_PLACE_LIMIT, verbose), "delivery", "deliveries")
    _write_rest(page, len(reasons), _limit(_GAP_LIMIT, verbose), "reason")
    page.line()


def _write_submodules(page: Page, changes: Sequence[SubmoduleChange]) -> None:
    if changes:
        page.line(("Submodules", "bold"))
        for change in changes:
            page.line(submodule_line(change), indent=2, hanging=2)
        page.line()
