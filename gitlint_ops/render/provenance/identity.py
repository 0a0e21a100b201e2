"""Which source document a rendered object was, and by which names kustomizations may have known it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.provenance.place import Place
from gitlint_ops.source import Json, SourceTree

GENERATED_HASH = re.compile(r"-[bcdfghjkmpqtvwxz2456789]{10}$|-[0-9a-z]{10}$")
"""The suffix that Kustomize gives to generated ConfigMaps and Secrets."""


@dataclass(frozen=True, slots=True)
class SourceObject:
    """An object as a file writes it: its value and its place (a document, or an item of a List)."""

    data: Mapping[str, Any]
    place: Place


@dataclass(frozen=True, slots=True)
class Identity:
    """What a rendered object is and was: the names, namespaces, labels and annotations that a selector may go by."""

    object: RenderedObject
    source: SourceObject | None
    generated: str = ""
    """For an object without a source document: the name of the generator that makes it."""

    def named(self, name: str) -> bool:
        """Whether this was, at some layer, the object's name: prefixes, suffixes and hashes only add to a name."""
        final, first = self.object.name, self.first_name
        return name in (final, first) or (bool(name) and first in name and name in final)

    def names(self) -> tuple[str, ...]:
        """Give the object's names as far as they are known: in the source, without its generated hash, rendered."""
        return tuple(dict.fromkeys((self.first_name, GENERATED_HASH.sub("", self.object.name), self.object.name)))

    @property
    def first_name(self) -> str:
        """The name in the source document, the generator's, else the rendered one without its hash."""
        return _text(self._source_metadata, "name") or self.generated or GENERATED_HASH.sub("", self.object.name)

    def namespaces(self) -> tuple[str, ...]:
        """Give the namespaces the object had or has; none is Kustomize's ``default``."""
        written = _text(_metadata(self.object.data), "namespace")
        return tuple(dict.fromkeys((_text(self._source_metadata, "namespace") or "default", written or "default")))

    def tags(self, field: str) -> Mapping[str, str]:
        """Give ``labels`` or ``annotations``, of the source and the rendered object together."""
        tags: dict[str, str] = {}
        for metadata in (self._source_metadata, _metadata(self.object.data)):
            found = metadata.get(field)
            tags |= {str(k): str(v) for k, v in found.items()} if isinstance(found, Mapping) else {}
        return tags

    @property
    def _source_metadata(self) -> Mapping[str, Any]:
        return _metadata(self.source.data) if self.source else {}


def _metadata(data: Mapping[str, Any]) -> Mapping[str, Any]:
    found = data.get("metadata")
    return found if isinstance(found, Mapping) else {}


def _text(mapping: Mapping[str, Any], key: str) -> str:
    found = mapping.get(key)
    return found if isinstance(found, str) else ""


def objects_in(tree: SourceTree, path: str) -> Iterator[SourceObject]:
    """Give the objects that a file writes, those of its Lists one by one."""
    for document in tree.read(path).documents:
        yield from _expand(document.value, Place(path, document.index))


def _expand(value: Json, place: Place) -> Iterator[SourceObject]:
    if not isinstance(value, Mapping):
        return
    items = value.get("items")
    if isinstance(items, list) and str(value.get("kind")).endswith("List"):
        for index, item in enumerate(items):
            yield from _expand(item, place.below("items", index))
    else:
        yield SourceObject(value, place)


def source_object(tree: SourceTree, item: RenderedObject) -> SourceObject | None:
    """Find the document that a rendered object was, in its source file; None where that holds none of its kind."""
    if not item.source_path or not tree.is_file(item.source_path) or tree.is_chart_template(item.source_path):
        return None
    group = item.api_version.rpartition("/")[0]
    alike = [
        found
        for found in objects_in(tree, item.source_path)
        if _is_of_kind(str(found.data.get("kind")), item.kind)
        and _is_of_group(str(found.data.get("apiVersion")), group)
    ]
    return max(alike, key=lambda found: _likeness(tree, found, item), default=None)


def _is_of_kind(written: str, kind: str) -> bool:
    """Whether a kind as written is this one; one with a variable (Flux substitution) may be any."""
    return "${" in written or written == kind


def _is_of_group(written: str, group: str) -> bool:
    """Whether an apiVersion as written is one of a group; one with a variable (Flux substitution) may be of any."""
    return "${" in written or written.rpartition("/")[0] == group


def _likeness(tree: SourceTree, found: SourceObject, item: RenderedObject) -> tuple[bool, bool, int, bool]:
    """Rank a document: the rendered name, else the longest name within it; the line; the namespace."""
    metadata = _metadata(found.data)
    name = _text(metadata, "name") or _text(metadata, "generateName")
    document = tree.read(found.place.path).documents[found.place.document]
    here = item.source_line > 0 and document.line <= item.source_line <= document.end_line
    return (
        here,
        name == item.name,
        len(name) if name in item.name else 0,
        _text(metadata, "namespace") == item.namespace,
    )
