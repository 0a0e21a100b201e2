"""Every scalar under the name that tells what it is: a key, an env variable, a Helm parameter, a flag."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gitlint_ops.source.model import FieldPath, Json

Named = tuple[FieldPath, str, Json]
"""Field path, name, and value: a string, a number or a boolean."""
_FLAG = re.compile(r"-{0,2}([A-Za-z_][\w.-]*)=(.*)", re.DOTALL)
"""``--flag=value``, and ``KEY=value`` as generators and Compose files have it."""
_BARE_FLAG = re.compile(r"--?([A-Za-z][\w.-]*)")
_LABELS = ("name", "key", "Name", "Key")
_VALUES = frozenset({"value", "Value"})
_KEY_NAMES = frozenset({"secretKey", "objectName", "objectAlias"})
_REFERENCES = frozenset({"remoteRef", "sourceRef", "objectType", "secretName"})
_NEVER = frozenset(
    {"encryptedData", "remoteRef", "openAPIV3Schema", "managedFields", "secretKeyRef", "configMapKeyRef"}
)
"""Keys below which nothing is a value of ours: cipher text, references, schemas."""


def named_values(value: Json) -> list[Named]:
    """Give every scalar below ``value`` with its path and name; references, cipher text and schemas are left out."""
    found: list[Named] = []
    _add(value, (), "", found)
    return found


def _add(value: Json, path: FieldPath, name: str, found: list[Named]) -> None:
    # Every file is walked: a list that grows costs less than generators within generators.
    if isinstance(value, dict):
        for key, item in value.items():
            # External Secrets and Secrets Store write secretKey for the name of a key.
            if key not in _NEVER and (key not in _KEY_NAMES or _REFERENCES.isdisjoint(value)):
                _add(item, (*path, key), (key in _VALUES and _label(value)) or key, found)
    elif isinstance(value, list):
        _add_items(value, path, name, found)
    elif value is not None:
        found.append((path, name, value))


def _label(value: Mapping[str, Any]) -> str:
    """Give the name of a ``{name: ..., value: ...}`` pair, as env, parameters and options have it."""
    return next((value[key] for key in _LABELS if isinstance(value.get(key), str)), "")


def _add_items(value: list[Json], path: FieldPath, name: str, found: list[Named]) -> None:
    for index, item in enumerate(value):
        where = (*path, index)
        if not isinstance(item, str):
            _add(item, where, name, found)
            continue
        flag = _FLAG.fullmatch(item)
        before = value[index - 1] if index else None
        bare = _BARE_FLAG.fullmatch(before) if isinstance(before, str) else None
        if flag:
            found.append((where, flag[1], flag[2]))
        elif bare and not item.startswith("-"):
            found.append((where, bare[1], item))
        else:
            found.append((where, "", item))
