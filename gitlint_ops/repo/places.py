"""Where the fields of a delivery's object are written, whatever file or chart template declares it."""

from __future__ import annotations

from dataclasses import dataclass

from gitlint_ops.repo.model import Declared
from gitlint_ops.source import SourceTree
from gitlint_ops.source.model import FieldPath, Span


@dataclass(frozen=True, slots=True)
class Overlay:
    """A document that overrides a part of an object: ``.argocd-source.yaml`` does so for one source."""

    path: str
    document: int
    below: FieldPath
    """The field of the object that the document patches."""


@dataclass(frozen=True, slots=True)
class Place:
    """Finds the source place of a declared object's fields.

    ``prefix`` is where the object stands in its document: ``("spec", "template")`` for what a generator makes.
    """

    tree: SourceTree
    declared: Declared
    prefix: FieldPath = ()
    overlays: tuple[Overlay, ...] = ()

    @property
    def document(self) -> tuple[str, int] | None:
        """Path and index of the declaring document, None where a chart template or something unknown emits it."""
        if not self.declared.path or self.declared.document is None:
            return None
        return self.declared.path, self.declared.document

    def locate(self, field_path: FieldPath) -> tuple[tuple[str, int] | None, FieldPath, Span | None]:
        """Give the document that sets a field, the field's path in it, and its place (or the nearest enclosing one)."""
        for overlay in reversed(self.overlays):
            inner = field_path[len(overlay.below) :]
            if field_path[: len(overlay.below)] == overlay.below:
                found = self.tree.span(overlay.path, overlay.document, inner)
                if found is not None:
                    return (overlay.path, overlay.document), inner, found
        full = (*self.prefix, *field_path)
        if self.document is None:
            return None, full, self._fallback()
        return self.document, full, self.tree.nearest(*self.document, full)[0]

    def span(self, field_path: FieldPath = ()) -> Span | None:
        """Give the place of a field (or the nearest enclosing one); of the whole object, its first line."""
        if not field_path:
            return self.first_line()
        return self.locate(field_path)[2]

    def is_exact(self, field_path: FieldPath) -> bool:
        """Whether a field stands in a document as such, so that its place is not merely that of what encloses it."""
        document, inner, _ = self.locate(field_path)
        return bool(field_path) and document is not None and self.tree.span(*document, inner) is not None

    def first_line(self) -> Span | None:
        """Give the first line of the declaring document."""
        if self.document is None:
            return self._fallback()
        path, index = self.document
        documents = self.tree.read(path).documents
        line = documents[index].line if index < len(documents) else self.declared.line
        return self.tree.line_span(path, line)

    def _fallback(self) -> Span | None:
        if self.declared.path:
            return self.tree.line_span(self.declared.path, self.declared.line)
        return self.declared.parent.span if self.declared.parent is not None else None
