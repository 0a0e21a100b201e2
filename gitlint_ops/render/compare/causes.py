"""The source line that caused a change: of the places behind a field, the one that was edited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gitlint_ops.render.compare.edits import EditedLines
from gitlint_ops.render.compare.model import Cause, FieldChange, ObjectChange, Side
from gitlint_ops.render.model import RenderedObject, Rendering
from gitlint_ops.render.provenance import Provenance
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source import FieldPath, SourceTree, Span


@dataclass(frozen=True, slots=True)
class Half:
    """One side of a comparison."""

    tree: SourceTree
    rendering: Rendering
    provenance: Provenance


class Causes:
    """Answers which lines caused a change. Answers take a rendering or two where a chart is behind a field."""

    def __init__(self, base: Half, head: Half, edits: EditedLines) -> None:
        self._base = base
        self._head = head
        self.edits = edits
        self._read: dict[tuple[Side, str], tuple[str, ...]] = {}

    def of(self, change: ObjectChange, field: FieldChange | None = None) -> tuple[Cause, ...]:
        """Give the places behind a changed field, or behind an object that is new or gone; edited lines first.

        Never empty: where no line behind it was edited, the nearest edit in a file behind it stands for it, else the
        first edited file that its delivery reads, else the nearest place. A place with the side ``base`` is in the base
        commit's files.
        """
        found = list(dict.fromkeys(self._candidates(change, field)))
        edited = [cause for cause in found if cause.edited]
        if edited:
            return (*edited, *(cause for cause in found if not cause.edited))
        return (*self._nearby(found), *self._by_files(change), *found)

    def in_head(self, change: ObjectChange, field: FieldChange | None = None) -> Span:
        """Give the best place for a finding about a change: in the work tree's files, where it can be shown."""
        causes = self.of(change, field)
        return next((cause.span for cause in causes if cause.side == "head"), self._instead(change, causes[0].span))

    def files(self, change: ObjectChange) -> tuple[str, ...]:
        """Give the files of the head, else of the base, that changed and that the change's delivery reads, sorted."""
        sides: Sequence[tuple[Side, RenderedObject | None]] = (("head", change.after), ("base", change.before))
        found = {path for side, item in sides if item is not None for path in self._changed_files(side, item.delivery)}
        return tuple(sorted(found))

    def _candidates(self, change: ObjectChange, field: FieldChange | None) -> Iterator[Cause]:
        if change.after is not None:
            path: FieldPath = field.after_path if field else ("metadata", "name")
            yield from self._places(self._head, "head", change.after, path)
        if change.before is not None:
            path = field.before_path if field else ("metadata", "name")
            yield from self._places(self._base, "base", change.before, path)

    def _places(self, half: Half, side: Side, item: RenderedObject, path: FieldPath) -> Iterator[Cause]:
        for origin in half.provenance.origins(item, path):
            yield Cause(origin.span, side, self.edits.touches(origin.span, side))

    def _nearby(self, found: Sequence[Cause]) -> Iterator[Cause]:
        """Give the edit nearest to each place, in its file: below it first, where the elements of a list stand."""
        for cause in found:
            span, half = cause.span, self._head if cause.side == "head" else self._base
            edits = sorted(
                self.edits.of(span.path, cause.side), key=lambda line: (line < span.line, abs(line - span.line))
            )
            if edits:
                yield Cause(half.tree.line_span(span.path, edits[0]), cause.side, edited=True)

    def _by_files(self, change: ObjectChange) -> Iterator[Cause]:
        """Give the first edit of each changed file behind the delivery, at most one of a side without doubt first."""
        sides: Sequence[tuple[Side, RenderedObject | None]] = (("head", change.after), ("base", change.before))
        for side, item in sides:
            for path in self._changed_files(side, item.delivery) if item is not None else ():
                half = self._head if side == "head" else self._base
                if half.tree.is_file(path) and self.edits.of(path, side):
                    yield Cause(half.tree.line_span(path, self.edits.first(path, side)), side, edited=True)

    def _changed_files(self, side: Side, delivery: Delivery) -> tuple[str, ...]:
        """Give the changed files that a delivery reads, and those that declare it and what creates it."""
        if (side, delivery.id) not in self._read:
            rendering = (self._head if side == "head" else self._base).rendering
            own = {d.span.path for d in _line_of(rendering, delivery) if d.span is not None}
            read = {path for path in self.edits.changed if delivery.id in rendering.readers.get(path, ())}
            self._read[side, delivery.id] = tuple(sorted(read | (own & self.edits.changed)))
        return self._read[side, delivery.id]

    def _instead(self, change: ObjectChange, gone: Span) -> Span:
        """Give a place of the head for what is only in the base: what still declares or builds the delivery."""
        delivery = self._head.rendering.graph.deliveries.get(change.delivery.id, change.delivery)
        for span in (delivery.span, gone):
            if span is not None and self._head.tree.is_file(span.path):
                return self._head.tree.line_span(span.path, span.line)
        return gone


def _line_of(rendering: Rendering, delivery: Delivery) -> Iterator[Delivery]:
    """Give a delivery and what creates it, and so on."""
    seen: set[str] = set()
    current: Delivery | None = delivery
    while current is not None and current.id not in seen:
        seen.add(current.id)
        yield current
        current = rendering.graph.deliveries.get(current.parent)
