"""Helm values: which leaves a field may come from, and where a leaf is written."""

from __future__ import annotations

import base64
import binascii
import posixpath
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gitlint_ops.render.provenance.declaring import Declaring
from gitlint_ops.render.provenance.hit import Subject
from gitlint_ops.render.provenance.match import MISSING, is_container, leaves, scalar_text, value_at
from gitlint_ops.render.provenance.place import Place, Places
from gitlint_ops.render.provenance.trial import altered_text
from gitlint_ops.repo.model import HelmUnit, ValueLayer
from gitlint_ops.source import FieldPath, Json

MAX_CANDIDATES = 40
_MAX_IN_TEXTS = 6
"""In a text of many lines many values stand, each by chance or as a small part: the longest tell most."""
_SHORTEST_PART = 2
_MARK = "x7q"
_INDEX = re.compile(r"\d{1,9}")


Texts = Sequence[tuple[FieldPath, Json, str]]
"""Scalars of values, each with its path and its text."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A leaf of the merged values that a field may come from. ``whole``: its value is the field's, not a part of it."""

    path: FieldPath
    value: Json
    whole: bool

    @property
    def is_template(self) -> bool:
        """Whether the value is rendered itself (``tpl``): it never stands in the field as written."""
        return not self.whole and isinstance(self.value, str) and "{{" in self.value


def candidates(values: Json, texts: Texts, subject: Subject) -> list[Candidate]:
    """Give the leaves that may give the field, best first: equal ones, the longest within it, then any template.

    ``texts`` are those of the values.
    """
    found = _containers(values, subject) if is_container(subject.value) else _scalars(texts, subject)
    name = str(subject.step).lower()
    found.sort(
        key=lambda one: (not one.whole, one.is_template, -len(scalar_text(one.value)), not _alike(name, one.path))
    )
    return found[: _MAX_IN_TEXTS if isinstance(subject.value, str) and "\n" in subject.value else MAX_CANDIDATES]


def _alike(name: str, path: FieldPath) -> bool:
    last = str(path[-1]).lower()
    return last in name or name in last


def texts_of(values: Json) -> Texts:
    """Give the scalars of values that are something, each with its path and its text."""
    found = [(path, value, scalar_text(value)) for path, value in leaves(values)]
    return [item for item in found if item[1] is not None and item[2] != ""]


def _scalars(texts: Texts, subject: Subject) -> list[Candidate]:
    wanted = _texts(subject)
    words = frozenset(re.findall(r"\w+", "\n".join(wanted)))
    found = []
    for path, value, text in texts:
        if text in wanted:
            found.append(Candidate(path, value, whole=True))
        elif isinstance(subject.value, str) and _is_part(text, wanted, words):
            found.append(Candidate(path, value, whole=False))
    return found


def _containers(values: Json, subject: Subject, path: FieldPath = ()) -> list[Candidate]:
    """Give the mappings and lists of values that equal the field: templates write them out as they are."""
    if path and values == subject.value and (values or path[-1] == subject.step):
        return [Candidate(path, values, whole=True)]
    items = values.items() if isinstance(values, Mapping) else ()
    return [one for key, value in items if is_container(value) for one in _containers(value, subject, (*path, key))]


def _is_part(text: str, texts: Sequence[str], words: Container[str]) -> bool:
    if "{{" in text:
        return True
    if len(text) > _SHORTEST_PART and text not in ("true", "false"):
        return any(text in wanted for wanted in texts)
    # A short text stands in many by chance: it must be a word of its own.
    return text in words


def keys(values: Json, subject: Subject, path: FieldPath = ()) -> Iterator[FieldPath]:
    """Give the paths of keys, below the top, that are the field's text."""
    for key, value in values.items() if isinstance(values, Mapping) else ():
        if key == subject.value and path:
            yield (*path, key)
        yield from keys(value, subject, (*path, key))


def _texts(subject: Subject) -> list[str]:
    """Give the field's text, and for a Secret's data also what it encodes."""
    text = scalar_text(subject.value)
    encoded = subject.object.kind == "Secret" and subject.path[:1] == ("data",)
    return plain_texts(text) if encoded else [text]


def plain_texts(text: str) -> list[str]:
    """Give a text, and what it is in base64 where it is that."""
    try:
        return [text, base64.b64decode(text, validate=True).decode()]
    except (binascii.Error, ValueError):
        # Not the base64 of a text: then only the text itself can be compared.
        return [text]


def alternatives(value: Json) -> list[Json]:
    """Give values of the same type that differ from a value, for a trial; of a container, its first leaf does."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, (int, float)):
        return [value + 1]
    if isinstance(value, str):
        # Some templates cut a text at its end, so that only a change at its beginning shows.
        return [altered_text(value), _MARK + value]
    if value in ({}, []):
        return [{_MARK: _MARK} if value == {} else [_MARK]]
    return [replaced(value, path, other) for path, leaf in leaves(value)[:1] for other in alternatives(leaf)]


def replaced(value: Json, path: FieldPath, other: Json) -> Json:
    """Give a copy of a value with the field at ``path`` replaced."""
    if not path:
        return other
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        return [replaced(item, rest, other) if index == step else item for index, item in enumerate(value)]
    return {**value, step: replaced(value[step], rest, other)}


def overriding(values: Json, others: Mapping[FieldPath, Json]) -> dict[str, Any]:
    """Give values that, merged over others, change some fields: within a list, the whole list is given anew."""
    return {key: _changed(values[key], below, within=False) for key, below in _by_step(others).items()}


def _changed(value: Json, others: Mapping[FieldPath, Json], *, within: bool) -> Json:
    if () in others:
        return others[()]
    steps = _by_step(others)
    if isinstance(value, list):
        return [_changed(item, steps[at], within=True) if at in steps else item for at, item in enumerate(value)]
    changed = {key: _changed(value[key], below, within=within) for key, below in steps.items()}
    return {**value, **changed} if within else changed


def _by_step(others: Mapping[FieldPath, Json]) -> dict[Any, dict[FieldPath, Json]]:
    """Give what stands below each first step of the paths."""
    steps: dict[Any, dict[FieldPath, Json]] = {}
    for path, other in others.items():
        steps.setdefault(path[0], {})[path[1:]] = other
    return steps


class ValuePlaces:
    """Finds the place of a leaf in the last layer that sets it."""

    def __init__(self, places: Places, declared: Declaring) -> None:
        self._places = places
        self._declared = declared
        self._tree = places.tree

    def find(self, unit: HelmUnit, path: FieldPath, declaring: Place | None) -> tuple[Place, str] | None:
        """Give the place of a leaf of a unit's values and what the place is; None where no layer here writes it."""
        return next(self.layers(unit, path, declaring), None)

    def layers(self, unit: HelmUnit, path: FieldPath, declaring: Place | None) -> Iterator[tuple[Place, str]]:
        """Give each layer's place of a leaf, as ``find`` does, the layer that wins first and the chart's own last."""
        for layer in reversed(unit.layers):
            place = self._in_layer(layer, path, declaring)
            if place is not None:
                yield place, f"the values key in {layer.value if layer.form == 'file' else 'the inline values'}"
        for place in self._in_chart(unit.path, unit.chart_values_files, path):
            yield place, f"the values key in {place.path}"

    def _in_layer(self, layer: ValueLayer, path: FieldPath, declaring: Place | None) -> Place | None:
        if layer.form == "file":
            return self._in_file(str(layer.value), path)
        if layer.form == "inline":
            return self._in_inline(layer, path, declaring)
        for item in layer.value if isinstance(layer.value, list) else ():
            if _set_path(str(item).partition("=")[0]) == path:
                return self._parameter(layer, declaring)
        return None

    def _in_file(self, file: str, path: FieldPath) -> Place | None:
        if not self._tree.is_file(file):
            return None
        documents = self._tree.read(file).documents
        found = bool(documents) and value_at(documents[0].value, path) is not MISSING
        return Place(file, 0, path) if found else None

    def _in_inline(self, layer: ValueLayer, path: FieldPath, declaring: Place | None) -> Place | None:
        if value_at(layer.value, path) is MISSING:
            return None
        base = self._layer_place(layer, declaring)
        written = self._places.value(base) if base else MISSING
        if base is not None and isinstance(written, str):
            return base.within(0, path)
        if base is not None and value_at(written, path) is not MISSING:
            return base.below(*path)
        return Place(known=layer.span) if layer.span else None

    def _parameter(self, layer: ValueLayer, declaring: Place | None) -> Place | None:
        base = self._layer_place(layer, declaring)
        if base is None:
            return Place(known=layer.span) if layer.span else None
        written = self._places.value(base)
        return base.below("value") if isinstance(written, Mapping) and "value" in written else base

    def _layer_place(self, layer: ValueLayer, declaring: Place | None) -> Place | None:
        """Give where a layer is written: its ConfigMap, its document, else the object that declares the delivery."""
        top = declaring.object if declaring is not None else None
        if layer.holder is not None:
            held = self._declared.holder(layer.holder, top.delivery if top is not None else None)
            if held is not None:
                return Place(object=held, field_path=layer.field_path)
            declaring = None
        elif declaring is not None and top is not None and layer.form != "file" and _declares(layer, declaring):
            return declaring.below(*layer.field_path)
        if layer.document is not None:
            return Place(layer.document[0], layer.document[1], layer.field_path)
        return declaring.below(*layer.field_path) if declaring is not None and layer.field_path else None

    def _in_chart(self, folder: str, files: Sequence[str], path: FieldPath) -> Iterator[Place]:
        """Give the leaf in the chart's own values, or in those of the subchart that its first step names."""
        for file in reversed(files or (_join(folder, "values.yaml"),)):
            place = self._in_file(file, path)
            if place is not None:
                yield place
        for name in self._subchart_names(folder, str(path[0])) if len(path) > 1 else ():
            below = _join(folder, f"charts/{name}")
            if self._tree.is_folder(below):
                yield from self._in_chart(below, (), path[1:])

    def _subchart_names(self, folder: str, key: str) -> Iterator[str]:
        """Give the names of the dependencies that take their values from a key: by alias, or by name."""
        documents = self._tree.read(_join(folder, "Chart.yaml")).documents
        listed = value_at(documents[0].value, ("dependencies",)) if documents else ()
        for item in listed if isinstance(listed, list) else ():
            if isinstance(item, Mapping) and key in (item.get("alias"), item.get("name")):
                yield str(item.get("name"))
        yield key


def _declares(layer: ValueLayer, declaring: Place) -> bool:
    """Whether the declaring object holds the layer itself (it may as well stand in a ConfigMap or an override file)."""
    return (
        bool(layer.field_path) and value_at(declaring.object and declaring.object.data, layer.field_path) is not MISSING
    )


def _set_path(name: str) -> FieldPath:
    """Give the leaf that a ``--set`` name means: ``a.b[0].c``; a backslash escapes a dot."""
    steps: list[str | int] = []
    for piece in name.replace("\\.", "\0").split("."):
        key, *indexes = piece.replace("\0", ".").split("[")
        steps.append(key)
        steps += [int(index) for index in (text.rstrip("]") for text in indexes) if _INDEX.fullmatch(index)]
    return tuple(steps)


def _join(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name))
