"""Which elements of two lists are the same one, and whether their order means anything."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gitlint_ops.render.provenance.match import MERGE_KEYS, OTHER_KEYS
from gitlint_ops.source.model import Json

_COMPOSED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "ports": (("containerPort", "protocol"), ("port", "protocol")),
    "tolerations": (("key", "effect", "value"),),
    "subjects": (("kind", "namespace", "name"),),
    "volumeMounts": (("mountPath", "subPath"),),
}
"""Where one key does not tell elements apart: several that do (the optional ones count as empty where absent)."""
_ORDERED = frozenset(
    {"args", "command", "envFrom", "initContainers", "sources", "valueFiles", "valuesFiles", "valuesFrom"}
)
"""Lists whose order has an effect: what runs first, what overrides what."""
_UNORDERED = frozenset(
    {
        *("accessModes", "add", "apiGroups", "containers", "drop", "env", "ephemeralContainers", "finalizers"),
        *("imagePullSecrets", "ports", "policyTypes", "readinessGates", "resourceNames", "resources", "subjects"),
        *("tolerations", "topologySpreadConstraints", "verbs", "volumeMounts", "volumes"),
    }
)
"""Lists that mean a set wherever they stand, in custom resources too."""
_BUILT_IN = frozenset(
    {"", "apps", "autoscaling", "batch", "extensions", "policy", "rbac.authorization.k8s.io", "storage.k8s.io"}
)


@dataclass(frozen=True, slots=True)
class Pair:
    """An element that is at ``before`` in the one list and at ``after`` in the other; None where it is not there."""

    before: int | None
    after: int | None
    label: str | int
    """What identifies it: ``=web`` by a key's value, or its index where nothing does."""


def order_matters(parent: str, group: str, elements: Sequence[Json]) -> bool:
    """Tell whether the order of a list has an effect, by its field's name and its object's API group."""
    if parent in _ORDERED:
        return True
    if parent == "env":
        # A variable can use only those before it: $(NAME).
        return any("$(" in str(item.get("value", "")) for item in elements if isinstance(item, Mapping))
    return parent not in _UNORDERED and group not in _BUILT_IN


def pairs(before: Sequence[Json], after: Sequence[Json], parent: str) -> tuple[Pair, ...]:
    """Match the elements of two lists of mappings: by what identifies them, then equal ones, then by position."""
    found: list[Pair] = []
    left, right = list(range(len(before))), list(range(len(after)))
    for keys in _candidates(parent):
        found += _by_keys(before, after, keys, left, right)
    found += _equal(before, after, left, right)
    alone = [at for at in left if not _label(before[at], parent)], [at for at in right if not _label(after[at], parent)]
    for one, other in zip(*alone, strict=False):
        found.append(Pair(one, other, other))
        left.remove(one)
        right.remove(other)
    found += [Pair(at, None, _label(before[at], parent) or at) for at in left]
    found += [Pair(None, at, _label(after[at], parent) or at) for at in right]
    return tuple(sorted(found, key=_position))


def _position(pair: Pair) -> tuple[int, int]:
    """Sort by place in the newer list; what is gone stands where it was."""
    return (pair.before or 0, 0) if pair.after is None else (pair.after, 1)


def _candidates(parent: str) -> Iterator[tuple[str, ...]]:
    yield from ((key,) for key in MERGE_KEYS.get(parent, ()))
    yield from _COMPOSED.get(parent, ())
    yield ("name",)
    yield from ((key,) for key in OTHER_KEYS)


def _by_keys(
    before: Sequence[Json], after: Sequence[Json], keys: tuple[str, ...], left: list[int], right: list[int]
) -> Iterator[Pair]:
    """Pair what is still unpaired by the values of some keys, where these tell all such elements apart."""
    old, new = _identities(before, left, keys), _identities(after, right, keys)
    if old is None or new is None:
        return
    for identity in [identity for identity in old if identity in new]:
        one, other = old[identity], new[identity]
        left.remove(one)
        right.remove(other)
        yield Pair(one, other, _shown(identity))


def _identities(elements: Sequence[Json], at: Sequence[int], keys: tuple[str, ...]) -> dict[Hashable, int] | None:
    found: dict[Hashable, int] = {}
    for index in at:
        item = elements[index]
        identity = _identity(item, keys)
        if identity is None or identity in found:
            return None
        found[identity] = index
    return found


def _identity(item: Json, keys: tuple[str, ...]) -> tuple[str, ...] | None:
    if not isinstance(item, Mapping) or isinstance(item.get(keys[0]), (Mapping, list, type(None))):
        return None
    return tuple(str(item.get(key, "")) for key in keys)


def _shown(identity: Hashable) -> str:
    words = identity if isinstance(identity, tuple) else (identity,)
    return "=" + "/".join(str(word) for word in words if word != "")


def _label(item: Json, parent: str) -> str:
    """Give what identifies an element by itself: the first key of those that its list goes by, '' for none."""
    named = (_identity(item, keys) for keys in (("name",), *_candidates(parent)))
    return next((_shown(identity) for identity in named if identity), "")


def _equal(before: Sequence[Json], after: Sequence[Json], left: list[int], right: list[int]) -> Iterator[Pair]:
    waiting: dict[str, deque[int]] = defaultdict(deque)
    for at in right:
        waiting[_text(after[at])].append(at)
    for one in list(left):
        others = waiting.get(_text(before[one]))
        if others:
            other = others.popleft()
            left.remove(one)
            right.remove(other)
            yield Pair(one, other, other)


def _text(item: Json) -> str:
    """Give a text that two elements share where they are equal: a long list takes no time for each pair."""
    return json.dumps(item, sort_keys=True, default=str)
