"""Suppressions in the annotation of an object, in its source document and in what is rendered from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from gitlint_ops.lint.model import ANNOTATION
from gitlint_ops.lint.suppression.base import Settle
from gitlint_ops.lint.suppression.directive import Directive
from gitlint_ops.lint.suppression.syntax import parse_ignore
from gitlint_ops.source import Document, SourceTree, Span

if TYPE_CHECKING:
    from gitlint_ops.render import Provenance
    from gitlint_ops.render.model import RenderedObject

_FIELD = ("metadata", "annotations", ANNOTATION)


def annotation_of(data: Any) -> str:
    """Give the annotation's text, one suppression a line; '' where the object has none."""
    for step in _FIELD:
        data = data.get(step) if isinstance(data, Mapping) else None
    return data if isinstance(data, str) else ""


class Annotations:
    """The annotations of a run, each read once. One that several environments render is the same in all of them."""

    def __init__(self, tree: SourceTree, provenance: Provenance, settle: Settle) -> None:
        """Take what says whether a suppression counts."""
        self._tree = tree
        self._settle = settle
        self._provenance = provenance
        self._rendered: dict[int, tuple[Directive, ...]] = {}

    def of_object(self, item: RenderedObject) -> tuple[Directive, ...]:
        """Give the suppressions that a rendered object carries, at the line that gives it the annotation."""
        text = annotation_of(item.data)
        if not text:
            return ()
        if id(item) not in self._rendered:
            span = self._provenance.origins(item, _FIELD)[0].span
            self._rendered[id(item)] = tuple(self._directives(text, span))
        return self._rendered[id(item)]

    def of_document(self, document: Document) -> tuple[Directive, ...]:
        """Give the suppressions that an object carries in its source document."""
        text = annotation_of(document.value)
        if not text:
            return ()
        return tuple(self._directives(text, self._tree.nearest(document.path, document.index, _FIELD)[0]))

    def written(self, objects: Iterable[RenderedObject]) -> Iterator[Directive]:
        """Give the suppressions of all documents and of these rendered objects."""
        for document in self._tree.documents():
            yield from self.of_document(document)
        for item in objects:
            yield from self.of_object(item)

    def _directives(self, text: str, span: Span) -> Iterator[Directive]:
        for line in text.splitlines():
            if line.strip():
                yield self._settle(Directive("annotation", span, parse_ignore(line)), line)
