"""A chart rendered for its provenance: its values, its template lines, and trials with other values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.render.plan import request_for
from gitlint_ops.render.provenance.facts import Fact
from gitlint_ops.render.provenance.hit import Subject
from gitlint_ops.render.provenance.match import MISSING, is_container, same, scalar_text
from gitlint_ops.render.provenance.place import Place, Places
from gitlint_ops.render.provenance.trial import rendered_again
from gitlint_ops.render.provenance.values import Candidate, alternatives, overriding, plain_texts
from gitlint_ops.repo.model import HelmUnit
from gitlint_ops.source import FieldPath, Json

STRONG, WEAK, NONE = 2, 1, 0
"""What a trial proves: the field now holds what was put in; it changed otherwise (or went away); nothing."""

_MAX_RENDERED = 16_000_000
"""How many characters the trials of one chart may render: a chart that gives megabytes costs a second a trial."""

_Trial = tuple[Json, Sequence[Any]]
"""What was put in, and the objects that came out."""


class Chart:
    """One unit's rendering and its trials; each trial is run once, for all fields of all objects.

    Where the unit does not render (the objects came from another request), there are no values and no lines.
    """

    def __init__(self, engine: EngineClient, places: Places, unit: HelmUnit) -> None:
        self._engine = engine
        self._places = places
        # A trial's value need not satisfy the chart's schema.
        self._request = request_for(unit) | {"skip_schema_validation": True}
        self._trials: dict[FieldPath, list[_Trial]] = {}
        self._fact_trials: dict[Place, list[_Trial]] = {}
        try:
            answer = engine.call(**self._request, provenance=True, show_values=True)
        except EngineError:
            answer = {}
        self._objects: Sequence[Any] = answer.get("objects") or ()
        self.lines: Sequence[Mapping[str, Any]] = answer.get("lines") or ()
        self.values: Mapping[str, Any] = answer.get("values") or {}
        self._trials_left = _MAX_RENDERED // max(1, len(json.dumps(self._objects, default=str)))

    def prove(self, found: Sequence[Candidate], subject: Subject) -> list[tuple[Candidate, int]]:
        """Try each candidate's other values, and give what that proves about the field."""
        self._run([candidate for candidate in found if candidate.path not in self._trials])
        return [(candidate, self._proof(self._trials[candidate.path], subject)) for candidate in found]

    def prove_fact(self, fact: Fact, subject: Subject) -> int:
        """Try a release, namespace or Chart.yaml with another text, and give what that proves about the field."""
        if fact.place not in self._fact_trials:
            answer = self._engine.call_many([self._request | fact.request])[0]
            self._fact_trials[fact.place] = self._kept(fact.other, answer)
        return self._proof(self._fact_trials[fact.place], subject)

    def _run(self, new: Sequence[Candidate]) -> None:
        tries = [(candidate, other) for candidate in new for other in alternatives(candidate.value)]
        tries = tries[: self._trials_left]
        self._trials_left -= len(tries)
        requests = [self._with(overriding(self.values, candidate.path, other)) for candidate, other in tries]
        self._trials.update((candidate.path, []) for candidate in new)
        for (candidate, other), answer in zip(tries, self._engine.call_many(requests), strict=True):
            self._trials[candidate.path] += self._kept(other, answer)

    def _with(self, values: dict[str, Any]) -> dict[str, Any]:
        return self._request | {"layers": [*self._request["layers"], {"inline": values}]}

    def _kept(self, other: Json, answer: dict[str, Any] | EngineError) -> list[_Trial]:
        """Keep a trial's objects, those that stayed the same only once; a trial that does not render proves nothing."""
        if isinstance(answer, EngineError):
            return []
        after = answer["objects"]
        if len(after) == len(self._objects):
            after = [old if old == new else new for old, new in zip(self._objects, after, strict=True)]
        return [(other, after)]

    def _proof(self, trials: Sequence[_Trial], subject: Subject) -> int:
        best = NONE
        for other, objects in trials:
            item = rendered_again(objects, subject.object, subject.path)
            found = self._found(item, subject) if item is not None else subject.value
            if same(found, subject.value):
                continue
            if found is not MISSING and _holds(found, other):
                return STRONG
            best = WEAK if self._is_steady(subject) else best
        return best

    def _is_steady(self, subject: Subject) -> bool:
        """Whether the field stays the same when nothing changes: charts make random names and passwords."""
        item = rendered_again(self._objects, subject.object, subject.path)
        return item is not None and same(self._found(item, subject), subject.value)

    def _found(self, item: Json, subject: Subject) -> Json:
        return self._places.value_in(item, subject.path, subject.inner)


def _holds(found: Json, other: Json) -> bool:
    """Whether a field now is or holds what was put in, plainly or (a Secret's data) in base64."""
    if is_container(found) or is_container(other) or not isinstance(found, str):
        return same(found, other)
    return any(scalar_text(other) in text for text in plain_texts(found))
