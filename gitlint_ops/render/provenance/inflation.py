"""Kustomize's ``helmCharts``: the values that a kustomization gives to a chart it inflates, and the template's line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.plan import request_for
from gitlint_ops.render.provenance.hit import NOTHING, WHOLE, Hit, Subject
from gitlint_ops.render.provenance.layer import Layer
from gitlint_ops.render.provenance.match import is_container, leaves, scalar_text
from gitlint_ops.render.provenance.place import Place, Places
from gitlint_ops.repo.kustomizations import CHART_GENERATOR, chart_folder
from gitlint_ops.repo.model import Kustomization, Unit
from gitlint_ops.source import FieldPath, Json, SourceTree, Span, pointer

_MAX_CANDIDATES = 8
_SHORTEST = 2
"""Shorter texts stand in too many fields by chance to be tried as a part of one."""
_ACTION = re.compile(r"\{\{.*?\}\}")


@dataclass(frozen=True, slots=True)
class InflatedChart:
    """A chart that a kustomization inflates: its settings, where they are written, and its folder (``a/b/``)."""

    settings: Mapping[str, Any]
    base: Place
    folder: str


def inflated_charts(tree: SourceTree, kustomization: Kustomization) -> Iterator[InflatedChart]:
    """Give the charts of ``helmCharts`` and of configured generators, the last first."""
    layer = Layer(kustomization.data, Place(kustomization.path), kustomization.folder, "")
    home = str(layer.mapping("helmGlobals").get("chartHome") or "")
    mapped = {r.field_path[1]: r.target for r in kustomization.references if r.field_path[2:] == ("repo",)}
    for index, entry in layer.records("helmCharts"):
        folder = mapped.get(index) or layer.file(chart_folder(entry, home))
        yield InflatedChart(entry, layer.place("helmCharts", index), f"{folder}/")
    for reference in kustomization.references:
        if reference.role == "generators" and tree.is_file(reference.target):
            for document in tree.read(reference.target).documents:
                value = document.value
                if isinstance(value, Mapping) and value.get("kind") == CHART_GENERATOR:
                    folder = chart_folder(value, str(value.get("chartHome") or ""))
                    yield InflatedChart(value, Place(reference.target, document.index), f"{layer.file(folder)}/")


class Inflations:
    """Gives the hits of fields of objects that come from inflated charts."""

    def __init__(self, places: Places, engine: EngineClient) -> None:
        self._places = places
        self._engine = engine
        self._lines: dict[int, tuple[Unit, list[Mapping[str, Any]]]] = {}

    def hits(self, kustomization: Kustomization, subject: Subject) -> Iterator[Hit]:
        """Give the values that the field may come from, best first, then the template's line, then the chart's entry.

        Which of the values it is, only a trial can tell.
        """
        source = subject.object.source_path
        charts = list(inflated_charts(self._places.tree, kustomization))
        charts = [chart for chart in charts if source.startswith(chart.folder)] or charts
        line = self._template_line(subject)
        text = self._places.tree.line_text(line.path, line.line) if line is not None else ""
        if not is_container(subject.value):
            for chart in charts:
                yield from self._value_hits(chart, kustomization, subject, text)
        if line is not None:
            yield _line_hit(line, text, subject)
        for chart in charts:
            yield Hit(chart.base, "the chart of the kustomization", verified=False, encloses=True)

    def _value_hits(
        self, chart: InflatedChart, kustomization: Kustomization, subject: Subject, line: str
    ) -> Iterator[Hit]:
        wanted = scalar_text(subject.value)
        found = [
            (_rank(path, text, line, subject), number, text == wanted, place)
            for number, (place, path, text) in enumerate(self._leaves(chart, kustomization))
            if text == wanted or (len(text) > _SHORTEST and text in wanted)
        ]
        for _, _, is_whole, place in sorted(found, key=lambda entry: entry[:2])[:_MAX_CANDIDATES]:
            yield Hit(place, "the chart's values", pieces=WHOLE if is_whole else NOTHING, certain=False)

    def _leaves(self, chart: InflatedChart, kustomization: Kustomization) -> Iterator[tuple[Place, FieldPath, str]]:
        """Give the scalars of a chart's values, with their place, their path in the values, and their text."""
        for base, data in self._values(chart, kustomization):
            for path, value in leaves(data):
                yield base.below(*path), path, scalar_text(value)

    def _values(self, chart: InflatedChart, kustomization: Kustomization) -> Iterator[tuple[Place, Json]]:
        """Give the values that a chart gets, those that win first: additional files, inline values, the chart's own."""
        settings, tree = chart.settings, self._places.tree
        layer = Layer(settings, chart.base, kustomization.folder, "")
        more = [layer.file(str(written)) for written in reversed(layer.entries("additionalValuesFiles"))]
        own = settings.get("valuesFile")
        file = layer.file(own) if isinstance(own, str) and own else f"{chart.folder}values.yaml"
        for path in (*more, None, file, f"{chart.folder}values.yaml"):
            if path is None:
                yield chart.base.below("valuesInline"), layer.mapping("valuesInline")
            elif tree.is_file(path):
                yield from ((Place(path, item.index), item.value) for item in tree.read(path).documents)

    def _template_line(self, subject: Subject) -> Span | None:
        """Give the template's line that wrote the field, or the nearest field that encloses it."""
        lines = self._lines_of(subject.object)
        for depth in range(len(subject.path), -1, -1):
            found = lines.get(pointer(subject.path[:depth]))
            if found is not None and self._places.tree.is_file(found[0]):
                return self._places.tree.line_span(found[0], found[1])
        return None

    def _lines_of(self, item: RenderedObject) -> Mapping[str, Any]:
        if id(item.unit) not in self._lines:
            try:
                answer = self._engine.call(**request_for(item.unit), provenance=True)
            except EngineError:
                # The objects came from another request; this one has no lines to offer.
                answer = {}
            self._lines[id(item.unit)] = item.unit, answer.get("lines") or []
        lines = self._lines[id(item.unit)][1]
        return lines[item.index] if item.index < len(lines) else {}


def _rank(path: FieldPath, text: str, line: str, subject: Subject) -> tuple[bool, bool, bool, int]:
    """Rank a value, lowest first: the template's line names it, it is the whole field, the field's key is its own."""
    named = f".{'.'.join(str(step) for step in path)}"
    return (
        re.search(rf"{re.escape(named)}(?![\w.])", line) is None,
        text != scalar_text(subject.value),
        path[-1:] != subject.path[-1:],
        -len(text),
    )


def _line_hit(line: Span, text: str, subject: Subject) -> Hit:
    """Give the hit of a template's line: the literal in it, outside of actions, that the field may be."""
    wanted = "" if is_container(subject.value) else scalar_text(subject.value)
    plain = _ACTION.sub(lambda action: "\0" * len(action.group()), text)
    found = list(re.finditer(rf"(?<![\w.\-/]){re.escape(wanted)}(?![\w.\-/])", plain)) if wanted else []
    if not found:
        return Hit(Place(line.path, known=line), "the template line", verified=False)
    last = found[-1]
    literal = Span(line.path, line.line, last.start() + 1, line.line, last.end() + 1)
    return Hit(Place(line.path, known=literal), "the template line", certain=False)
