"""The other way round: which rendered fields a source line shapes, and where they are overridden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.documents import document_at
from gitlint_ops.lint.origins.find import Chain, grouped
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.provenance.match import MISSING, leaves, scalar_text, value_at
from gitlint_ops.source import Document, FieldPath, Json, Span

MAX_TRIED = 120
"""Rendered fields whose lines are looked at for one source line; an editor waits for the answer."""
_TELLING = 3
"""Characters from which on a text within a longer one is taken for the same text."""

_Field = tuple[RenderedObject, FieldPath]


def chains_through(context: CheckContext, path: str, line: int, column: int) -> tuple[Chain, ...]:
    """Give the chains of the rendered fields that the scalar at a 1-based place shapes, also where it is overridden.

    Empty for a place that holds no scalar of a YAML file, or that nothing rendered leads back to. Chains of the same
    lines and value are one, with all their objects.
    """
    document = document_at(context.tree, Span(path, line))
    if document is None:
        return ()
    field = context.tree.field_at(path, document.index, line, column)
    value = value_at(document.value, field)
    if not field or isinstance(value, dict | list):
        return ()
    readers = context.rendering.readers.get(path, ())
    objects = [item for key in readers for item in context.rendering.objects.get(key, ())]
    tried = list(islice(dict.fromkeys(_candidates(document, field, value, objects)), MAX_TRIED))
    found = [one for one in tried if _leads_to(context, one, path, line)]
    others = (one for one in _of_the_same_field(found, objects) if one not in tried)
    found += [one for one in islice(others, MAX_TRIED) if _leads_to(context, one, path, line)]
    fields: dict[RenderedObject, list[FieldPath]] = {}
    for item, rendered in found:
        fields.setdefault(item, []).append(rendered)
    return tuple(grouped(context, fields))


def _leads_to(context: CheckContext, one: _Field, path: str, line: int) -> bool:
    spans = (origin.span for origin in context.provenance.chain(*one))
    return any(span.path == path and span.line <= line <= span.end_line for span in spans)


def _candidates(
    document: Document, field: FieldPath, value: Json, objects: Sequence[RenderedObject]
) -> Iterator[_Field]:
    """Give fields that a source field may shape, the likeliest first: its own, those of its name, those of its text."""
    own = [item for item in objects if _is_from(item, document)]
    yield from ((item, field) for item in own if value_at(item.data, field) is not MISSING)
    yield from (one for one, _ in _leaves_of(own) if one[1][-1:] == field[-1:])
    text = scalar_text(value)
    alike = [one for one, leaf in _leaves_of(objects) if _holds(leaf, value, text)]
    yield from sorted(alike, key=lambda one: one[1][-1:] != field[-1:])


def _is_from(item: RenderedObject, document: Document) -> bool:
    """Tell whether an object may be the document's: of its kind, and of its file or its name."""
    if not document.is_object or item.kind != document.value["kind"]:
        return False
    return item.source_path == document.path or item.name == value_at(document.value, ("metadata", "name"))


def _leaves_of(objects: Iterable[RenderedObject]) -> Iterator[tuple[_Field, Json]]:
    return (((item, path), value) for item in objects for path, value in leaves(item.data))


def _holds(leaf: Json, value: Json, text: str) -> bool:
    return leaf == value or (isinstance(leaf, str) and len(text) >= _TELLING and text in leaf)


def _of_the_same_field(found: Sequence[_Field], objects: Sequence[RenderedObject]) -> Iterator[_Field]:
    """Give the fields found, in objects of the same source elsewhere: there the line may be overridden."""
    wanted = dict.fromkeys((_source(item), path) for item, path in found)
    for source, path in wanted:
        same = (item for item in objects if _source(item) == source)
        yield from ((item, path) for item in same if value_at(item.data, path) is not MISSING)


def _source(item: RenderedObject) -> tuple[str, str]:
    """Name what an object is made from: its kind and its file, which outlives prefixes and names of releases."""
    return item.kind, item.source_path or item.name
