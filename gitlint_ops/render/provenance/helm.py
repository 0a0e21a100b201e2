"""The provenance of what a chart renders: the values key, tried by rendering again, and the template line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.render.model import Origin, Rendering
from gitlint_ops.render.plan import request_for
from gitlint_ops.render.provenance.hit import WHOLE, Hit, Subject, settle
from gitlint_ops.render.provenance.identity import Identity
from gitlint_ops.render.provenance.kustomize import common_metadata_hits
from gitlint_ops.render.provenance.layer import Layer
from gitlint_ops.render.provenance.match import MISSING, is_container, same, scalar_text, value_at
from gitlint_ops.render.provenance.patches import Patches
from gitlint_ops.render.provenance.place import Place, Places
from gitlint_ops.render.provenance.transforms import image_hits, split_image
from gitlint_ops.render.provenance.trial import rendered_again
from gitlint_ops.render.provenance.values import Candidate, ValuePlaces, alternatives, candidates, overriding
from gitlint_ops.render.provenance.weigh import weighed
from gitlint_ops.repo.model import HelmUnit
from gitlint_ops.source import FieldPath, Json, Span, pointer

_ACTION = re.compile(r"\{\{.*?\}\}")
_STRONG, _WEAK, _NONE = 2, 1, 0


@dataclass(slots=True)
class _Chart:
    """A unit as rendered once for its provenance, and the trials made with it (value path to the altered renderings)."""

    request: dict[str, Any]
    objects: Sequence[Any] = ()
    lines: Sequence[Mapping[str, Any]] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    trials: dict[tuple[FieldPath, bool], list[tuple[Json, Sequence[Any]]]] = field(default_factory=dict)


class HelmTrace:
    """Gives the origins of fields of objects that charts render."""

    def __init__(self, engine: EngineClient, places: Places, rendering: Rendering) -> None:
        self._engine = engine
        self._places = places
        self._rendering = rendering
        self._values = ValuePlaces(places)
        self._patches = Patches(places)
        self._charts: dict[int, _Chart] = {}

    def origins(self, subject: Subject, declaring: Place | None, *, on_key: bool) -> tuple[Origin, ...]:
        """Give the places behind a field, nearest cause first; ``declaring`` is the place of the delivery's object."""
        unit = subject.object.unit
        if not isinstance(unit, HelmUnit):
            return ()
        chart = self._chart(unit)
        line = self._template_line(chart, subject, on_key=on_key)
        written = line is not None and line.exact
        hits = [weighed(hit, subject, (), on_key=on_key) for hit in self._after_rendering(unit, subject, declaring)]
        if not (on_key and written):
            hits += self._value_hits(unit, chart, subject, declaring, literal=written)
        found = settle(hits, self._places, _untried, first_piece=_first_piece(subject), on_key=on_key)
        settled = bool(found) and found[0].exact
        rest = () if line is None else (Origin(line.span, exact=line.exact and not settled, why=line.why),)
        return (*found, *rest) if settled or not written else (*rest, *found)

    def _chart(self, unit: HelmUnit) -> _Chart:
        if id(unit) not in self._charts:
            self._charts[id(unit)] = self._render(unit)
        return self._charts[id(unit)]

    def _render(self, unit: HelmUnit) -> _Chart:
        request = request_for(unit)
        chart = _Chart(request | {"skip_schema_validation": True})
        try:
            answer = self._engine.call(**request, provenance=True, show_values=True)
        except EngineError:
            # Whatever rendered these objects, it was not this request: their template files are all that is known.
            return chart
        chart.objects, chart.lines = answer["objects"], answer.get("lines") or ()
        chart.values = answer.get("values") or {}
        return chart

    # What Flux does to the rendered objects

    def _after_rendering(self, unit: HelmUnit, subject: Subject, declaring: Place | None) -> Iterator[Hit]:
        if declaring is None or not (unit.post_renderers or unit.common_metadata):
            return
        spec = declaring.below("spec")
        layer = Layer({"commonMetadata": unit.common_metadata}, spec, unit.path, "the HelmRelease")
        yield from common_metadata_hits(layer, subject)
        known: set[str] = set()
        for index in range(len(unit.post_renderers) - 1, -1, -1):
            data = unit.post_renderers[index]
            layer = Layer(
                data, spec.below("postRenderers", index, "kustomize"), unit.path, "the HelmRelease's post-renderer"
            )
            yield from image_hits(layer, subject, known)
            for kind in ("patchesJson6902", "patches", "patchesStrategicMerge"):
                yield from self._patches.hits(layer, kind, subject, Identity(subject.object, None))

    # Values

    def _value_hits(
        self, unit: HelmUnit, chart: _Chart, subject: Subject, declaring: Place | None, *, literal: bool
    ) -> list[Hit]:
        """Give the values whose change changed the field; a weak proof counts only where the template has no literal."""
        found = candidates(chart.values, subject)
        proofs = self._try_all(chart, found, subject)
        wanted = _STRONG if literal else max((proof for _, proof in proofs), default=_NONE)
        if wanted != _STRONG or not literal:
            pass
        hits = []
        for candidate, proof in proofs:
            place = self._values.find(unit, candidate.path, declaring) if proof and proof >= wanted else None
            if place is not None:
                hits.append(Hit(replace(place[0], key=candidate.key), place[1], pieces=_pieces(candidate.value, candidate.whole, subject)))
        return hits

    def _try_all(self, chart: _Chart, found: list[Candidate], subject: Subject) -> list[tuple[Candidate, int]]:
        self._run(chart, [candidate for candidate in found if _key(candidate) not in chart.trials])
        return [(candidate, _proof(chart.trials[_key(candidate)], candidate.whole, subject)) for candidate in found]

    def _run(self, chart: _Chart, new: list[Candidate]) -> None:
        tries = [(candidate, other) for candidate in new for other in alternatives(candidate)]
        requests = [
            chart.request | {"layers": [*chart.request["layers"], {"inline": overriding(chart.values, c, other)}]}
            for c, other in tries
        ]
        chart.trials.update((_key(candidate), []) for candidate in new)
        for (candidate, other), answer in zip(tries, self._engine.call_many(requests), strict=True):
            if not isinstance(answer, EngineError):
                chart.trials[_key(candidate)].append((other, _changed(chart.objects, answer["objects"])))

    # Templates

    def _template_line(self, chart: _Chart, subject: Subject, *, on_key: bool) -> Origin | None:
        """Give the template line that wrote the field, exact where the value (or key) stands in it literally."""
        index = subject.object.index
        lines = chart.lines[index] if index < len(chart.lines) else {}
        for depth in range(len(subject.path), -1, -1):
            found = lines.get(pointer(subject.path[:depth]))
            if found is not None and self._places.tree.is_file(found[0]):
                span = self._places.tree.line_span(found[0], found[1])
                text = str(subject.path[-1]) if on_key and subject.path else scalar_text(subject.value)
                wanted = None if depth < len(subject.path) or (is_container(subject.value) and not on_key) else text
                return self._literal(span, wanted)
        path = subject.object.source_path
        if not self._places.tree.is_file(path):
            return None
        span = self._places.tree.line_span(path, subject.object.source_line or 1)
        return Origin(span, exact=False, why="the template")

    def _literal(self, line: Span, wanted: str | None) -> Origin:
        """Narrow a template line to the literal value in it, where it stands there once and outside of actions."""
        text = self._places.tree.line_text(line.path, line.line)
        plain = _ACTION.sub(lambda action: "\0" * len(action.group()), text)
        found = list(re.finditer(rf"(?<![\w.\-/]){re.escape(wanted)}(?![\w.\-/])", plain)) if wanted else []
        if not found:
            return Origin(line, exact=False, why="the template line")
        start, end = found[-1].span()
        return Origin(Span(line.path, line.line, start + 1, line.line, end + 1), exact=True, why="the template line")


def _untried(_: Span) -> bool:
    """Helm's hits are tried before they are hits."""
    return False


def _changed(before: Sequence[Any], after: Sequence[Any]) -> Sequence[Any]:
    """Keep of a second rendering what differs from the first; equal objects are shared, not held twice."""
    if len(before) != len(after):
        return after
    return [old if old == new else new for old, new in zip(before, after, strict=True)]


def _key(candidate: Candidate) -> tuple[FieldPath, bool]:
    return candidate.path, candidate.key


def _proof(trials: list[tuple[Json, Sequence[Any]]], whole: bool, subject: Subject) -> int:
    """Judge trials: strong where the altered value is what the field then holds (or holds in part), weak where it just changed."""
    best = _NONE
    for other, objects in trials:
        item = rendered_again(objects, subject.object)
        found = value_at(item, subject.path) if item is not None else subject.value
        if same(found, subject.value):
            continue
        strong = found is not MISSING and (same(found, other) or _holds(found, other))
        best = max(best, _STRONG if strong else _WEAK)
    return best


def _holds(found: Json, other: Json) -> bool:
    """Whether a text now holds an altered value, plainly or (a Secret's data) in base64."""
    return isinstance(found, str) and any(scalar_text(other) in text for text in plain_texts(found))


def _pieces(value: Json, whole: bool, subject: Subject) -> frozenset[str]:
    if whole or not subject.is_image:
        return WHOLE if whole else NOTHING
    text = scalar_text(value)
    name, tag, digest = split_image(subject.value)
    pieces = {"tag"} if (tag and tag in text) or text in (tag, digest) else set()
    return frozenset(pieces | ({"name"} if text in name and text not in (tag, digest) else set()))


def _first_piece(subject: Subject) -> str:
    if not subject.is_image:
        return "name"
    name, tag, _ = split_image(subject.value)
    return "name" if not tag or (subject.part and subject.part in name) else "tag"
