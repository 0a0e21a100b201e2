"""The fields in which two objects differ, as Kubernetes would see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gitlint_ops.render.compare.lists import Pair, order_matters, pairs
from gitlint_ops.render.compare.model import ChangeKind, FieldChange
from gitlint_ops.render.provenance.match import value_at
from gitlint_ops.source.model import FieldPath, Json


@dataclass(frozen=True, slots=True)
class _Place:
    """A field on both sides, and as it is the same in all objects."""

    before: FieldPath = ()
    after: FieldPath = ()
    keys: FieldPath = ()

    def below(self, step: str) -> _Place:
        return _Place((*self.before, step), (*self.after, step), (*self.keys, step))

    def element(self, pair: Pair) -> _Place:
        old = self.before if pair.before is None else (*self.before, pair.before)
        new = self.after if pair.after is None else (*self.after, pair.after)
        return _Place(old, new, (*self.keys, pair.label))

    @property
    def name(self) -> str:
        """The name of the field that holds a list's elements."""
        return next((step for step in reversed(self.keys) if isinstance(step, str) and not step.startswith("=")), "")


@dataclass(frozen=True, slots=True)
class FieldComparison:
    """Compares objects of one API group. ``renamed`` gives, for generated names, the old to the new one."""

    group: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)

    def compare(self, before: Mapping[str, Json], after: Mapping[str, Json]) -> tuple[FieldChange, ...]:
        """Give the fields that differ: what is new or gone as a whole, at its top; null is the same as absent."""
        return tuple(self._mappings(_Place(), before, after))

    def _mappings(self, place: _Place, before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[FieldChange]:
        for key in dict.fromkeys([*before, *after]):
            old, new = before.get(key), after.get(key)
            if old is None and new is None:
                continue
            below = place.below(str(key))
            if old is None or new is None:
                yield _one_sided(below, place, old, new)
            else:
                yield from self._values(below, old, new)

    def _values(self, place: _Place, before: Json, after: Json) -> Iterator[FieldChange]:
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from self._mappings(place, before, after)
        elif isinstance(before, list) and isinstance(after, list):
            yield from self._lists(place, before, after)
        elif isinstance(before, bool) != isinstance(after, bool) or before != after:
            yield self._change(place, before, after)

    def _change(self, place: _Place, before: Json, after: Json) -> FieldChange:
        generated = isinstance(before, str) and self.renamed.get(before) == after
        return FieldChange("changed", place.before, place.after, place.keys, before, after, generated=generated)

    def _lists(self, place: _Place, before: list[Json], after: list[Json]) -> Iterator[FieldChange]:
        if before == after:
            return
        if not (_of_mappings(before) and _of_mappings(after)):
            yield from self._scalar_lists(place, before, after)
            return
        found = pairs(before, after, place.name)
        for pair in found:
            old = None if pair.before is None else before[pair.before]
            new = None if pair.after is None else after[pair.after]
            below = place.element(pair)
            if old is None or new is None:
                yield _one_sided(below, place, old, new)
            else:
                yield from self._values(below, old, new)
        if _is_reordered(found) and order_matters(place.name, self.group, after):
            yield FieldChange("changed", place.before, place.after, place.keys, before, after, order=True)

    def _scalar_lists(self, place: _Place, before: list[Json], after: list[Json]) -> Iterator[FieldChange]:
        same_set = Counter(map(repr, before)) == Counter(map(repr, after))
        if not same_set:
            yield self._change(place, before, after)
        elif order_matters(place.name, self.group, after):
            yield FieldChange("changed", place.before, place.after, place.keys, before, after, order=True)


def _of_mappings(elements: Sequence[Json]) -> bool:
    return all(isinstance(item, Mapping) for item in elements)


def _one_sided(place: _Place, above: _Place, before: Json, after: Json) -> FieldChange:
    kind: ChangeKind = "added" if before is None else "removed"
    old = above.before if before is None else place.before
    new = above.after if after is None else place.after
    return FieldChange(kind, old, new, place.keys, before, after)


def _is_reordered(found: Sequence[Pair]) -> bool:
    old = [pair.before for pair in found if pair.before is not None and pair.after is not None]
    return old != sorted(old)


def without_drawn(changes: Sequence[FieldChange], drawn: Sequence[Mapping[str, Json]]) -> tuple[FieldChange, ...]:
    """Leave out the fields that each rendering draws anew (random passwords, times): other in two of the same side.

    ``drawn`` are two renderings of one object.
    """
    one, other = drawn
    return tuple(c for c in changes if value_at(one, c.after_path) == value_at(other, c.after_path))
