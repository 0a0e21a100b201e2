"""Fixes as edits of the source text: what stands for a field in a file, taken out with its lines, or renamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.documents import document_at
from gitlint_ops.lint.model import Edit, Effect, Fix, Violation
from gitlint_ops.repo.model import HelmUnit
from gitlint_ops.source import Document, SourceTree, Span
from gitlint_ops.source.model import FieldPath, Json

_TEMPLATE = ("spec", "template")
"""Where an ApplicationSet holds the Application that it generates."""


# Where a field is written


def source_field(context: CheckContext, violation: Violation) -> tuple[Document, FieldPath] | None:
    """Give the document and the field in it that are a violation's exact place; None where no object's file is.

    What a chart renders has none: its place is a value or a template.
    """
    item = violation.object
    if item is not None and isinstance(item.unit, HelmUnit):
        return None
    span, exact = violation.span, violation.exact
    if item is not None:
        origin = context.provenance.origins(item, violation.field_path, on_key=violation.on_key)[0]
        span, exact = origin.span, origin.exact
    document = document_at(context.tree, span) if span is not None and exact else None
    if document is None or not document.is_object or (item and document.value["kind"] != item.kind):
        return None
    for path in _paths(document.value, ()):
        if context.tree.span(document.path, document.index, path, on_key=violation.on_key) == span:
            return document, path
    return None


def _paths(value: Json, path: FieldPath) -> Iterator[FieldPath]:
    """Give the path of everything in a value, what encloses before what is enclosed."""
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for step, below in items:
        yield (*path, step)
        yield from _paths(below, (*path, step))


# Fixes


def without_field(context: CheckContext, violation: Violation, description: str) -> Fix | None:
    """Give the fix, not a safe one, that takes the field at a violation's place out; None where that is not plain.

    A list or mapping of which nothing would be left goes too.
    """
    found = source_field(context, violation)
    taken = removed(context.tree, *found) if found else None
    if taken is None:
        return None
    edit, path = taken
    return Fix(description, (edit,), safe=False, effect=Effect(_shown_at(path)))


def renamed(context: CheckContext, violation: Violation, new: str) -> Fix | None:
    """Give the fix, not a safe one, that writes ``new`` for the key at a violation's place (found ``on_key``)."""
    found = source_field(context, violation)
    if found is None:
        return None
    edit = renamed_key(context.tree, *found, new)
    if edit is None:
        return None
    *above, old = found[1]
    effect = Effect((*_shown_at((*above, old)), *_shown_at((*above, new))))
    return Fix(f"Write {new} for {old}", (edit,), safe=False, effect=effect)


def together(fixes: Sequence[Fix | None]) -> Fix | None:
    """Give one fix that makes the edits of all; None where one of them is missing."""
    known = [fix for fix in fixes if fix is not None]
    if not known or len(known) < len(fixes):
        return None
    edits = tuple(dict.fromkeys(edit for fix in known for edit in fix.edits))
    fields = tuple(dict.fromkeys(path for fix in known for path in fix.effect.fields))
    return Fix(known[0].description, edits, all(fix.safe for fix in known), Effect(fields))


def _shown_at(path: FieldPath) -> tuple[FieldPath, ...]:
    """Give the fields of rendered objects that change with a field of a file.

    An item that goes changes its list; what stands in an ApplicationSet's template is a field of its Applications too.
    """
    changed = path[:-1] if isinstance(path[-1], int) else path
    return (changed, changed[2:]) if changed[:2] == _TEMPLATE and changed[2:] else (changed,)


# Edits


def renamed_key(tree: SourceTree, document: Document, path: FieldPath, new: str) -> Edit | None:
    """Give the edit that writes another key; None where it is quoted, or the mapping has the other one already."""
    key = tree.span(document.path, document.index, path, on_key=True)
    if key is None or _text(tree, key) != path[-1] or new in _at(document.value, path[:-1]):
        return None
    return Edit(key, new)


def removed(tree: SourceTree, document: Document, path: FieldPath) -> tuple[Edit, FieldPath] | None:
    """Give the edit that takes a field out and the field that goes, the enclosing one where nothing else is in it."""
    while len(path) > 1 and len(_at(document.value, path[:-1])) == 1:
        path = path[:-1]
    take_out = removal if isinstance(path[-1], str) else removed_item
    edit = take_out(tree, document, path)
    return (edit, path) if edit is not None else None


def removal(tree: SourceTree, document: Document, path: FieldPath) -> Edit | None:
    """Give the edit that takes a key with its value out, whole lines; None where the lines hold something else too."""
    key = tree.span(document.path, document.index, path, on_key=True)
    if key is None or tree.line_text(document.path, key.line)[: key.column - 1].strip():
        return None
    return _without_lines(tree, document, path, Span(document.path, key.line, key.column), (" ", "- "))


def removed_item(tree: SourceTree, document: Document, path: FieldPath) -> Edit | None:
    """Give the edit that takes an item of a list out: its lines, or its part of a flow list on one line."""
    value = tree.span(document.path, document.index, path)
    if value is None:
        return None
    before = tree.line_text(document.path, value.line)[: value.column - 1]
    if before.strip() != "-":
        return _removed_from_flow(tree, document, path, value)
    dash = Span(document.path, value.line, before.index("-") + 1)
    return _without_lines(tree, document, path, dash, (" ",))


def _without_lines(
    tree: SourceTree, document: Document, path: FieldPath, start: Span, inside: tuple[str, ...]
) -> Edit | None:
    """Take the lines of a block out that starts at a place; ``inside`` is how its further lines begin there."""
    value = tree.span(document.path, document.index, path)
    last = _last_line(tree, document, start, inside)
    if value is None or last < value.end_line - 1 or _has_more(tree, document.path, value, last):
        return None
    lines = tree.lines(document.path)
    if last < len(lines):
        return Edit(Span(document.path, start.line, 1, last + 1, 1), "")
    # Without a line end of its own, a last line takes that of the line before it along.
    before = start.line - 1
    return (
        Edit(Span(document.path, before, len(lines[before - 1]) + 1, last, len(lines[-1]) + 1), "") if before else None
    )


def _last_line(tree: SourceTree, document: Document, start: Span, inside: tuple[str, ...]) -> int:
    """Give the last line of a block: what is indented deeper than its start, or items of a list below it."""
    last = start.line
    for line in range(start.line + 1, document.end_line + 1):
        text = tree.line_text(document.path, line)
        before, rest = text[: start.column - 1], text[start.column - 1 :]
        if text.strip() and (before.strip() or not rest.startswith(inside)):
            break
        last = line if text.strip() else last
    return last


def _has_more(tree: SourceTree, path: str, value: Span, last: int) -> bool:
    """Whether something else stands behind a value that ends on its last line."""
    rest = tree.line_text(path, last)[value.end_column - 1 :].strip() if value.end_line == last else ""
    return bool(rest) and not rest.startswith("#")


def _removed_from_flow(tree: SourceTree, document: Document, path: FieldPath, value: Span) -> Edit | None:
    """Take an item out of ``[a, b]``, with the comma before it, or behind it where it is the first."""
    *above, at = path
    beside = (at - 1 if at else 1) if isinstance(at, int) else 0
    other = tree.span(document.path, document.index, (*above, beside))
    if other is None or len({value.line, value.end_line, other.line, other.end_line}) > 1:
        return None
    first, last = (other.end_column, value.end_column) if at else (value.column, other.column)
    return Edit(Span(document.path, value.line, first, value.line, last), "")


def _at(value: Json, path: FieldPath) -> Json:
    for step in path:
        value = value[step]
    return value


def _text(tree: SourceTree, span: Span) -> str:
    """Give the source text of a place on one line."""
    return tree.line_text(span.path, span.line)[span.column - 1 : span.end_column - 1]
