"""The line within a text of several lines: in a block scalar, or in a whole file that a generator reads."""

from __future__ import annotations

import re

from gitlint_ops.source import Json, SourceTree, Span


def line_within(tree: SourceTree, span: Span, value: Json, pattern: re.Pattern[str]) -> Span | None:
    """Give the first line of a field's value that a pattern is found in, None where the value has one line.

    ``span`` is where the value is written: its scalar, or the first line of the file that it is.
    """
    if not isinstance(value, str) or "\n" not in value:
        return None
    length = len(tree.text(span.path).splitlines())
    # A substitution may have changed its words.
    is_file = span.line == span.end_line == 1 and len(value.splitlines()) == length
    last = length if is_file else span.end_line
    lines = (n for n in range(span.line, last + 1) if pattern.search(tree.line_text(span.path, n)))
    found = next(lines, 0)
    return tree.line_span(span.path, found) if found else None
