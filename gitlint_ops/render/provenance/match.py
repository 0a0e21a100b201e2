"""Find the field of a source value that corresponds to a field of a rendered one, by walking both in parallel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gitlint_ops.source.model import FieldPath, Json

MISSING: Any = object()
"""What ``value_at`` gives for a field that is not there (None is a value)."""

MERGE_KEYS: Mapping[str, tuple[str, ...]] = {
    "ports": ("containerPort", "port", "name"),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey",),
    "ownerReferences": ("uid",),
    "conditions": ("type",),
    "items": ("key",),
    "tolerations": ("key",),
}
"""Kubernetes' merge keys (``x-kubernetes-patch-merge-key``) where they are not ``name``; ``items`` are a volume's."""
_REFERENCES = frozenset({"subjects", "imagePullSecrets", "secrets"})
"""Lists whose names are those of other objects: a renderer that renames the objects changes them too."""
OTHER_KEYS = ("key", "port", "host", "path", "id", "type")
"""Keys that mostly tell elements of other lists apart; no merge goes by them, so their values may have been patched."""


def value_at(value: Json, path: FieldPath) -> Json:
    """Give the value of a field, MISSING where it is not there."""
    for step in path:
        if isinstance(value, Mapping) and isinstance(step, str) and step in value:
            value = value[step]
        elif isinstance(value, Sequence) and not isinstance(value, str) and _in_range(value, step):
            value = value[int(step)]
        else:
            return MISSING
    return value


def _in_range(value: Sequence[Json], step: str | int) -> bool:
    return isinstance(step, int) and 0 <= step < len(value)


def is_container(value: Json) -> bool:
    """Whether a value is a mapping or a list."""
    return isinstance(value, (Mapping, list))


def scalar_text(value: Json) -> str:
    """Give a scalar as YAML writes it plainly: ``true``, ``null``, ``8080``, the string itself."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def same(one: Json, other: Json) -> bool:
    """Whether two values are equal, scalars by their plain text (a renderer may quote a number that was not)."""
    if is_container(one) or is_container(other):
        return bool(one == other)
    return scalar_text(one) == scalar_text(other)


def corresponding(rendered: Json, path: FieldPath, source: Json) -> FieldPath:
    """Give the path in ``source`` of the field that is at ``path`` in ``rendered``: as far as it exists there.

    A result shorter than ``path`` says that the source holds only what encloses the field. Lists are walked by the
    identity of their elements: merge key, equal value, greatest likeness, index; an element without one ends it.
    """
    found: list[str | int] = []
    parent = ""
    for step in path:
        if isinstance(step, str):
            if not isinstance(source, Mapping) or step not in source:
                break
            found.append(step)
            parent = step
            rendered, source = rendered[step], source[step]
            continue
        at = _element(rendered, step, source, parent) if isinstance(source, list) else None
        if at is None:
            break
        found.append(at)
        rendered, source = rendered[step], source[at]
    return tuple(found)


def _element(rendered: Sequence[Json], at: int, source: Sequence[Json], parent: str) -> int | None:
    """Give the index in ``source`` of the element that is ``rendered[at]``."""
    wanted = rendered[at]
    if not isinstance(wanted, Mapping):
        return _equal_element(rendered, at, source)
    for key in (*MERGE_KEYS.get(parent, ()), "name"):
        if key in wanted and _identifies(key, rendered):
            found = _first(source, key, wanted[key])
            if found is not None or parent not in _REFERENCES:
                return found
    for key in OTHER_KEYS:
        found = _first(source, key, wanted[key]) if key in wanted and _identifies(key, rendered) else None
        if found is not None:
            return found
    likest = _likest(wanted, at, source)
    return likest if likest is not None or len(source) != len(rendered) else at


def _identifies(key: str, elements: Sequence[Json]) -> bool:
    """Whether every element has the key, and no two the same value of it."""
    values = [repr(item.get(key, MISSING)) for item in elements if isinstance(item, Mapping)]
    return len(set(values)) == len(elements) and repr(MISSING) not in values


def _first(elements: Sequence[Json], key: str, value: Json) -> int | None:
    matching = (at for at, item in enumerate(elements) if isinstance(item, Mapping) and same(item.get(key), value))
    return next(matching, None)


def _equal_element(rendered: Sequence[Json], at: int, source: Sequence[Json]) -> int | None:
    """Match a scalar: equal elements pair up in order; with none equal, the same index of a list of that length."""
    rank = sum(1 for item in rendered[:at] if item == rendered[at])
    equal = [index for index, item in enumerate(source) if item == rendered[at]]
    if equal:
        return equal[min(rank, len(equal) - 1)]
    return at if len(source) == len(rendered) else None


def _likest(wanted: Mapping[str, Json], at: int, source: Sequence[Json]) -> int | None:
    """Match a mapping without identity: the element that shares most scalars with it, of equals the nearest."""
    texts = _scalars(wanted)
    scores = [(len(texts & _scalars(item)), -abs(index - at), index) for index, item in enumerate(source)]
    best = max(scores, default=(0, 0, 0))
    return best[2] if best[0] else None


def _scalars(value: Json) -> set[tuple[FieldPath, str]]:
    return {(path, scalar_text(item)) for path, item in leaves(value)}


def leaves(value: Json, prefix: FieldPath = ()) -> list[tuple[FieldPath, Json]]:
    """Give the scalars of a value with their paths, in order."""
    if isinstance(value, Mapping):
        return [leaf for key, item in value.items() for leaf in leaves(item, (*prefix, key))]
    if isinstance(value, list):
        return [leaf for at, item in enumerate(value) for leaf in leaves(item, (*prefix, at))]
    return [(prefix, value)]
