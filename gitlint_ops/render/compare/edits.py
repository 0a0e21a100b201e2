"""Which lines of the files were edited."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping

from gitlint_ops.render.compare.model import Side
from gitlint_ops.source import SourceTree, Span

_MAX_LINES = 4000
"""Of a longer file, what differs between its equal beginning and its equal end counts as edited."""


class EditedLines:
    """The lines that differ, by file: those of the base that are gone, those of the head that are new. 1-based."""

    def __init__(
        self, base: SourceTree, head: SourceTree, changed: Collection[str], renames: Mapping[str, str]
    ) -> None:
        self._base = base
        self._head = head
        self.changed = frozenset(changed)
        self._new_names = renames
        self._old_names = {new: old for old, new in renames.items()}
        self._known: dict[tuple[str, str], tuple[frozenset[int], frozenset[int]]] = {}

    def of(self, path: str, side: Side) -> frozenset[int]:
        """Give the edited lines of a file of one side."""
        if path not in self.changed:
            return frozenset()
        old = path if side == "base" else self._old_names.get(path, path)
        new = path if side == "head" else self._new_names.get(path, path)
        if (old, new) not in self._known:
            self._known[old, new] = _edited(self._base.lines(old), self._head.lines(new))
        gone, come = self._known[old, new]
        return gone if side == "base" else come

    def touches(self, span: Span, side: Side) -> bool:
        """Tell whether a span has an edited line; of one that is long (a whole object), its first line counts."""
        return not self.of(span.path, side).isdisjoint(range(span.line, span.end_line + 1))

    def first(self, path: str, side: Side) -> int:
        """Give a file's first edited line, 1 where none is."""
        return min(self.of(path, side), default=1)


def _edited(old: Collection[str], new: Collection[str]) -> tuple[frozenset[int], frozenset[int]]:
    before, after = list(old), list(new)
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    middle = before[start : len(before) - end], after[start : len(after) - end]
    if max(len(middle[0]), len(middle[1])) > _MAX_LINES:
        return _numbers(start, len(before) - end), _numbers(start, len(after) - end)
    gone: set[int] = set()
    come: set[int] = set()
    for tag, one, two, three, four in difflib.SequenceMatcher(None, *middle, autojunk=False).get_opcodes():
        if tag != "equal":
            gone |= _numbers(start + one, start + two)
            come |= _numbers(start + three, start + four)
    return frozenset(gone), frozenset(come)


def _numbers(start: int, end: int) -> frozenset[int]:
    return frozenset(range(start + 1, end + 1))


def _common(one: list[str], other: list[str]) -> int:
    """Count the equal lines at the beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))
