"""Which deliveries and objects of the base and the head are the same one, and what differs in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.render.compare.fields import FieldComparison, without_drawn
from gitlint_ops.render.compare.gaps import Gaps
from gitlint_ops.render.compare.model import Changes, ObjectChange, Uncompared
from gitlint_ops.render.model import RenderedObject, Rendering
from gitlint_ops.render.objects import metadata_of
from gitlint_ops.render.plan import request_for
from gitlint_ops.render.provenance.identity import GENERATED_HASH
from gitlint_ops.repo.index import api_group
from gitlint_ops.repo.model import Delivery, HelmUnit, KustomizeUnit, Unit

_HASHED = frozenset({"ConfigMap", "Secret"})
Identity = tuple[str, str, str, str]
"""What an object is for its cluster: API group, kind, namespace, name."""
_Identify = Callable[[Delivery], Hashable]
_KeyOf = Callable[[RenderedObject], Hashable]
_Twins = tuple[Mapping[str, Any], Mapping[str, Any]]
"""An object as it comes out of two renderings of one unit."""


def compare(
    base: Rendering, head: Rendering, changed: Collection[str], renames: Mapping[str, str], engine: EngineClient
) -> Changes:
    """Give what differs between two renderings of one repository.

    ``changed`` are the files that differ, ``renames`` gives moved files' old to new paths, by which a moved overlay is
    known as the same delivery. ``engine`` is the head's: it tells which values a chart draws anew at each rendering.
    """
    pairs = pair_deliveries(base.graph.deliveries, head.graph.deliveries, renames)
    gaps = Gaps(base, head, changed)
    objects: list[ObjectChange] = []
    uncompared: list[Uncompared | None] = []
    for key, new in sorted(head.graph.deliveries.items()):
        old = base.graph.deliveries.get(pairs.get(key, ""))
        uneven = gaps.uneven(old, new)
        uncompared.append(uneven or gaps.hidden(old, new))
        if uneven is None:
            objects += compare_objects(base.objects.get(old.id, ()) if old else (), head.objects.get(key, ()))
    known = set(pairs.values())
    gone = [delivery for key, delivery in sorted(base.graph.deliveries.items()) if key not in known]
    for delivery in gone:
        uncompared.append(gaps.of_removed(delivery))
        objects += compare_objects(base.objects.get(delivery.id, ()), ())
    return Changes(
        objects=_without_drawn(objects, engine),
        uncompared=tuple(gap for gap in uncompared if gap is not None),
        added=tuple(delivery for key, delivery in sorted(head.graph.deliveries.items()) if key not in pairs),
        removed=tuple(gone),
        pairs=pairs,
    )


# Deliveries


def pair_deliveries(
    old: Mapping[str, Delivery], new: Mapping[str, Delivery], renames: Mapping[str, str]
) -> Mapping[str, str]:
    """Give for each delivery of the head that was there before, by id, the id that it had.

    Known by the id; else by what it is called, where that is one on both sides; else by where it lies, after moves.
    """
    pairs = {key: key for key in new if key in old}
    for identify in (_called, lambda delivery: _place(delivery, {})):
        _pair_rest(old, new, pairs, identify, identify)
    _pair_rest(old, new, pairs, lambda delivery: _place(delivery, renames), lambda delivery: _place(delivery, {}))
    return pairs


def _pair_rest(
    old: Mapping[str, Delivery], new: Mapping[str, Delivery], pairs: dict[str, str], before: _Identify, after: _Identify
) -> None:
    """Pair what is left where an identity is that of one delivery on each side."""
    known = set(pairs.values())
    left = _unique((d for key, d in old.items() if key not in known), before)
    right = _unique((d for key, d in new.items() if key not in pairs), after)
    pairs.update((right[identity].id, left[identity].id) for identity in right if identity in left)


def _unique(deliveries: Iterable[Delivery], identify: _Identify) -> dict[Hashable, Delivery]:
    found: dict[Hashable, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        identity = identify(delivery)
        if identity:
            found[identity].append(delivery)
    return {identity: group[0] for identity, group in found.items() if len(group) == 1}


def _called(delivery: Delivery) -> Hashable:
    """Identify a declared delivery by its object; what nothing declares has a name of our making."""
    if delivery.controller == "none":
        return None
    return delivery.controller, delivery.kind, delivery.namespace, delivery.name, delivery.cluster


def _place(delivery: Delivery, renames: Mapping[str, str]) -> Hashable:
    """Identify a delivery by the file that declares it, as it is called after moves, with its kind and environment."""
    if delivery.span is None:
        return None
    path = renames.get(delivery.span.path, delivery.span.path)
    return delivery.controller, delivery.kind, path, delivery.name if delivery.controller != "none" else ""


# Objects


def compare_objects(before: Sequence[RenderedObject], after: Sequence[RenderedObject]) -> Iterator[ObjectChange]:
    """Give the objects of one delivery that differ, in order of kind, namespace and name."""
    matched = _Matched.of(before, after)
    found: list[ObjectChange] = []
    for old, new in matched.pairs:
        if old.data is new.data:
            # The answer of one rendering, which reads nothing that changed.
            continue
        fields = FieldComparison(api_group(new.api_version), matched.renamed).compare(old.data, new.data)
        fields = tuple(f for f in fields if not (f.generated and f.keys == ("metadata", "name")))
        found += [ObjectChange("changed", old, new, fields)] if fields else []
    found += [ObjectChange("added", None, new) for new in matched.added]
    found += [ObjectChange("removed", old, None) for old in matched.removed]
    return iter(sorted(found, key=_order))


def _order(change: ObjectChange) -> tuple[str, str, str, str]:
    item = change.object
    return item.kind, item.namespace, item.name, change.kind


@dataclass(frozen=True, slots=True)
class _Matched:
    pairs: tuple[tuple[RenderedObject, RenderedObject], ...]
    added: tuple[RenderedObject, ...]
    removed: tuple[RenderedObject, ...]
    renamed: Mapping[str, str]
    """Old to new name of generated objects whose content changed."""

    @classmethod
    def of(cls, before: Sequence[RenderedObject], after: Sequence[RenderedObject]) -> _Matched:
        old, new = _keyed(before, identity_of), _keyed(after, identity_of)
        pairs = [(old[key], new[key]) for key in new if key in old]
        gone = [item for key, item in old.items() if key not in new]
        come = [item for key, item in new.items() if key not in old]
        hashed_old, hashed_new = _keyed(gone, _without_hash), _keyed(come, _without_hash)
        moved = [(hashed_old[key], hashed_new[key]) for key in hashed_new if key in hashed_old]
        known = {id(item) for pair in moved for item in pair}
        return cls(
            (*pairs, *moved),
            tuple(item for item in come if id(item) not in known),
            tuple(item for item in gone if id(item) not in known),
            {one.name: other.name for one, other in moved},
        )


def identity_of(item: RenderedObject) -> Identity:
    """Give what an object is for its cluster; another version of its API is the same object."""
    return api_group(item.api_version), item.kind, item.namespace, item.name


def _keyed(items: Iterable[RenderedObject], key_of: _KeyOf) -> dict[Hashable, RenderedObject]:
    """Key objects; of several that one cluster could not tell apart, each has its place among them."""
    found: dict[Hashable, RenderedObject] = {}
    seen: dict[Hashable, int] = defaultdict(int)
    for item in items:
        key = key_of(item)
        if key is not None:
            found[key, seen[key]] = item
            seen[key] += 1
    return found


def _without_hash(item: RenderedObject) -> Identity | None:
    """Give what a generated object is whatever it holds; None for one that has no hash in its name."""
    name = GENERATED_HASH.sub("", item.name)
    if item.kind not in _HASHED or api_group(item.api_version) or name == item.name:
        return None
    return "", item.kind, item.namespace, name


# Values that a rendering draws


def _without_drawn(changes: Sequence[ObjectChange], engine: EngineClient) -> tuple[ObjectChange, ...]:
    """Leave out the fields that charts fill anew at each rendering, and the objects that differ in nothing else."""
    again = _rendered_twice([c.after for c in changes if c.fields and c.after and _may_draw(c.after.unit)], engine)
    kept = []
    for change in changes:
        twins = again.get(id(change.after))
        fields = without_drawn(change.fields, twins) if twins else change.fields
        if fields or change.kind != "changed":
            kept.append(ObjectChange(change.kind, change.before, change.after, fields))
    return tuple(kept)


def _may_draw(unit: Unit) -> bool:
    return isinstance(unit, HelmUnit) or (isinstance(unit, KustomizeUnit) and unit.enable_helm)


def _rendered_twice(items: Sequence[RenderedObject], engine: EngineClient) -> Mapping[int, _Twins]:
    """Render the units of some objects twice: by an object's ``id()``, what it comes out as."""
    units = {id(item.unit): item.unit for item in items}
    requests = [request_for(unit) for unit in units.values()]
    answers = engine.call_many([*requests, *requests])
    both = dict(zip(units, zip(answers[: len(units)], answers[len(units) :], strict=True), strict=True))
    found: dict[int, _Twins] = {}
    for item in items:
        one, other = (_object_in(answer, item) for answer in both[id(item.unit)])
        if one is not None and other is not None:
            found[id(item)] = (one, other)
    return found


def _object_in(answer: Mapping[str, Any] | EngineError, item: RenderedObject) -> Mapping[str, Any] | None:
    """Find an object in another rendering of its unit: at its position, where that has its kind and name."""
    objects = () if isinstance(answer, EngineError) else answer.get("objects") or ()
    if item.index >= len(objects):
        return None
    data: Mapping[str, Any] = objects[item.index]
    known = data.get("kind") == item.kind and metadata_of(data).get("name") == metadata_of(item.data).get("name")
    return data if known else None
