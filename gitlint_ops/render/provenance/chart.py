"""A chart rendered for its provenance: its values, its template lines, and what trials with other values prove."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.render.plan import request_for
from gitlint_ops.render.provenance.facts import Fact
from gitlint_ops.render.provenance.hit import Subject
from gitlint_ops.render.provenance.match import MISSING, is_container, leaves, same, scalar_text
from gitlint_ops.render.provenance.place import Place, Places
from gitlint_ops.render.provenance.trial import rendered_again
from gitlint_ops.render.provenance.value_trials import Allowance, Objects, Others, ValueTrials, halves
from gitlint_ops.render.provenance.values import Candidate, alternatives, candidates, plain_texts, texts_of
from gitlint_ops.repo.model import HelmUnit
from gitlint_ops.source import FieldPath, Json

STRONG, WEAK, NONE = 2, 1, 0
"""What a trial proves: the field now holds what was put in; it changed otherwise (or went away); nothing."""


def render_charts(engine: EngineClient, places: Places, units: Sequence[HelmUnit], allowance: Allowance) -> list[Chart]:
    """Render the charts of several units at once, in their order."""
    # A trial's value need not satisfy the chart's schema.
    requests = [request_for(unit) | {"skip_schema_validation": True} for unit in units]
    answers = engine.call_many([{**request, "provenance": True, "show_values": True} for request in requests])
    return [
        Chart(
            places, {} if isinstance(answer, EngineError) else answer, partial(ValueTrials, engine, request, allowance)
        )
        for request, answer in zip(requests, answers, strict=True)
    ]


class Chart:
    """One unit's rendering and its trials.

    Where the unit does not render (the objects came from another request), the answer is empty: there are no values
    and no lines.
    """

    def __init__(
        self, places: Places, answer: Mapping[str, Any], trials: Callable[[Json, Objects], ValueTrials]
    ) -> None:
        self._places = places
        self._facts: dict[Place, Objects] = {}
        self._broken: set[FieldPath] = set()
        self._objects: Objects = answer.get("objects") or ()
        self.lines: Sequence[Mapping[str, Any]] = answer.get("lines") or ()
        self.values: Mapping[str, Any] = answer.get("values") or {}
        self._texts = texts_of(self.values)
        self._trials = trials(self.values, self._objects)

    @property
    def is_spent(self) -> bool:
        """Whether more trials were wanted than are allowed, so that a value may be the source of a field unnoticed."""
        return self._trials.is_spent

    def prove(self, subject: Subject) -> list[tuple[Candidate, int]]:
        """Give the values that the field may come from, best first, each with what trials prove about it.

        All values are changed at once first; where that leaves it open which of them the field comes from, halves of
        the candidates are, until each that changes the field was changed alone.
        """
        found = candidates(self.values, self._texts, subject)
        proofs = self._proofs_together(found, subject)
        if self._is_steady(subject):
            left = [one for one in found if one.path not in proofs]
            for tries in _rounds(left):
                if STRONG not in proofs.values():
                    again = self._proofs_alone(tries, subject)
                    proofs |= {path: max(proof, proofs.get(path, proof)) for path, proof in again.items()}
        return [(one, proofs.get(one.path, NONE)) for one in found]

    def prove_fact(self, fact: Fact, subject: Subject) -> int:
        """Try a release, namespace or Chart.yaml with another text, and give what that proves about the field."""
        if fact.place not in self._facts:
            self._facts[fact.place] = self._trials.fact(fact.request)
        return self._proof(fact.other, self._facts[fact.place], subject)

    def _proofs_together(self, found: Sequence[Candidate], subject: Subject) -> dict[FieldPath, int]:
        """Give what the trial of all values proves; nothing where the field changed and holds none of the others."""
        proofs: dict[FieldPath, int] = {}
        for others, objects in self._trials.together() if found and not is_container(subject.value) else ():
            mine = [one for one in found if one.path in others]
            held = self._held({one.path: others[one.path] for one in mine}, objects, subject)
            if held is None:
                continue
            is_proof = self._is_proof(held, mine, objects, subject) if held else self._is_unchanged(objects, subject)
            if is_proof:
                proofs |= {one.path: STRONG if one.path in held else NONE for one in mine}
        return proofs

    def _held(self, others: Others, objects: Objects, subject: Subject) -> Others | None:
        """Give the others that the field now holds; None where the object is not found again."""
        item = rendered_again(objects, subject.object, subject.path)
        value = self._found(item, subject) if item is not None else MISSING
        if item is None or value is MISSING:
            return None
        return {path: other for path, other in others.items() if _holds(value, other, subject.value)}

    def _is_proof(self, held: Others, found: Sequence[Candidate], objects: Objects, subject: Subject) -> bool:
        """Whether the field comes from what it now holds; where a template may have taken another way, these tell."""
        texts = {scalar_text(one.value) for one in found if one.path in held}
        is_unlike = all(one.path in held or scalar_text(one.value) not in texts for one in found)
        if is_unlike and _same_shape(rendered_again(objects, subject.object, subject.path), subject.object.data):
            return True
        again = self._trials.render([held])[0]
        if again is None or self._held(held, again, subject) != held:
            return False
        return _same_shape(rendered_again(again, subject.object, subject.path), subject.object.data)

    def _proofs_alone(self, tries: Others, subject: Subject) -> dict[FieldPath, int]:
        """Try values by halves, those that leave the field as it is together."""
        proofs = dict.fromkeys(tries, NONE)
        groups: list[Sequence[FieldPath]] = [sorted(tries.keys() - self._broken, key=repr)]
        while groups := [group for group in groups if group]:
            smaller: list[Sequence[FieldPath]] = []
            rendered = self._trials.render([{path: tries[path] for path in group} for group in groups])
            for group, objects in zip(groups, rendered, strict=True):
                if objects is not None and len(group) == 1:
                    proofs[group[0]] = self._proof(tries[group[0]], objects, subject)
                    self._broken.update(() if objects else group)
                elif objects is not None and not self._is_unchanged(objects, subject):
                    smaller += halves(group)
            groups = smaller
        return proofs

    def _is_unchanged(self, objects: Objects, subject: Subject) -> bool:
        item = rendered_again(objects, subject.object, subject.path)
        return item is not None and same(self._found(item, subject), subject.value)

    def _proof(self, other: Json, objects: Objects, subject: Subject) -> int:
        item = rendered_again(objects, subject.object, subject.path)
        found = self._found(item, subject) if item is not None else subject.value
        if same(found, subject.value):
            return NONE
        if found is not MISSING and _holds(found, other, subject.value):
            return STRONG
        return WEAK if self._is_steady(subject) else NONE

    def _is_steady(self, subject: Subject) -> bool:
        """Whether the field stays the same when nothing changes: charts make random names and passwords."""
        return self._is_unchanged(self._objects, subject)

    def _found(self, item: Json, subject: Subject) -> Json:
        return self._places.value_in(item, subject.path, subject.inner)


def _rounds(found: Sequence[Candidate]) -> Iterator[Others]:
    """Give other values to try, the later ones where the earlier tell nothing: a template's text cannot be found."""
    plain = {one.path: alternatives(one.value) for one in found if not one.is_template}
    yield {path: some[0] for path, some in plain.items() if some}
    yield {path: some[1] for path, some in plain.items() if some[1:]}
    yield {one.path: alternatives(one.value)[0] for one in found if one.is_template}


def _holds(found: Json, other: Json, before: Json) -> bool:
    """Whether a field now is or holds what was put in and was not there, plainly or (a Secret's data) in base64."""
    if is_container(found) or is_container(other) or not isinstance(found, str):
        return same(found, other)
    text = scalar_text(other)
    return text not in scalar_text(before) and any(_stands_in(text, one) for one in plain_texts(found))


def _stands_in(text: str, whole: str) -> bool:
    """Whether a text stands in another, its numbers as numbers: 2 is not in 20."""
    before = r"(?<!\d)" if text[:1].isdecimal() else ""
    after = r"(?!\d)" if text[-1:].isdecimal() else ""
    return text in whole and re.search(before + re.escape(text) + after, whole) is not None


def _same_shape(one: Json, other: Json) -> bool:
    """Whether two objects have the same fields, whatever their values: no template took another way."""
    return [path for path, _ in leaves(one)] == [path for path, _ in leaves(other)]
