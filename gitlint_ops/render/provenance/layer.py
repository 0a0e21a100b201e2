"""Layers: mappings that hold kustomization fields, wherever they are written."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gitlint_ops.render.provenance.place import Place
from gitlint_ops.source import Json


@dataclass(frozen=True, slots=True)
class Layer:
    """One set of kustomization fields: a kustomization file's, a Flux Kustomization's, an Application's.

    ``base`` is the place of the mapping, ``folder`` what its relative paths start from, ``title`` how people call it.
    """

    data: Mapping[str, Any]
    base: Place
    folder: str
    title: str

    def entries(self, field: str) -> list[Json]:
        """Give the elements of a list field, none where it is absent or no list."""
        found = self.data.get(field)
        return found if isinstance(found, list) else []

    def mapping(self, field: str) -> Mapping[str, Any]:
        """Give a mapping field, empty where it is absent or no mapping."""
        found = self.data.get(field)
        return found if isinstance(found, Mapping) else {}

    def records(self, field: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Give the mappings of a list field with their indexes, the last first: of several matches the last wins."""
        found = self.entries(field)
        for index in range(len(found) - 1, -1, -1):
            if isinstance(found[index], Mapping):
                yield index, found[index]

    def place(self, *steps: str | int) -> Place:
        """Give the place of a field of this layer."""
        return self.base.below(*steps)

    def file(self, written: str) -> str:
        """Give the repository path that a relative path of this layer means."""
        return posixpath.normpath(posixpath.join(self.folder, written))
