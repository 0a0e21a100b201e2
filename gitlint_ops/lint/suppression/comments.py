"""Suppressions in comments: which lines of a file each of them counts for.

A comment counts for its own line and, where nothing else stands on it, for the line below (more comment lines may stand
between). In front of an object's first key, or on or above its top-level ``apiVersion``, ``kind`` or ``metadata``, it
counts for the whole object. An object is a part of a file between ``---`` lines with ``apiVersion`` and ``kind``, be it
YAML or the template of a chart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gitlint_ops.lint.suppression.base import Settle, as_written
from gitlint_ops.lint.suppression.directive import Directive
from gitlint_ops.lint.suppression.syntax import Ignore, parse_comment
from gitlint_ops.source import SourceTree, Span

_MARK = "gitlint-ops:"
_COMMENT = re.compile(r"(?:#|//|/\*|<!--)\s*gitlint-ops:(?P<rest>.*)$")
_PRAGMA = "pragma:"
_ALLOWED = re.compile(r"(?:#|//|/\*|<!--|--|;|%)\s*pragma:\s*(?:allow|white)list (?P<next>nextline )?secret\b")
"""What detect-secrets reads, at the end of a line or on the line above: https://github.com/Yelp/detect-secrets."""
_ALLOWED_RULES = ("secret-value",)
"""Not those of a whole Secret: the comment speaks of one line."""
_BARE = re.compile(r"^\s*gitlint-ops:(?P<rest>.*)$")
"""A line within a template's comment of several lines."""
_COMMENT_LINE = re.compile(r"^\s*(?:#|//|<!--|\{\{-?\s*/\*)")
_OPEN = re.compile(r"\{\{-?\s*/\*(?!.*\*/)")
_HEAD_KEY = re.compile(r"^[\"']?(?:apiVersion|kind|metadata)[\"']?\s*:")
_KEY = re.compile(r"^[\"']?[\w./-]+[\"']?\s*:")
_SEPARATOR = re.compile(r"^---(?:\s|$)")
_OBJECT_FILE = (".yaml", ".yml", ".tpl")
_PROSE = (".md", ".markdown", ".rst", ".adoc")
"""Files that speak about suppressions rather than use them."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The 1-based lines ``first`` to ``last`` of a file that a suppression counts for."""

    directive: Directive
    first: int
    last: int
    whole_object: bool = False
    """It also counts for what other files set in the object that these lines declare."""

    def holds(self, line: int) -> bool:
        """Whether a 1-based line is one of them."""
        return self.first <= line <= self.last


def find_comments(tree: SourceTree, settle: Settle = as_written) -> Mapping[str, tuple[Reach, ...]]:
    """Give the suppressions in the comments of all files but prose, by path; ``settle`` says whether one counts."""
    found = ((path, tuple(_of_file(tree, path, settle))) for path in tree.files if not path.lower().endswith(_PROSE))
    return {path: reaches for path, reaches in found if reaches}


def _of_file(tree: SourceTree, path: str, settle: Settle) -> Iterator[Reach]:
    whole = tree.whole_text(path)
    if _MARK not in whole and _PRAGMA not in whole:
        return
    lines = tree.lines(path)
    comments = _comment_lines(lines)
    objects = tuple(_objects(lines, comments)) if path.endswith(_OBJECT_FILE) else ()
    for number, text in enumerate(lines, 1):
        directive = _directive(path, number, text, in_comment=comments[number - 1])
        if directive:
            yield _reach(settle(directive, text[directive.span.column - 1 :]), comments, objects)
        elif allowed := _ALLOWED.search(text):
            yield _allowance(path, number, text, allowed, settle)


def _directive(path: str, number: int, text: str, *, in_comment: bool) -> Directive | None:
    found = _COMMENT.search(text) or (_BARE.match(text) if in_comment else None)
    ignore = parse_comment(found["rest"]) if found else None
    if found is None or ignore is None:
        return None
    start = text.index(_MARK, found.start())
    return Directive("comment", Span(path, number, start + 1, number, len(text.rstrip()) + 1), ignore)


def _allowance(path: str, number: int, text: str, found: re.Match[str], settle: Settle) -> Reach:
    span = Span(path, number, found.start() + 1, number, found.end() + 1)
    directive = Directive("comment", span, Ignore(_ALLOWED_RULES, found[0].lstrip("#/*<!-;% ")), is_foreign=True)
    line = number + 1 if found["next"] else number
    return Reach(settle(directive, text[found.start() :]), line, line)


def _comment_lines(lines: Sequence[str]) -> list[bool]:
    """Say of each line whether it holds nothing but a comment, or a part of a template's longer one."""
    result, inside = [], False
    for text in lines:
        result.append(inside or bool(_COMMENT_LINE.match(text)))
        inside = "*/" not in text if inside else bool(_OPEN.search(text))
    return result


def _reach(directive: Directive, comments: Sequence[bool], objects: Sequence[_Object]) -> Reach:
    first = last = directive.span.line
    while last < len(comments) and comments[last - 1]:
        last += 1
    for item in objects:
        if item.first <= first <= item.last and (first < item.first_key or item.heads.intersection((first, last))):
            return Reach(directive, item.first, item.last, whole_object=True)
    return Reach(directive, first, last)


@dataclass(frozen=True, slots=True)
class _Object:
    """The lines of an object: all, that of its first key, and those of apiVersion, kind and metadata."""

    first: int
    last: int
    first_key: int
    heads: frozenset[int]


def _objects(lines: Sequence[str], comments: Sequence[bool]) -> Iterator[_Object]:
    is_key = [not comment and bool(_KEY.match(text)) for text, comment in zip(lines, comments, strict=True)]
    for first, last in _parts(lines, is_key):
        keys = [number for number in range(first, last + 1) if is_key[number - 1]]
        heads = [number for number in keys if _HEAD_KEY.match(lines[number - 1])]
        names = {lines[number - 1].lstrip("\"'")[:4] for number in heads}
        if {"apiV", "kind"} <= names:
            yield _Object(first, last, keys[0], frozenset(heads))


def _parts(lines: Sequence[str], is_key: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Give the first and last lines between ``---`` lines; a part without a key belongs to the next one."""
    first, has_key = 1, False
    for number, text in enumerate(lines, 1):
        if _SEPARATOR.match(text) and has_key:
            yield first, number - 1
            first, has_key = number, False
        has_key = has_key or is_key[number - 1]
    if has_key:
        yield first, len(lines)
