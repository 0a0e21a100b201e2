"""Every scalar under the name that tells what it is: a key, an env variable, a Helm parameter, a flag."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.source.model import FieldPath, Json

Named = tuple[FieldPath, str, Json]
"""Field path, name, and value: a string, a number or a boolean."""
_FLAG = re.compile(r"-{0,2}([A-Za-z_][\w.-]*)=(.*)", re.DOTALL)
"""``--flag=value``, and ``KEY=value`` as generators and Compose files have it."""
_BARE_FLAG = re.compile(r"--?([A-Za-z][\w.-]*)")
_LABELS = ("name", "key", "Name", "Key")
_NEVER = frozenset(
    {"encryptedData", "remoteRef", "openAPIV3Schema", "managedFields", "secretKeyRef", "configMapKeyRef"}
)
"""Keys below which nothing is a value of ours: cipher text, references, schemas."""


def named_values(value: Json, path: FieldPath = (), name: str = "") -> Iterator[Named]:
    """Give every scalar below ``value`` with its path and name; references, cipher text and schemas are left out."""
    if isinstance(value, dict):
        yield from _of_mapping(value, path)
    elif isinstance(value, list):
        yield from _of_list(value, path, name)
    elif value is not None:
        yield path, name, value


def _of_mapping(value: Mapping[str, Any], path: FieldPath) -> Iterator[Named]:
    label = _label(value)
    for key, item in value.items():
        if key in _NEVER or _is_key_reference(key, value):
            continue
        yield from named_values(item, (*path, key), label if key in ("value", "Value") and label else key)


def _label(value: Mapping[str, Any]) -> str:
    """Give the name of a ``{name: ..., value: ...}`` pair, as env, parameters and options have it."""
    return next((value[key] for key in _LABELS if isinstance(value.get(key), str)), "")


def _is_key_reference(key: str, beside: Mapping[str, Any]) -> bool:
    """External Secrets and Secrets Store write ``secretKey`` for the name of a key."""
    return key in ("secretKey", "objectName", "objectAlias") and bool(
        {"remoteRef", "sourceRef", "objectType", "secretName"}.intersection(beside)
    )


def _of_list(value: list[Json], path: FieldPath, name: str) -> Iterator[Named]:
    for index, item in enumerate(value):
        where = (*path, index)
        if not isinstance(item, str):
            yield from named_values(item, where, name)
            continue
        flag = _FLAG.fullmatch(item)
        before = value[index - 1] if index else None
        bare = _BARE_FLAG.fullmatch(before) if isinstance(before, str) else None
        if flag:
            yield where, flag[1], flag[2]
        elif bare and not item.startswith("-"):
            yield where, bare[1], item
        else:
            yield where, "", item
