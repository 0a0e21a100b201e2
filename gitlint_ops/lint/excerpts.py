"""The source lines that a report may show around its findings, and never a line that holds a secret."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from gitlint_ops.lint.documents import is_yaml
from gitlint_ops.lint.model import Finding
from gitlint_ops.source import SourceTree, Span

CONTEXT_LINES = 3
MAX_SPAN_LINES = 12
MAX_LINE = 500
"""A longer line is cut, in characters."""
_SECRET_KIND = re.compile(r"^\s*[\"']?kind[\"']?:\s*[\"']?Secret\b", re.MULTILINE)


def excerpts(findings: Collection[Finding], tree: SourceTree) -> Mapping[str, Mapping[int, str]]:
    """Give path to 1-based line to text, for three lines around each finding.

    Left out: the lines of findings of the category ``secrets``, of their related places, and of Secret documents.
    """
    wanted: dict[str, set[int]] = defaultdict(set)
    for finding in findings:
        wanted[finding.span.path].update(_around(finding.span))
    hidden = _lines_found(findings)
    for path, numbers in wanted.items():
        hidden[path].update(_lines_of_secrets(path, max(numbers), tree))
    return {path: dict(_texts(path, numbers - hidden[path], tree)) for path, numbers in sorted(wanted.items())}


def lines_of_secrets(findings: Iterable[Finding], path: str, tree: SourceTree) -> frozenset[int]:
    """Give the 1-based lines of a file that may hold a secret: those of secret findings and of Secret documents."""
    return frozenset((*_lines_found(findings)[path], *_lines_of_secrets(path, len(tree.lines(path)), tree)))


def _lines_found(findings: Iterable[Finding]) -> defaultdict[str, set[int]]:
    """Give the lines that findings of the category ``secrets`` are about, by path."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for finding in findings:
        if finding.category == "secrets":
            for span in (finding.span, *(related.span for related in finding.related)):
                found[span.path].update(range(span.line, span.end_line + 1))
    return found


def _around(span: Span) -> range:
    last = min(span.end_line, span.line + MAX_SPAN_LINES)
    return range(max(1, span.line - CONTEXT_LINES), last + CONTEXT_LINES + 1)


def _lines_of_secrets(path: str, last: int, tree: SourceTree) -> Iterator[int]:
    """Give the lines of the file's Secret documents; all of its lines where it names a Secret and does not parse."""
    if not _SECRET_KIND.search(tree.text(path)):
        return
    if not is_yaml(tree, path) or tree.read(path).problems:
        yield from range(1, last + 1)
        return
    for document in tree.read(path).documents:
        if isinstance(document.value, dict) and document.value.get("kind") == "Secret":
            yield from range(document.line, document.end_line + 1)


def _texts(path: str, numbers: set[int], tree: SourceTree) -> Iterator[tuple[int, str]]:
    lines = tree.lines(path)
    # What follows the last line end is no line.
    total = len(lines) - (lines[-1:] == [""])
    for number in sorted(numbers):
        if number <= total:
            yield number, tree.line_text(path, number)[:MAX_LINE]
