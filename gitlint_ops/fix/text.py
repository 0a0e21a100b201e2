"""Edits applied to a file's text: exact replacements by span, so that everything around them stays byte for byte.

No YAML library writes anything here, ruamel.yaml included: a round trip keeps comments, but not indentation, quotes,
line breaks within long texts, or line ends. What an edit's text needs of a layout, the check that made it took from the
file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Self

from gitlint_ops.lint.model import Edit

_BOM = "\ufeff"
_LINE_END = re.compile(r"\r\n|\n|\r")
_DISPUTED = re.compile("[\x85\u2028\u2029]")
"""Line ends for YAML 1.1 and for the engine's parser, ordinary characters for YAML 1.2 and for editors."""


class EditError(Exception):
    """An edit cannot be applied: its message says why, in words for the user."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A replacement by offsets in code points; ``end`` is exclusive."""

    start: int
    end: int
    text: str = field(repr=False)

    def overlaps(self, other: Self) -> bool:
        """Whether the two cannot both be made; equal ones can, they are one."""
        if self == other:
            return False
        return (self.start < other.end and other.start < self.end) or self.start == other.start


class FileText:
    """The text of a file as bytes give it, with the places that spans mean. Raises EditError where it is not UTF-8."""

    def __init__(self, raw: bytes) -> None:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise EditError("the file is not UTF-8") from error
        self.mark = _BOM if text.startswith(_BOM) else ""
        self.text = text.removeprefix(_BOM)
        if _DISPUTED.search(self.text):
            raise EditError("the file has a line end that not every reader takes for one (U+0085, U+2028 or U+2029)")
        ends = list(_LINE_END.finditer(self.text))
        self._starts = [0, *(end.end() for end in ends)]
        self._stops = [*(end.start() for end in ends), len(self.text)]
        self._line_ends = [end[0] for end in ends]

    def piece(self, edit: Edit) -> Piece:
        """Give an edit by offsets, its line ends those of the file. Raises EditError where its place is not there."""
        span = edit.span
        start, end = self._offset(span.line, span.column), self._offset(span.end_line, span.end_column)
        if end < start:
            raise EditError(f"the edit at line {span.line} ends before it starts")
        return Piece(start, end, _LINE_END.sub(self._end_of(span.line), edit.text))

    def _offset(self, line: int, column: int) -> int:
        """Give the offset of a 1-based place; the place behind a line's last character is one of it."""
        if not 1 <= line <= len(self._starts) or column < 1:
            raise EditError(f"the file has no line {line}")
        offset = self._starts[line - 1] + column - 1
        if offset > self._stops[line - 1]:
            raise EditError(f"line {line} has no column {column}")
        return offset

    def _end_of(self, line: int) -> str:
        """Give the line end of a line; for a last line without one, that of the file's first line."""
        at = line - 1 if line <= len(self._line_ends) else 0
        return self._line_ends[at] if self._line_ends else "\n"

    def with_pieces(self, pieces: Iterable[Piece]) -> bytes:
        """Give the file's bytes with the pieces in place. Raises EditError where two overlap."""
        result: list[str] = []
        at = 0
        for piece in distinct(pieces):
            result += [self.text[at : piece.start], piece.text]
            at = piece.end
        return (self.mark + "".join(result) + self.text[at:]).encode()


def distinct(pieces: Iterable[Piece]) -> Sequence[Piece]:
    """Give the pieces in the order of the text, equal ones once. Raises EditError where two overlap."""
    ordered = sorted(set(pieces), key=lambda piece: (piece.start, piece.end))
    for one, other in pairwise(ordered):
        if one.overlaps(other):
            raise EditError("two edits overlap")
    return ordered


def apply_edits(raw: bytes, edits: Iterable[Edit]) -> bytes:
    r"""Give a file's bytes with edits of it applied.

    A byte order mark, every line end and the presence of a final one stay as they are; a ``\n`` in an edit's text
    becomes the line end of the line it starts on. Raises EditError where the file is not UTF-8, an edit's place is not
    there, or two edits overlap.
    """
    file = FileText(raw)
    return file.with_pieces([file.piece(edit) for edit in edits])
