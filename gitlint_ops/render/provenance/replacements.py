"""Kustomize replacements: the field of another object that a value was copied from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.provenance.hit import NOTHING, Hit, Subject
from gitlint_ops.render.provenance.identity import Identity
from gitlint_ops.render.provenance.layer import Layer
from gitlint_ops.render.provenance.match import MISSING, is_container, same, scalar_text, value_at
from gitlint_ops.render.provenance.place import Place, Places
from gitlint_ops.render.provenance.selectors import selects
from gitlint_ops.source import FieldPath, Json
from gitlint_ops.source.narrowing import items, texts

_STEP = re.compile(r"\[[^\]]*\]|(?:\\.|[^.\[\]])+")
_DEFAULT_FIELD = "metadata.name"


class Replacements:
    """Gives the hits of ``replacements``. ``siblings`` gives all objects of an object's unit."""

    def __init__(
        self,
        places: Places,
        siblings: Callable[[RenderedObject], Sequence[RenderedObject]],
        identify: Callable[[RenderedObject], Identity],
    ) -> None:
        self._places = places
        self._siblings = siblings
        self._identify = identify

    def hits(self, layer: Layer, subject: Subject, identity: Identity) -> Iterator[Hit]:
        """Give the source field of a replacement that targets the field, then the replacement's own entry."""
        if is_container(subject.value):
            return
        for place, entry in self._entries(layer):
            target = _target_for(entry, subject, identity)
            if target is not None:
                yield from self._entry_hits(place, entry, target, subject, layer)

    def _entries(self, layer: Layer) -> Iterator[tuple[Place, Mapping[str, Any]]]:
        for index, entry in layer.records("replacements"):
            if isinstance(entry.get("path"), str):
                yield from self._in_file(layer.file(entry["path"]))
            else:
                yield layer.place("replacements", index), entry

    def _in_file(self, path: str) -> Iterator[tuple[Place, Mapping[str, Any]]]:
        if not self._places.tree.is_file(path):
            return
        for document in self._places.tree.read(path).documents:
            values = document.value if isinstance(document.value, list) else [document.value]
            for index, value in enumerate(values):
                if isinstance(value, Mapping):
                    yield Place(path, document.index, (index,) if values is document.value else ()), value

    def _entry_hits(
        self, place: Place, entry: Mapping[str, Any], target: Mapping[str, Any], subject: Subject, layer: Layer
    ) -> Iterator[Hit]:
        why = f"a replacement of {layer.title}"
        if "sourceValue" in entry:
            yield Hit(place.below("sourceValue"), why, entry["sourceValue"])
            return
        source = entry.get("source")
        if not isinstance(source, Mapping):
            return
        for item in self._siblings(subject.object):
            if item is subject.object or not selects(_exactly(source), self._identify(item)):
                continue
            for path in field_paths(str(source.get("fieldPath") or _DEFAULT_FIELD), item.data):
                value = value_at(item.data, path)
                if not _agrees(value, subject.value, source, target):
                    continue
                copied = same(value, subject.value)
                yield Hit(Place(object=item, field_path=path), f"the source of {why}", certain=copied)
                yield Hit(place, why, pieces=NOTHING, verified=False)
                return


def _exactly(source: Mapping[str, Any]) -> Mapping[str, Any]:
    """Quote a replacement's source, which is named exactly, where a target's fields are regular expressions."""
    return {
        key: re.escape(value) for key, value in source.items() if isinstance(value, str) and not key.startswith("field")
    }


def _agrees(value: Json, rendered: Json, source: Mapping[str, Any], target: Mapping[str, Any]) -> bool:
    """Whether the target may have its value from the source: all of it, or with ``options`` a piece of either."""
    if value is MISSING or is_container(value):
        return False
    if not isinstance(source.get("options"), Mapping) and not isinstance(target.get("options"), Mapping):
        return same(value, rendered)
    one, other = scalar_text(value), scalar_text(rendered)
    return bool(one) and bool(other) and (one in other or other in one or bool(set(_words(one)) & set(_words(other))))


def _words(text: str) -> list[str]:
    return re.findall(r"[\w-]+", text)


def _target_for(entry: Mapping[str, Any], subject: Subject, identity: Identity) -> Mapping[str, Any] | None:
    """Give the target of a replacement that means the field of the object."""
    for target in reversed([target for _, target in items(entry.get("targets"))]):
        select = target.get("select")
        if not isinstance(select, Mapping) or not selects(select, identity):
            continue
        if any(selects(item, identity) for _, item in items(target.get("reject"))):
            continue
        written = texts(target.get("fieldPaths")) or [_DEFAULT_FIELD]
        if any(subject.path in field_paths(path, subject.object.data) for path in written):
            return dict(target)
    return None


def field_paths(written: str, data: Json) -> list[FieldPath]:
    """Give the fields of an object that a replacement's path means: ``spec.containers.[name=web].image``, say."""
    found: list[tuple[FieldPath, Json]] = [((), data)]
    for step in (match.group().replace("\\.", ".") for match in _STEP.finditer(written)):
        found = [((*path, key), value) for path, parent in found for key, value in _step(parent, step)]
    return [path for path, _ in found]


def _step(parent: Json, step: str) -> Iterator[tuple[str | int, Json]]:
    if isinstance(parent, Mapping):
        key = step[1:-1] if step.startswith("[") else step
        if key in parent:
            yield key, parent[key]
    elif isinstance(parent, list):
        for index, item in enumerate(parent):
            if step == "*" or step == str(index) or _satisfies(item, step):
                yield index, item


def _satisfies(item: Json, step: str) -> bool:
    key, separator, value = step.strip("[]").partition("=")
    if not separator:
        return False
    if key in ("", "."):
        return same(item, value)
    return isinstance(item, Mapping) and key in item and same(item[key], value)
