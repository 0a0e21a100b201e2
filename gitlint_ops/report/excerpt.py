"""A source line as a finding shows it: cut to the width around the place, with a caret under each cell of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gitlint_ops.lint.model import Finding
from gitlint_ops.report.escape import printable
from gitlint_ops.report.page import cells
from gitlint_ops.source.model import Span

_LEAD = 24
"""Code points shown before the place where the line must be cut."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line in three parts, already printable, and the underline: how many cells in, and how many wide."""

    before: str
    marked: str
    after: str

    @property
    def offset(self) -> int:
        """Give the cells before the marked part."""
        return cells(self.before)

    @property
    def length(self) -> int:
        """Give the cells of the marked part, at least 1 (a place behind the last character has no text)."""
        return max(cells(self.marked), 1)


def excerpt(line: str, span: Span, width: int) -> Excerpt:
    """Show ``line``, the text of the span's first line, in at most ``width`` cells, the span's part of it marked."""
    start = min(max(span.column - 1, 0), len(line))
    end = len(line) if span.end_line > span.line else min(span.end_column - 1, len(line))
    first = 0 if cells(printable(line)) <= width else max(0, start - _LEAD)
    before = ("..." if first else "") + printable(line[first:start])
    marked = clip(printable(line[start : max(start, end)].rstrip()), width - cells(before))
    after = clip(printable(line[max(start, end) :]), width - cells(before) - cells(marked))
    return Excerpt(before, marked, after.rstrip())


def clip(text: str, width: int) -> str:
    """Give ``text`` cut to ``width`` cells, dots where something is left out."""
    if cells(text) <= width:
        return text
    room = max(width - 3, 0)
    while text and cells(text) > room:
        text = text[: max(min(len(text) - 1, room), 0)]
    return text + "..."


def secret_lines(findings: Iterable[Finding]) -> frozenset[tuple[str, int]]:
    """Give every line that may hold a secret (path, 1-based line): no finding that points at it may quote it."""
    secret = (finding.span for finding in findings if finding.category == "secrets")
    return frozenset((span.path, line) for span in secret for line in range(span.line, span.end_line + 1))
