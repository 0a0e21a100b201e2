"""Kustomize's ``helmCharts``: the values that a kustomization gives to a chart it inflates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gitlint_ops.render.provenance.hit import NOTHING, Hit, Subject
from gitlint_ops.render.provenance.layer import Layer
from gitlint_ops.render.provenance.match import is_container, leaves, scalar_text
from gitlint_ops.render.provenance.place import Place, Places
from gitlint_ops.source import Json

_MAX_CANDIDATES = 8
_SHORTEST = 2
"""Shorter texts stand in too many fields by chance to be tried as a part of one."""


def inflation_hits(places: Places, layer: Layer, subject: Subject) -> Iterator[Hit]:
    """Give the values of inflated charts that the field may come from, best first; only a trial can tell."""
    if is_container(subject.value):
        return
    wanted = scalar_text(subject.value)
    found = [
        (scalar_text(value) != wanted, -len(scalar_text(value)), place)
        for base, data in _values(places, layer)
        for place, value in ((base.below(*path), value) for path, value in leaves(data))
        if scalar_text(value) == wanted or (len(scalar_text(value)) > _SHORTEST and scalar_text(value) in wanted)
    ]
    found.sort(key=lambda entry: entry[:2])
    for differs, _, place in found[:_MAX_CANDIDATES]:
        pieces = NOTHING if differs else frozenset({"name", "tag"})
        yield Hit(place, f"the chart values of {layer.title}", pieces=pieces, certain=False)
    for index, _ in layer.records("helmCharts"):
        yield Hit(layer.place("helmCharts", index), f"the chart of {layer.title}", verified=False)


def _values(places: Places, layer: Layer) -> Iterator[tuple[Place, Json]]:
    for index, chart in layer.records("helmCharts"):
        inline = chart.get("valuesInline")
        if isinstance(inline, Mapping):
            yield layer.place("helmCharts", index, "valuesInline"), inline
        for written in (chart.get("valuesFile"), *(chart.get("additionalValuesFiles") or ())):
            if isinstance(written, str) and places.tree.is_file(layer.file(written)):
                path = layer.file(written)
                yield from ((Place(path, item.index), item.value) for item in places.tree.read(path).documents)
