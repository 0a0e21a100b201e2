"""What was checked and what was not, for people: "not checked" must never look like "passed"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from gitlint_ops.lint.model import Coverage, Skipped
from gitlint_ops.report.page import Page, plural

_SPECIFIC = re.compile(r"'[^']*'|\"[^\"]*\"|\S+://\S+|\S*/\S*|\S*\d\S*")
"""What a reason says of its own unit: quoted names, URLs, paths, versions."""
_REASON_LIMIT = 6
_UNIT_LIMIT = 3


def write_coverage(page: Page, coverage: Coverage, *, verbose: bool) -> None:
    """Write the coverage onto ``page``: one calm line where all was checked, each gap with its reason where not."""
    page.line(("Checked", "bold"))
    page.line(_checked(coverage), indent=2)
    write_gaps(page, "Failed to render", coverage.failed, style="red", verbose=verbose)
    write_gaps(page, "Not read", coverage.unreadable, style="red", verbose=verbose)
    write_gaps(page, "Not rendered", coverage.skipped, style="yellow", verbose=verbose)
    write_gaps(page, "Not checked", coverage.unchecked, style="yellow", verbose=verbose)
    if coverage.assumptions:
        page.line(("Assumed", "bold"))
        for assumption in coverage.assumptions:
            page.line(assumption, indent=2, hanging=2)


def _checked(coverage: Coverage) -> str:
    files = plural(coverage.files, "file")
    if not coverage.units:
        return f"{files}; nothing in them is rendered (no kustomization, chart or delivery was found)."
    objects = plural(coverage.objects, "object")
    return f"{files}; {coverage.rendered:,} of {plural(coverage.units, 'unit')} rendered, which gave {objects}."


def write_gaps(page: Page, title: str, gaps: Sequence[Skipped], *, style: str, verbose: bool) -> None:
    """Write one kind of gap, grouped by its reason (by like reasons unless ``verbose``), the most frequent first."""
    if not gaps:
        return
    page.line((f"{title}: {len(gaps):,}", f"bold {style}"))
    groups = group_by_reason(gaps) if verbose else group_by_likeness(gaps)
    shown = groups if verbose or len(groups) <= _REASON_LIMIT + 1 else groups[:_REASON_LIMIT]
    for reason, units in shown:
        page.line(reason, indent=2, hanging=2)
        page.line(
            (f"{len(units):,}: " if len(units) > 1 else "", "bold"), (_units(units, verbose=verbose), "dim"), indent=6
        )
    hidden = len(groups) - len(shown)
    if hidden:
        page.line(f"and {plural(hidden, 'more reason')} (--verbose lists them)", indent=2)


def group_by_reason(gaps: Sequence[Skipped]) -> list[tuple[str, list[Skipped]]]:
    """Group gaps by their reason: the most frequent first, then by reason."""
    groups: dict[str, list[Skipped]] = {}
    for gap in gaps:
        groups.setdefault(gap.reason, []).append(gap)
    return sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))


def group_by_likeness(gaps: Sequence[Skipped]) -> list[tuple[str, list[Skipped]]]:
    """Group gaps whose reasons differ in names, versions and URLs only; what differs is shown as ``...``."""
    groups: dict[str, list[Skipped]] = {}
    for gap in gaps:
        groups.setdefault(_SPECIFIC.sub("...", gap.reason), []).append(gap)
    named = [(common_text([gap.reason for gap in group]), group) for group in groups.values()]
    return sorted(named, key=lambda item: (-len(item[1]), item[0]))


def common_text(texts: Sequence[str]) -> str:
    """Give the words that ``texts`` share at the same place, ``...`` for those that differ."""
    columns = list(zip_longest(*(text.split() for text in texts)))
    words = [column[0] if len(set(column)) == 1 else "..." for column in columns]
    return " ".join(word for n, word in enumerate(words) if word != "..." or n == 0 or words[n - 1] != "...")


def _units(units: Sequence[Skipped], *, verbose: bool) -> str:
    names = sorted({unit.path or unit.unit for unit in units})
    if verbose or len(names) <= _UNIT_LIMIT + 1:
        return ", ".join(names)
    return f"{', '.join(names[:_UNIT_LIMIT])} and {len(names) - _UNIT_LIMIT} more"
