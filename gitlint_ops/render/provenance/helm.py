"""The provenance of what a chart renders: the values key, tried by rendering again, and the template line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gitlint_ops.engine import EngineClient
from gitlint_ops.render.model import Origin
from gitlint_ops.render.provenance.chart import NONE, STRONG, Chart, render_charts
from gitlint_ops.render.provenance.declaring import Declaring
from gitlint_ops.render.provenance.facts import Fact, facts, key_fact
from gitlint_ops.render.provenance.hit import NOTHING, WHOLE, Hit, Subject, settle
from gitlint_ops.render.provenance.identity import Identity
from gitlint_ops.render.provenance.kustomize import common_metadata_hits
from gitlint_ops.render.provenance.layer import Layer
from gitlint_ops.render.provenance.match import is_container, scalar_text
from gitlint_ops.render.provenance.patches import Patches
from gitlint_ops.render.provenance.place import Place, Places
from gitlint_ops.render.provenance.transforms import first_piece, image_hits, split_image
from gitlint_ops.render.provenance.trial import Trials
from gitlint_ops.render.provenance.value_trials import Allowance
from gitlint_ops.render.provenance.values import ValuePlaces, keys
from gitlint_ops.render.provenance.weigh import weighed
from gitlint_ops.repo.model import Delivery, HelmUnit, Unit
from gitlint_ops.source import FieldPath, Json, Span, pointer

_SPENT = "the template line; which value it takes was not tried, as the trials of this run are used up"
_ACTION = re.compile(r"\{\{.*?\}\}")


class HelmTrace:
    """Gives the origins of fields of objects that charts render."""

    def __init__(self, engine: EngineClient, places: Places, declaring: Declaring, trials: Trials) -> None:
        self._engine = engine
        self._trials = trials
        self._declaring = declaring
        self._places = places
        self._values = ValuePlaces(places, declaring)
        self._patches = Patches(places)
        self._allowance = Allowance()
        self._charts: dict[int, Chart] = {}

    def origins(self, subject: Subject, *, on_key: bool) -> tuple[Origin, ...]:
        """Give the places behind a field, nearest cause first."""
        unit = subject.object.unit
        if not isinstance(unit, HelmUnit):
            return ()
        chart = self._chart(unit)
        line = self._template_line(chart, subject, on_key=on_key)
        literal = line is not None and line.exact
        hits = [weighed(hit, subject, (), on_key=on_key) for hit in self._after_rendering(unit, subject)]
        if not (on_key and literal):
            hits += self._chart_hits(unit, subject, literal=literal)
        found = settle(hits, self._places, _untried, first_piece=first_piece(subject), on_key=on_key)
        settled = bool(found) and found[0].exact
        why = _SPENT if chart.is_spent and not settled and not literal else line.why if line else ""
        rest = () if line is None else (Origin(line.span, exact=line.exact and not settled, why=why),)
        return (*found, *rest) if settled or not literal else (*rest, *found)

    def layers(self, subject: Subject) -> Iterator[tuple[Place, ...]]:
        """Give, for each leaf of the values that the field comes from, its places: the layer that wins first."""
        unit = subject.object.unit
        if not isinstance(unit, HelmUnit):
            return
        chart, declaring = self._chart(unit), self._declaring.place(subject.object.delivery)
        for candidate, proof in chart.prove(subject):
            if proof > NONE:
                yield tuple(place for place, _ in self._values.layers(unit, candidate.path, declaring))

    def values_key(self, delivery: Delivery, unit: HelmUnit, path: FieldPath, *, on_key: bool) -> Origin | None:
        """Give the place of a key in the last layer of a release's values that sets it; None where none does."""
        found = self._values.find(unit, path, self._declaring.place(delivery))
        if found is None:
            return None
        span, exact = self._places.resolve(found[0], on_key=on_key)
        return Origin(span, exact=exact, why=found[1])

    def prepare(self, units: Iterable[Unit]) -> None:
        """Render the charts among units that nobody asked for yet, at once."""
        new = {id(unit): unit for unit in units if isinstance(unit, HelmUnit) and id(unit) not in self._charts}
        if new:
            charts = render_charts(self._engine, self._places, list(new.values()), self._allowance)
            self._charts.update(zip(new, charts, strict=True))

    def _chart(self, unit: HelmUnit) -> Chart:
        self.prepare([unit])
        return self._charts[id(unit)]

    # What Flux does to the rendered objects

    def _after_rendering(self, unit: HelmUnit, subject: Subject) -> Iterator[Hit]:
        declaring = self._declaring.place(subject.object.delivery)
        if declaring is None or subject.inner or not (unit.post_renderers or unit.common_metadata):
            return
        spec = declaring.below("spec")
        layer = Layer({"commonMetadata": unit.common_metadata}, spec, unit.path, "the HelmRelease")
        yield from common_metadata_hits(layer, subject)
        known: set[str] = set()
        for index in range(len(unit.post_renderers) - 1, -1, -1):
            base = spec.below("postRenderers", index, "kustomize")
            layer = Layer(unit.post_renderers[index], base, unit.path, "the post-renderer")
            yield from image_hits(layer, subject, known)
            for kind in ("patchesJson6902", "patches", "patchesStrategicMerge"):
                yield from self._patches.hits(layer, kind, subject, Identity(subject.object, None))

    # Values and the chart's facts

    def _chart_hits(self, unit: HelmUnit, subject: Subject, *, literal: bool) -> list[Hit]:
        """Give what the field surely holds; without that, and without a literal in the template, what changes it."""
        strong, weak = self._value_hits(unit, subject)
        pieces = NOTHING.union(*(hit.pieces for hit in strong))
        if not literal and pieces != WHOLE and (subject.is_image or not strong):
            strong += self._fact_hits(unit, subject)
        return strong or ([] if literal else weak)

    def _value_hits(self, unit: HelmUnit, subject: Subject) -> tuple[list[Hit], list[Hit]]:
        strong: list[Hit] = []
        weak: list[Hit] = []
        chart = self._chart(unit)
        declaring = self._declaring.place(subject.object.delivery)
        for candidate, proof in chart.prove(subject):
            found = self._values.find(unit, candidate.path, declaring) if proof > NONE else None
            if found is not None:
                pieces = WHOLE if candidate.whole else _pieces(candidate.value, subject)
                hit = Hit(*found, pieces=pieces)
                (strong if proof == STRONG else weak).append(hit)
        return strong, weak

    def _fact_hits(self, unit: HelmUnit, subject: Subject) -> list[Hit]:
        chart = self._chart(unit)
        return [
            Hit(fact.place, fact.why, pieces=_pieces(fact.text, subject))
            for fact in (*facts(self._places, unit, subject, self._declaring), *self._keys(unit, chart, subject))
            if chart.prove_fact(fact, subject) == STRONG
        ]

    def _keys(self, unit: HelmUnit, chart: Chart, subject: Subject) -> Iterator[Fact]:
        declaring = self._declaring.place(subject.object.delivery)
        for path in keys(chart.values, subject):
            found = self._values.find(unit, path, declaring)
            fact = key_fact(self._places, found[0]) if found is not None else None
            if fact is not None:
                yield fact

    # Templates

    def _template_line(self, chart: Chart, subject: Subject, *, on_key: bool) -> Origin | None:
        """Give the template line that wrote the field, exact where the value (or key) stands in it literally."""
        index = subject.object.index
        lines = chart.lines[index] if index < len(chart.lines) else {}
        for depth in range(len(subject.path), -1, -1):
            found = lines.get(pointer(subject.path[:depth]))
            if found is not None and self._places.tree.is_file(found[0]):
                whole = depth == len(subject.path) and subject.inner is None
                wanted = _wanted(subject, on_key=on_key) if whole else None
                return self._literal(self._places.tree.line_span(found[0], found[1]), wanted, subject)
        path = subject.object.source_path
        if not self._places.tree.is_file(path):
            return None
        span = self._places.tree.line_span(path, subject.object.source_line or 1)
        return Origin(span, exact=False, why="the template")

    def _literal(self, line: Span, wanted: str | None, subject: Subject) -> Origin:
        """Narrow a template line to the literal value in it: outside of actions, else as a quoted text within one.

        A text in an action need not be what it gives (``include "web"``): that is tried.
        """
        text = self._places.tree.line_text(line.path, line.line)
        if not wanted or wanted not in text:
            return Origin(line, exact=False, why="the template line")
        plain = text if "{{" in wanted else _ACTION.sub(lambda action: "\0" * len(action.group()), text)
        found = list(re.finditer(rf"(?<![\w.\-/]){re.escape(wanted)}(?![\w.\-/])", plain))
        for match in reversed(found):
            return Origin(_within(line, match), exact=True, why="the template line")
        for match in re.finditer(rf"(?<=[\"`]){re.escape(wanted)}(?=[\"`])", text):
            if self._trials.changes(subject, _within(line, match)):
                return Origin(_within(line, match), exact=True, why="the template line")
        return Origin(line, exact=False, why="the template line")


def _within(line: Span, match: re.Match[str]) -> Span:
    return Span(line.path, line.line, match.start() + 1, line.line, match.end() + 1)


def _wanted(subject: Subject, *, on_key: bool) -> str | None:
    if on_key and subject.path:
        return str(subject.path[-1])
    return None if is_container(subject.value) else scalar_text(subject.value)


def _untried(_: Span) -> None:
    """Tell nothing: Helm's hits are tried before they are hits."""


def _pieces(value: Json, subject: Subject) -> frozenset[str]:
    """Give the pieces of an image reference that a text gives; a part of another field hides nothing deeper."""
    text = scalar_text(value)
    if text == subject.value:
        return WHOLE
    if not subject.is_image:
        return NOTHING
    name, tag, digest = split_image(subject.value)
    pieces = {"tag"} if (tag and tag in text) or text in (tag, digest) else set()
    return frozenset(pieces | ({"name"} if text in name and text not in (tag, digest) else set()))
