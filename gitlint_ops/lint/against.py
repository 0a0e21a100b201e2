"""Which findings a change brings, which it mends, and which were there before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace

from gitlint_ops.lint.merging import nameless
from gitlint_ops.lint.model import SEVERITIES, Comparison, Finding, Report
from gitlint_ops.source.revisions import Revisions

_Key = Callable[[Finding], Hashable]


def against(head: Report, base: Report, revisions: Revisions, renames: Mapping[str, str]) -> Report:
    """Give the head's report with the findings that are new; those that were there, and the fixed, are in ``compared``.

    A finding was there where the base has one of its rule at the same place in words, in the file as it is called after
    ``renames`` (old path to new), of the same or a heavier severity: whatever line it stands on now. What is suppressed
    in the base alone is new.
    """
    moved = [replace(f, span=replace(f.span, path=renames.get(f.span.path, f.span.path))) for f in base.findings]
    known = _matched(head.findings, moved)
    unchanged = [f for f in head.findings if id(f) in known]
    seen = {id(known[id(f)]) for f in unchanged}
    gone = (old for old, at in zip(base.findings, moved, strict=True) if id(at) not in seen)
    fixed = [finding for finding in gone if finding.suppression is None]
    return replace(
        head,
        findings=tuple(replace(f, status="new") for f in head.findings if id(f) not in known),
        compared=Comparison(
            ref=revisions.ref,
            commit=revisions.base,
            unchanged=tuple(replace(finding, status="unchanged") for finding in unchanged),
            fixed=tuple(replace(finding, status="fixed") for finding in fixed),
        ),
    )


def _matched(head: Iterable[Finding], base: Iterable[Finding]) -> Mapping[int, Finding]:
    """Pair findings, those with the same message first: the ``id()`` of the head's to the base's."""
    old, new = list(base), list(head)
    known: dict[int, Finding] = {}
    for key in (_exactly, _alike):
        waiting: dict[Hashable, list[Finding]] = defaultdict(list)
        for finding in old:
            waiting[key(finding)].append(finding)
        for finding in [item for item in new if id(item) not in known]:
            found = next((item for item in waiting[key(finding)] if not _weighs_more(finding, item)), None)
            if found is not None:
                waiting[key(finding)].remove(found)
                known[id(finding)] = found
        taken = {id(item) for item in known.values()}
        old = [item for item in old if id(item) not in taken]
    return known


def _exactly(finding: Finding) -> Hashable:
    return (*_alike(finding), nameless(finding.message, finding.object))


def _alike(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.home, finding.place


def _weighs_more(finding: Finding, before: Finding) -> bool:
    """Whether a finding is more than it was: what was a warning in stage is an error in production, or was accepted."""
    if before.suppression is not None and finding.suppression is None:
        return True
    return SEVERITIES.index(finding.severity) < SEVERITIES.index(before.severity)
