"""A chart rendered with other values: each set of them once, and no more than an allowance permits."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.render.provenance.match import leaves, scalar_text
from gitlint_ops.render.provenance.trial import altered_text
from gitlint_ops.render.provenance.values import overriding
from gitlint_ops.source import FieldPath, Json

_MAX_OF_CHART = 4_000_000
"""How many characters the trials of one chart may render: a chart that gives megabytes costs a second a trial."""
_MAX_OF_RUN = 48_000_000
"""The same for all charts of a run."""
_MOST_SPLITS = 4

Others = Mapping[FieldPath, Json]
"""Values to put in the place of a chart's own, by their paths."""
Objects = Sequence[Any]
"""What was rendered; nothing where it failed."""


@dataclass(slots=True)
class Allowance:
    """How many characters may still be rendered."""

    left: int = _MAX_OF_RUN


class ValueTrials:
    """Renders one unit's chart with other values."""

    def __init__(
        self, engine: EngineClient, request: Mapping[str, Any], allowance: Allowance, values: Json, objects: Objects
    ) -> None:
        self._engine = engine
        self._request = request
        self._values = values
        self._objects = objects
        self._size = max(1, len(json.dumps(objects, default=str)))
        self._own, self._allowance = Allowance(_MAX_OF_CHART), allowance
        self._known: dict[frozenset[tuple[FieldPath, str]], Objects] = {}
        self.is_spent = False
        """Whether a trial was refused."""
        self._together: list[tuple[Others, Objects]] | None = None

    def render(self, sets: Sequence[Others]) -> list[Objects | None]:
        """Give what the chart renders to with each set of other values; None where no more may be tried."""
        keys = [frozenset((path, repr(other)) for path, other in others.items()) for others in sets]
        new = {key: others for key, others in zip(keys, sets, strict=True) if key not in self._known}
        allowed = [item for item in new.items() if self._is_allowed()]
        answers = self._engine.call_many([self._with(others) for _, others in allowed])
        self._known.update((key, self._kept(answer)) for (key, _), answer in zip(allowed, answers, strict=True))
        return [self._known.get(key) for key in keys]

    def fact(self, change: Mapping[str, Any]) -> Objects:
        """Give what the chart renders to with another release, namespace or file."""
        return self._kept(self._engine.call_many([{**self._request, **change}])[0])

    def together(self) -> Sequence[tuple[Others, Objects]]:
        """Change all texts and numbers at once, and equal ones each to another: one rendering tells where they went.

        Where that fails, each half of them; the ones that fail still are in none of the sets.
        """
        if self._together is None:
            self._together = list(self._halved(_distinct(self._values), 0))
        return self._together

    def _halved(self, others: Others, depth: int) -> Sequence[tuple[Others, Objects]]:
        objects = self.render([others])[0] if others else None
        if objects:
            return [(others, objects)]
        if objects is None or len(others) == 1 or depth == _MOST_SPLITS:
            return []
        return [pair for half in halves(list(others)) for pair in self._halved({p: others[p] for p in half}, depth + 1)]

    def _is_allowed(self) -> bool:
        if self._size > min(self._own.left, self._allowance.left):
            self.is_spent = True
            return False
        self._own.left -= self._size
        self._allowance.left -= self._size
        return True

    def _with(self, others: Others) -> dict[str, Any]:
        return {**self._request, "layers": [*self._request["layers"], {"inline": overriding(self._values, others)}]}

    def _kept(self, answer: dict[str, Any] | EngineError) -> Objects:
        """Keep a trial's objects, those that stayed the same only once."""
        if isinstance(answer, EngineError):
            return ()
        after: Objects = answer["objects"]
        if len(after) != len(self._objects):
            return after
        return [old if old == new else new for old, new in zip(self._objects, after, strict=True)]


def halves(paths: Sequence[FieldPath]) -> tuple[Sequence[FieldPath], Sequence[FieldPath]]:
    """Give the first and the second half."""
    middle = len(paths) // 2
    return paths[:middle], paths[middle:]


def _distinct(values: Json) -> dict[FieldPath, Json]:
    """Give each text and number another value, equal ones different values; what switches a template is left out."""
    seen: Counter[str] = Counter()
    others: dict[FieldPath, Json] = {}
    for path, value in leaves(values):
        text = scalar_text(value)
        if path and not isinstance(value, bool) and text not in ("", "null", "true", "false"):
            seen[text] += 1
            others[path] = altered_text(text, seen[text]) if isinstance(value, str) else value + seen[text]
    return others
