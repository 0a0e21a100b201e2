"""Kustomize's ``transformers``: the scalars of their configuration that a field may come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gitlint_ops.render.provenance.hit import Hit, Subject
from gitlint_ops.render.provenance.layer import Layer
from gitlint_ops.render.provenance.match import is_container, leaves, same
from gitlint_ops.render.provenance.place import Place, Places
from gitlint_ops.repo.model import Kustomization
from gitlint_ops.source import Json

_MAX_CANDIDATES = 8
_IDENTITY = frozenset({"apiVersion", "kind", "metadata"})


def transformer_hits(
    places: Places, layer: Layer, subject: Subject, kustomizations: Mapping[str, Kustomization]
) -> Iterator[Hit]:
    """Give the scalars of a layer's transformers that equal the field; only a trial can tell whether they give it."""
    written = layer.entries("transformers")
    if is_container(subject.value) or not written:
        return
    hits = [
        Hit(place.below(*path), f"a transformer of {layer.title}", certain=False)
        for index in range(len(written) - 1, -1, -1)
        for place, value in _documents(places, layer, index, str(written[index]), kustomizations)
        for path, leaf in leaves(value)
        if path and path[0] not in _IDENTITY and same(leaf, subject.value)
    ]
    hits.sort(
        key=lambda hit: (hit.place.inner[1] if hit.place.inner else hit.place.field_path)[-1:] != subject.path[-1:]
    )
    yield from hits[:_MAX_CANDIDATES]


def _documents(
    places: Places, layer: Layer, index: int, text: str, kustomizations: Mapping[str, Kustomization]
) -> Iterator[tuple[Place, Json]]:
    """Give the documents of an entry: a file, a folder with a kustomization, or inline YAML."""
    path = layer.file(text)
    if path in kustomizations:
        below = kustomizations[path]
        files = [one.target for one in below.references if one.role == "resources" and places.tree.is_file(one.target)]
    elif places.tree.is_file(path):
        files = [path]
    else:
        place = layer.place("transformers", index)
        yield from ((place.within(at, ()), item.value) for at, item in enumerate(places.embedded(text)))
        return
    for file in files:
        yield from ((Place(file, item.index), item.value) for item in places.tree.read(file).documents)
