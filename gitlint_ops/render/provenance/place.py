"""Places behind rendered fields, before they are resolved to spans; and YAML inside another file's scalar."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.render.model import Origin, RenderedObject
from gitlint_ops.render.provenance.match import MISSING, is_container, value_at
from gitlint_ops.source import FieldPath, Json, SourceTree, Span, pointer

_EMBEDDED_NAME = ".gitlint-ops-embedded.yaml"
"""The virtual file under which the engine reads embedded text."""

Inner = tuple[int, FieldPath]
"""A field within a YAML text: the document's index there, and the path in it."""

OriginsOf = Callable[[RenderedObject, FieldPath, Inner | None], tuple[Origin, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a document (``path``, ``document``) or of a rendered object (``object``), or a 1-based ``line``.

    ``inner`` is a field within the YAML text that the scalar at ``field_path`` holds (an inline patch, inline values).
    """

    path: str = ""
    document: int = 0
    field_path: FieldPath = ()
    inner: Inner | None = None
    line: int = 0
    object: RenderedObject | None = None
    key: bool = False
    """Whether the field's key is meant and not its value."""
    known: Span | None = None
    """The span, where it is known already."""

    def below(self, *steps: str | int) -> Place:
        """Give the place of a field below this one."""
        if self.inner is not None:
            return replace(self, inner=(self.inner[0], (*self.inner[1], *steps)))
        return replace(self, field_path=(*self.field_path, *steps))

    def within(self, document: int, path: FieldPath) -> Place:
        """Give the place of a field within the YAML text at this place."""
        return replace(self, inner=(document, path))


@dataclass(frozen=True, slots=True)
class Embedded:
    """A YAML document inside a scalar: its value, and the positions of its fields within the text."""

    value: Json
    positions: Mapping[str, Sequence[int]]


class Places:
    """Resolves places to spans, and reads embedded documents. ``origins`` answers for fields of rendered objects."""

    def __init__(self, tree: SourceTree, engine: EngineClient, origins: OriginsOf) -> None:
        self.tree = tree
        self._engine = engine
        self._origins = origins
        self._embedded: dict[str, tuple[Embedded, ...]] = {}

    def embedded(self, text: str) -> tuple[Embedded, ...]:
        """Give the documents of a text; none where it is not YAML (the build that reads it reports that)."""
        if text not in self._embedded:
            self._embedded[text] = self._read(text)
        return self._embedded[text]

    def _read(self, text: str) -> tuple[Embedded, ...]:
        request: dict[str, Any] = {"files": [_EMBEDDED_NAME], "texts": {_EMBEDDED_NAME: text}, "positions": True}
        try:
            answer = self._engine.call("read", **request)
        except EngineError:
            # No place inside the text can be named then; the scalar that holds it still can.
            return ()
        documents = answer["files"][0]["documents"]
        return tuple(Embedded(item.get("value"), item.get("positions") or {}) for item in documents)

    def value(self, place: Place) -> Json:
        """Give the value at a place of a document or an object (the text that holds an inner one), MISSING for none."""
        if place.object is not None:
            return value_at(place.object.data, place.field_path)
        documents = self.tree.read(place.path).documents
        if not 0 <= place.document < len(documents):
            return MISSING
        return value_at(documents[place.document].value, place.field_path)

    def resolve(self, place: Place, *, on_key: bool = False) -> tuple[Span, bool]:
        """Give the span of a place and whether it is that very place (False: the nearest that encloses it)."""
        on_key = on_key or place.key
        if place.known is not None:
            return place.known, True
        if place.line:
            return self.tree.line_span(place.path, place.line), True
        if place.inner is None:
            return self._plain(place, on_key=on_key)
        given = self._origins(place.object, place.field_path, place.inner) if place.object and not on_key else ()
        if given and given[0].exact:
            return given[0].span, True
        scalar, sure = self._plain(place, on_key=False)
        found = self._within(scalar, place, on_key=on_key)
        return (found, sure) if found is not None else (scalar, False)

    def value_in(self, data: Json, path: FieldPath, inner: Inner | None) -> Json:
        """Give the value at a path, or with ``inner`` that in the YAML text there; MISSING where there is none."""
        value = value_at(data, path)
        if inner is None or not isinstance(value, str):
            return value
        documents = self.embedded(value)
        return value_at(documents[inner[0]].value, inner[1]) if inner[0] < len(documents) else MISSING

    def _plain(self, place: Place, *, on_key: bool) -> tuple[Span, bool]:
        if place.object is not None:
            nearest = self._origins(place.object, place.field_path, None)[0]
            return nearest.span, nearest.exact
        on_key = on_key or (is_container(self.value(place)))
        return self.tree.nearest(place.path, place.document, place.field_path, on_key=on_key)

    def _within(self, scalar: Span, place: Place, *, on_key: bool) -> Span | None:
        """Give the span in the file of a field of the YAML text that the scalar at ``scalar`` holds."""
        text = self.value(replace(place, inner=None))
        if place.inner is None or not isinstance(text, str):
            return None
        index, path = place.inner
        documents = self.embedded(text)
        position = documents[index].positions.get(pointer(path)) if index < len(documents) else None
        if position is None:
            return None
        on_key = on_key or is_container(value_at(documents[index].value, path))
        key = path[-1] if on_key and path and isinstance(path[-1], str) else None
        line, column = (position[0], position[1]) if key else (position[2], position[3])
        end_line, end_column = (position[0], column + len(key)) if key else (position[4], position[5])
        return self.moved(scalar, text, (line, column, end_line, end_column))

    def _beside(self, scalar: Span, text: str, place: tuple[int, int, int, int]) -> Span | None:
        """Move a place in a text of one line to the file, where the text stands there as it is (no escapes)."""
        at = self.tree.line_text(scalar.path, scalar.line).find(text, scalar.column - 1)
        return Span(scalar.path, scalar.line, at + place[1], scalar.line, at + place[3]) if at >= 0 else None

    def moved(self, scalar: Span, text: str, place: tuple[int, int, int, int]) -> Span | None:
        """Move a place in a scalar's text (line, column, end line, end column) to the file; None: not known.

        The lines of a block scalar stand, indented, below the ``|``.
        """
        line, column, end_line, end_column = place
        beside = self._beside(scalar, text, place) if "\n" not in text else None
        if beside is not None:
            return beside
        lines = text.split("\n")
        if line > len(lines):
            return None
        for start in (scalar.line, scalar.line - 1):
            written = self.tree.line_text(scalar.path, start + line)
            indent = written.find(lines[line - 1])
            if indent >= 0 and not written[:indent].strip() and lines[line - 1].strip():
                return Span(scalar.path, start + line, column + indent, start + end_line, end_column + indent)
        return None
