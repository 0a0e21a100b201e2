"""The proof of fixes: what they do to rendered objects and to findings is what they are to do, and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from gitlint_ops.fix.changes import Change, Leaf, changes_between
from gitlint_ops.fix.model import Candidate, Checked
from gitlint_ops.lint.model import Effect, Finding
from gitlint_ops.render.model import Rendering
from gitlint_ops.repo.model import NOT_APPLIED, RepoGraph
from gitlint_ops.source.model import FieldPath

Volatile = frozenset[tuple[str, tuple[str, str, str], FieldPath]]
"""Fields that differ between two renderings of the same files: a chart's random passwords and certificates."""
_Key = tuple[str, ...]
_INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Objection:
    """Why fixes are not proven, and which of them it is about (by position; none where that is not known)."""

    reason: str
    suspects: frozenset[int] = frozenset()


def objections(
    before: Checked, after: Checked, fixes: Sequence[Candidate], volatile: Callable[[], Volatile]
) -> tuple[Objection, ...]:
    """Give what speaks against ``fixes``, which are all that differs between the two; nothing where they are proven.

    ``volatile`` is asked only where something was rendered otherwise than it should.
    """
    effects = _Effects(before.rendering, after.rendering, fixes)
    return (*effects.objections(volatile), *_staying(before, after, fixes), *_coming(before, after, fixes))


def volatile_fields(one: Rendering, other: Rendering) -> Volatile:
    """Give the scalars in which two renderings of the same files differ."""
    return frozenset(
        (change.owner, change.identity, leaf.path)
        for change in changes_between(one, other)
        for leaf in change.leaves
        if isinstance(leaf.before, str | int | float) and isinstance(leaf.after, str | int | float)
    )


# What is rendered


def unproven(fix: Candidate, rendering: Rendering) -> str:
    """Say why the effect of a fix cannot be seen in what is rendered, '' where it can."""
    paths = {edit.span.path for edit in fix.fix.edits}
    readers = {name for path in paths for name in rendering.readers.get(path, ())}
    if not readers and not paths <= _declaring_files(rendering.graph):
        return "nothing that is rendered reads the file"
    if fix.fix.effect.renders:
        return ""
    readers.update(fix.finding.deliveries if fix.fix.effect.text else ())
    blind = sorted(readers & unrendered_deliveries(rendering))
    return f"{blind[0]} reads the file and does not render" if blind else ""


def _declaring_files(graph: RepoGraph) -> set[str]:
    documents = [delivery.document for delivery in graph.deliveries.values()]
    documents += [generator.document for generator in graph.generators.values()]
    return {document[0] for document in documents if document is not None}


class _Effects:
    """What fixes change of what is rendered, held against what they are to change."""

    def __init__(self, before: Rendering, after: Rendering, fixes: Sequence[Candidate]) -> None:
        self._before = before
        self._after = after
        self._fixes = fixes
        self._failed = unrendered_deliveries(before)

    def objections(self, volatile: Callable[[], Volatile]) -> Iterator[Objection]:
        """Give the changes that no fix is to make, those of volatile fields left out."""
        yield from self._still_failing()
        wrong = [change for change in changes_between(self._before, self._after) if not self._is_meant(change)]
        known: Volatile = volatile() if wrong else frozenset()
        for change in wrong:
            meant = self._meant_leaves(change)
            leaves = [leaf for leaf in change.leaves if (change.owner, change.identity, leaf.path) not in known]
            leaves = [leaf for leaf in leaves if leaf not in meant]
            if leaves or change.what != "changed":
                shown = Change(change.owner, change.identity, change.what, tuple(leaves))
                yield Objection(f"{_VERBS[change.what]} {shown.label}", self._suspects(change))

    def _still_failing(self) -> Iterator[Objection]:
        """Give the deliveries that a fix is to let render, and that do not."""
        failing = self._failed & unrendered_deliveries(self._after)
        for at, fix in enumerate(self._fixes):
            for name in sorted(failing.intersection(fix.finding.deliveries) if fix.fix.effect.renders else ()):
                yield Objection(f"{name} would not render all the same", frozenset({at}))

    def _is_meant(self, change: Change) -> bool:
        if change.what == "changed":
            return len(self._meant_leaves(change)) == len(change.leaves)
        return change.what == "added" and any(self._lets_appear(fix, change.owner) for fix in self._fixes)

    def _meant_leaves(self, change: Change) -> list[Leaf]:
        fixes = [fix for fix in self._fixes if concerns(fix, change, self._before.graph)]
        return [leaf for leaf in change.leaves if any(_covers(fix.fix.effect, leaf) for fix in fixes)]

    def _lets_appear(self, fix: Candidate, owner: str) -> bool:
        """Whether a delivery did not render before, or is created by one that did not, and a fix is to mend that."""
        graph = self._after.graph
        while fix.fix.effect.renders and owner:
            if owner in self._failed and owner in fix.finding.deliveries:
                return True
            made = graph.deliveries.get(owner) or graph.generators.get(owner)
            owner = made.parent or made.emitted_by if made else ""
        return False

    def _suspects(self, change: Change) -> frozenset[int]:
        """Give the fixes with an edit in a file that the delivery reads."""
        read = {path for path, ids in self._before.readers.items() if change.owner in ids}
        return frozenset(
            at for at, fix in enumerate(self._fixes) if any(edit.span.path in read for edit in fix.fix.edits)
        )


_VERBS = {
    "changed": "it would also change",
    "added": "it would also add",
    "removed": "it would also remove",
    "moved": "it would also move",
}


def unrendered_deliveries(rendering: Rendering) -> frozenset[str]:
    """Give the ids of the deliveries of which something was to be rendered and was not."""
    return frozenset(d.id for d, item in rendering.unrendered if d is not None and item.error_kind != NOT_APPLIED)


def concerns(fix: Candidate, change: Change, graph: RepoGraph) -> bool:
    """Whether a changed object is one in which a fix is to have an effect.

    It is one of the fix's targets; or, where these are not known one by one, an object of the finding's kind in one of
    its deliveries; or what declares one of them.
    """
    effect, finding = fix.fix.effect, fix.finding
    if (change.owner, *change.identity) in effect.targets or _declares(change, finding.deliveries, graph):
        return True
    if effect.targets or change.owner not in finding.deliveries:
        return False
    return effect.text is not None or finding.object is None or finding.object.kind == change.identity[0]


def _declares(change: Change, deliveries: Iterable[str], graph: RepoGraph) -> bool:
    """Whether an object is what declares one of the deliveries: itself, or the ApplicationSet that generates it."""
    found = [graph.deliveries[key] for key in deliveries if key in graph.deliveries]
    makers = [graph.generators[d.generator] for d in found if d.generator in graph.generators]
    kind, _, name = change.identity
    return any(kind == d.kind and name == d.name for d in found) or any(
        kind == "ApplicationSet" and name == generator.name for generator in makers
    )


def _covers(effect: Effect, leaf: Leaf) -> bool:
    """Whether a difference is what an effect is to make."""
    if any(leaf.path[: len(path)] == path for path in effect.fields):
        return True
    if effect.text is None or isinstance(leaf.before, dict | list) or isinstance(leaf.after, dict | list):
        return False
    old, new = effect.text
    return str(leaf.after) in (str(leaf.before), str(leaf.before).replace(old, new))


# What is found


def _staying(before: Checked, after: Checked, fixes: Sequence[Candidate]) -> Iterator[Objection]:
    """Give the fixes whose findings are still there, at their place or elsewhere."""
    old, new = (_counted(checked.report.findings) for checked in (before, after))
    rules = [Counter(finding.rule for finding in checked.report.findings) for checked in (before, after)]
    mended = Counter(key_of(fix.finding) for fix in fixes)
    of_rules = Counter(fix.finding.rule for fix in fixes)
    for at, fix in enumerate(fixes):
        key, rule = key_of(fix.finding), fix.finding.rule
        if new[key] > old[key] - mended[key]:
            yield Objection("it would not mend the finding", frozenset({at}))
        elif rules[1][rule] > rules[0][rule] - of_rules[rule] and not fix.fix.effect.renders:
            yield Objection(f"{rule} would be found elsewhere instead", frozenset({at}))


def _coming(before: Checked, after: Checked, fixes: Sequence[Candidate]) -> Iterator[Objection]:
    """Give the errors and warnings that were not there before, and the checks of ours that crash on the result."""
    old = _counted(_heavy(before.report.findings))
    unrendered = unrendered_deliveries(before.rendering)
    shown = frozenset(d for fix in fixes if fix.fix.effect.renders for d in fix.finding.deliveries if d in unrendered)
    for finding in _heavy(after.report.findings):
        key = key_of(finding)
        old[key] -= 1
        # What a delivery shows that did not render before is not the doing of the fix that lets it render.
        if old[key] < 0 and not (finding.deliveries and shown.issuperset(finding.deliveries)):
            place = f"{finding.span.path}:{finding.span.line}"
            yield Objection(f"{finding.rule} would be found at {place}", _editing(fixes, {finding.span.path}))
    if len(after.report.defects) > len(before.report.defects):
        yield Objection("a check of ours fails on the result")


def _editing(fixes: Sequence[Candidate], paths: Collection[str]) -> frozenset[int]:
    return frozenset(at for at, fix in enumerate(fixes) if any(edit.span.path in paths for edit in fix.fix.edits))


def _heavy(findings: Iterable[Finding]) -> Iterator[Finding]:
    return (finding for finding in findings if finding.severity != "info" and finding.suppression is None)


def _counted(findings: Iterable[Finding]) -> Counter[_Key]:
    return Counter(map(key_of, findings))


def key_of(finding: Finding) -> _Key:
    """Give what tells a finding from others of its rule while lines and positions in lists move."""
    target = finding.object
    place = (target.kind, target.namespace, target.name, _INDEX.sub("[]", target.field)) if target else ()
    return (finding.rule, finding.span.path, *place)
