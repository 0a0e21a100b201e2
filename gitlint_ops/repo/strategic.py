"""Strategic merge of a ``templatePatch`` into an Application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitlint_ops.source.model import Json

_MERGED_LISTS = frozenset({"finalizers"})
"""The lists of an Application that a strategic merge joins: Argo CD's types name no patch strategy for the others."""


def strategic_merge(target: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Apply a strategic merge patch: mappings merge, null deletes, lists replace, ``$patch`` replaces or deletes.

    Unlike Kubernetes' library it also merges inside ``helm.valuesObject``, where that one fails.
    """
    directive = patch.get("$patch")
    own = {key: value for key, value in patch.items() if key != "$patch"}
    if directive == "delete":
        return {}
    merged: dict[str, Any] = {} if directive == "replace" else dict(target)
    for key, value in own.items():
        if value is None or (isinstance(value, dict) and value.get("$patch") == "delete"):
            merged.pop(key, None)
        else:
            merged[key] = _merged(key, merged.get(key), value)
    return merged


def _merged(key: str, held: Json, value: Json) -> Json:
    if isinstance(value, dict):
        return strategic_merge(held if isinstance(held, dict) else {}, value)
    if key in _MERGED_LISTS and isinstance(held, list) and isinstance(value, list):
        return [*held, *(item for item in value if item not in held)]
    return value
