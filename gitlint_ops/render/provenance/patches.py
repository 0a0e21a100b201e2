"""Patches: which of them set a field, strategic merge and JSON 6902, inline and in files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gitlint_ops.render.provenance.hit import Hit, Subject
from gitlint_ops.render.provenance.identity import Identity
from gitlint_ops.render.provenance.layer import Layer
from gitlint_ops.render.provenance.match import MISSING, corresponding, same, value_at
from gitlint_ops.render.provenance.place import Place, Places
from gitlint_ops.render.provenance.selectors import identifies, selects
from gitlint_ops.source import FieldPath, Json

_IDENTITY: frozenset[FieldPath] = frozenset(
    {("apiVersion",), ("kind",), ("metadata",), ("metadata", "name"), ("metadata", "namespace")}
)
"""The fields by which a strategic merge patch says what it patches; it does not set them."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A document of a patch: its value and place."""

    value: Json
    place: Place


class Patches:
    """Gives the hits of a layer's patches for a field, the last applied first."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def hits(self, layer: Layer, field: str, subject: Subject, identity: Identity) -> Iterator[Hit]:
        """Give the hits of ``patches``, ``patchesStrategicMerge`` or ``patchesJson6902`` of a layer."""
        entries = layer.entries(field)
        for index in range(len(entries) - 1, -1, -1):
            yield from self._entry_hits(layer, (field, index), entries[index], subject, identity)

    def _entry_hits(
        self, layer: Layer, at: FieldPath, entry: Json, subject: Subject, identity: Identity
    ) -> Iterator[Hit]:
        target = entry.get("target") if isinstance(entry, Mapping) else None
        if isinstance(target, Mapping) and not selects(target, identity):
            return
        why = f"a patch of {layer.title}"
        for part in reversed(self._parts(layer, at, entry)):
            if isinstance(part.value, list):
                yield from _operations(part, subject, why)
            elif isinstance(part.value, Mapping) and (isinstance(target, Mapping) or identifies(part.value, identity)):
                yield from merged(part.value, part.place, subject, why)

    def _parts(self, layer: Layer, at: FieldPath, entry: Json) -> Sequence[_Part]:
        """Give the documents of a patch entry: a file, inline text, or (older) a bare string that is either."""
        if isinstance(entry, str):
            return self._text_or_file(layer, at, entry)
        if not isinstance(entry, Mapping):
            return ()
        if isinstance(entry.get("path"), str):
            return self._file(layer, entry["path"])
        if isinstance(entry.get("patch"), str):
            return self._inline((*at, "patch"), layer, entry["patch"])
        if isinstance(entry.get("patch"), (Mapping, list)):
            return (_Part(entry["patch"], layer.place(*at, "patch")),)
        return ()

    def _text_or_file(self, layer: Layer, at: FieldPath, entry: str) -> Sequence[_Part]:
        if "\n" not in entry and self._places.tree.is_file(layer.file(entry)):
            return self._file(layer, entry)
        return self._inline(at, layer, entry)

    def _file(self, layer: Layer, written: str) -> Sequence[_Part]:
        path = layer.file(written)
        if not self._places.tree.is_file(path):
            return ()
        return [
            _Part(document.value, Place(path, document.index)) for document in self._places.tree.read(path).documents
        ]

    def _inline(self, at: FieldPath, layer: Layer, text: str) -> Sequence[_Part]:
        place = layer.place(*at)
        return [
            _Part(document.value, place.within(index, ())) for index, document in enumerate(self._places.embedded(text))
        ]


def merged(patch: Mapping[str, Any], place: Place, subject: Subject, why: str) -> Iterator[Hit]:
    """Give the hit of a value that is merged into the object (a strategic merge patch), if it holds the field."""
    found = corresponding(subject.object.data, subject.path, patch)
    if len(found) < len(subject.path) or subject.path in _IDENTITY:
        return
    value = value_at(patch, found)
    if value is not None or subject.value is None:
        yield Hit(place.below(*found), why, value)


def _operations(part: _Part, subject: Subject, why: str) -> Iterator[Hit]:
    for index in range(len(part.value) - 1, -1, -1):
        operation = part.value[index]
        if isinstance(operation, Mapping) and operation.get("op") in ("add", "replace"):
            yield from _operation(operation, part.place.below(index), subject, why)


def _operation(operation: Mapping[str, Any], place: Place, subject: Subject, why: str) -> Iterator[Hit]:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in str(operation.get("path", "")).split("/")[1:]]
    value = operation.get("value")
    sure = _leads_to(steps, subject, value)
    if sure is None or "value" not in operation:
        return
    rest = subject.path[len(steps) :]
    rendered = value_at(subject.object.data, subject.path[: len(steps)])
    found = corresponding(rendered, rest, value)
    if len(found) == len(rest):
        yield Hit(place.below("value", *found), why, value_at(value, found), certain=sure)


def _leads_to(steps: Sequence[str], subject: Subject, value: Json) -> bool | None:
    """Whether a JSON pointer leads to the field or what encloses it: True, None (no), False (if a list has shifted)."""
    if len(steps) > len(subject.path):
        return None
    sure = True
    for depth, step in enumerate(steps):
        wanted = subject.path[depth]
        if isinstance(wanted, int) and step != str(wanted):
            last = depth == len(steps) - 1
            element = value_at(subject.object.data, subject.path[: depth + 1])
            if not last or element is MISSING or not same(element, value):
                return None
            sure = False
        elif isinstance(wanted, str) and step != wanted:
            return None
    return sure
