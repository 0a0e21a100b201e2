"""Strategic merge of a ``templatePatch`` into an Application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitlint_ops.repo.templating import TemplateError
from gitlint_ops.source.model import FieldPath, Json

_DIRECTIVE = "$patch"
_MERGED_LISTS = frozenset({("metadata", "finalizers")})
"""The lists of an Application that a strategic merge joins: Argo CD's types name no patch strategy for the others."""
_OPAQUE = "valuesObject"
"""A field without a type of its own (RawExtension): nothing below it says how to merge its mappings and lists."""


def strategic_merge(target: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Apply a strategic merge patch to an Application: mappings merge, null deletes, lists replace.

    As applicationset/controllers/template/patch.go of Argo CD does it, with apimachinery's strategicpatch: where the
    target has the mapping, ``$patch: replace`` replaces it and ``$patch: delete`` empties it; where it has none, a
    mapping with a directive is dropped. Raises TemplateError, with the library's words, for another directive and for
    a mapping or list inside ``helm.valuesObject`` that both sides have.
    """
    return _merge(target, patch, ())


def _merge(target: Mapping[str, Any], patch: Mapping[str, Any], path: FieldPath) -> dict[str, Any]:
    if _DIRECTIVE in patch:
        return _directed(patch)
    merged = dict(target)
    for key, value in patch.items():
        if value is None or (key not in merged and _is_directed(value)):
            merged.pop(key, None)
        else:
            merged[key] = _merged(merged.get(key), value, (*path, key))
    return merged


def _directed(patch: Mapping[str, Any]) -> dict[str, Any]:
    directive = patch[_DIRECTIVE]
    if directive not in ("replace", "delete"):
        raise TemplateError(f"unknown patch type: {directive}")
    return {key: value for key, value in patch.items() if directive == "replace" and key != _DIRECTIVE}


def _merged(held: Json, value: Json, path: FieldPath) -> Json:
    if isinstance(value, dict) and isinstance(held, dict):
        _require_type(path)
        return _merge(held, value, path)
    if isinstance(value, list) and isinstance(held, list):
        _require_type(path)
        return [*value, *(item for item in held if item not in value)] if path in _MERGED_LISTS else value
    return _plain(value)


def _require_type(path: FieldPath) -> None:
    if _OPAQUE in path[:-1]:
        raise TemplateError(f'unable to find api field in struct RawExtension for the json field "{path[-1]}"')


def _plain(value: Json) -> Json:
    """Give what a patch sets where there is nothing to merge with: without its nulls and its directives."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if item is not None and not _is_directed(item)}
        return {key: _plain(item) for key, item in kept.items()}
    return [_plain(item) for item in value if not _is_directed(item)] if isinstance(value, list) else value


def _is_directed(value: Json) -> bool:
    return isinstance(value, dict) and _DIRECTIVE in value
