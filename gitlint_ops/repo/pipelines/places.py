"""Where the parts of a pipeline stand in their files, to the line of a command inside a script."""

from __future__ import annotations

import re

from gitlint_ops.repo.pipelines.commands import Command
from gitlint_ops.repo.pipelines.model import Place
from gitlint_ops.source import SourceTree, Span

_BLOCK = re.compile(r"(?:[&!]\S*[ \t]+)*(?P<style>[|>])[-+0-9]*[ \t]*(?:#.*)?$")
_ALIAS = re.compile(r"(?:[\w-]+:[ \t]+)?\*(?P<anchor>[^\s,\]}]+)")
"""An alias, or a key whose whole value is one: of what stands in that, the key is the nearest place."""


def span_of(tree: SourceTree, place: Place, *, on_key: bool = False) -> Span:
    """Give the source span of a place, or of the nearest one that encloses it."""
    if place.line:
        return tree.line_span(place.path, place.line)
    return tree.nearest(place.path, place.document, place.field_path, on_key=on_key)[0]


def command_span(tree: SourceTree, command: Command) -> Span:
    """Give the line of a command in the file in which it is written."""
    place = command.script.place
    if place.line:
        return tree.line_span(place.path, place.line + command.line - 1)
    span = _written(tree, span_of(tree, place))
    style = _style(tree, span)
    if style == "|":
        return tree.line_span(span.path, min(span.line + command.line, max(span.end_line, span.line)))
    if span.end_line > span.line:
        return _folded(tree, span, command)
    return tree.line_span(span.path, span.line)


def _written(tree: SourceTree, span: Span) -> Span:
    """Give the place of what an alias stands for."""
    found = _ALIAS.match(tree.line_text(span.path, span.line)[span.column - 1 :])
    if found is None:
        return span
    anchor = re.compile(rf"&{re.escape(found['anchor'])}(?=\s|$)")
    for number, text in enumerate(tree.lines(span.path), 1):
        at = anchor.search(text)
        if at and number < span.line:
            return _anchored(tree, span.path, number, at.start() + 1)
    return span


def _anchored(tree: SourceTree, path: str, line: int, column: int) -> Span:
    """Give the span of an anchored block scalar or line: as far as the lines are indented more deeply."""
    lines = tree.lines(path)
    indent = len(lines[line - 1]) - len(lines[line - 1].lstrip())
    end = line
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
        end += 1
    return Span(path, line, column, end, len(lines[end - 1]) + 1)


def _style(tree: SourceTree, span: Span) -> str:
    found = _BLOCK.match(tree.line_text(span.path, span.line)[span.column - 1 :].rstrip())
    return found["style"] if found else ""


def _folded(tree: SourceTree, span: Span, command: Command) -> Span:
    """Find a command in a text that YAML folds: the first line that holds its first words."""
    wanted = [word for word in command.words[:3] if not word.startswith("$")]
    for words in (wanted[:2], wanted[:1]):
        pattern = re.compile(r"\s+.*".join(re.escape(word) for word in words)) if words else None
        for line in range(span.line, span.end_line + 1):
            if pattern and pattern.search(tree.line_text(span.path, line)):
                return tree.line_span(span.path, line)
    return tree.line_span(span.path, span.line)
