"""What differs between two renderings of a repository: object by object, field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from gitlint_ops.render.model import Rendering
from gitlint_ops.source.model import FieldPath, Json, display_path

_ABSENT = object()
Identity = tuple[str, str, str]
"""Kind, namespace, name. The apiVersion is a field that a fix may change."""
_Objects = Sequence[tuple[Identity, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field that differs; ``before`` or ``after`` is an object of no YAML type where the field is not there."""

    path: FieldPath
    before: Json = field(repr=False)
    after: Json = field(repr=False)


@dataclass(frozen=True, slots=True)
class Change:
    """An object that differs. ``owner`` is the id of the delivery or ApplicationSet that renders it, or that it is.

    ``what``: ``changed`` in its ``leaves``, ``added``, ``removed``, or ``moved`` to another place of the owner's order.
    """

    owner: str
    identity: Identity
    what: Literal["changed", "added", "removed", "moved"]
    leaves: tuple[Leaf, ...] = ()

    @property
    def label(self) -> str:
        """The object and the first field, as messages name them; never a value."""
        kind, _, name = self.identity
        place = f"{display_path(self.leaves[0].path) or 'the whole'} of " if self.leaves else ""
        return f"{place}{kind} {name} in {self.owner}"


def changes_between(before: Rendering, after: Rendering) -> Iterator[Change]:
    """Give every difference in what deliveries and ApplicationSets are, and in what they render, in order."""
    old, new = objects_by_owner(before), objects_by_owner(after)
    for owner in sorted(old.keys() | new.keys()):
        yield from _of_owner(owner, old.get(owner, ()), new.get(owner, ()))


def objects_by_owner(rendering: Rendering) -> Mapping[str, _Objects]:
    """Give for each delivery its own object and all that it renders, for each ApplicationSet its object."""
    graph = rendering.graph
    found: dict[str, list[tuple[Identity, Mapping[str, Any]]]] = {}
    for delivery in graph.deliveries.values():
        # A folder that nothing declares has no object of its own, but it is there or it is not.
        found[delivery.id] = [((delivery.kind, delivery.namespace, delivery.name), delivery.object)]
    for generator in graph.generators.values():
        found[generator.id] = [(("ApplicationSet", generator.namespace, generator.name), generator.object)]
    for owner, objects in rendering.objects.items():
        found.setdefault(owner, []).extend(((o.kind, o.namespace, o.name), o.data) for o in objects)
    return found


def _of_owner(owner: str, old: _Objects, new: _Objects) -> Iterator[Change]:
    names = [[identity for identity, _ in objects] for objects in (old, new)]
    if names[0] == names[1]:
        for (identity, before), (_, after) in zip(old, new, strict=True):
            yield from _of_object(owner, identity, before, after)
        return
    gone, come = Counter(names[0]) - Counter(names[1]), Counter(names[1]) - Counter(names[0])
    yield from (Change(owner, identity, "removed") for identity in gone.elements())
    yield from (Change(owner, identity, "added") for identity in come.elements())
    kept = [_without(objects, extra) for objects, extra in ((old, gone), (new, come))]
    if [identity for identity, _ in kept[0]] != [identity for identity, _ in kept[1]]:
        yield Change(owner, kept[0][0][0], "moved")
    for (identity, before), (_, after) in zip(*(sorted(k, key=_by_identity) for k in kept), strict=True):
        yield from _of_object(owner, identity, before, after)


def _by_identity(item: tuple[Identity, Mapping[str, Any]]) -> Identity:
    return item[0]


def _without(objects: _Objects, extra: Counter[Identity]) -> _Objects:
    """Leave out as many objects of each identity as ``extra`` counts, the last ones."""
    left = Counter(extra)
    kept: list[tuple[Identity, Mapping[str, Any]]] = []
    for item in reversed(objects):
        if left[item[0]]:
            left[item[0]] -= 1
        else:
            kept.append(item)
    return kept[::-1]


def _of_object(owner: str, identity: Identity, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    leaves = tuple(leaves_between(before, after, ()))
    if leaves:
        yield Change(owner, identity, "changed", leaves)


def leaves_between(before: Json, after: Json, path: FieldPath) -> Iterator[Leaf]:
    """Give the fields in which two values differ; a list that grew or shrank is one field."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted(before.keys() | after.keys(), key=str):
            yield from leaves_between(before.get(key, _ABSENT), after.get(key, _ABSENT), (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for at, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from leaves_between(one, other, (*path, at))
    elif type(before) is not type(after) or before != after:
        yield Leaf(path, before, after)
