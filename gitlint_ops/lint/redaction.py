"""Keeps credentials out of what is said: of URLs in reasons, and of values in messages."""

from __future__ import annotations

import re
from typing import Any

from gitlint_ops.repo.credential_names import credential_kind
from gitlint_ops.source import FieldPath

_USER_INFO = re.compile(r"(?<=://)[^/@\s'\"]+@")
_KEY = re.compile(r"[\w.-]+(?=[\"']?\s*[:=])")


def without_user_info(text: str) -> str:
    """Give a text with the user and password of every URL in it replaced by ``***``."""
    return _USER_INFO.sub("***@", text)


def names_credential(line: str) -> bool:
    """Whether a line of text sets something that is a credential by its name, or has a URL with a user in it."""
    return bool(_USER_INFO.search(line)) or any(credential_kind(key[0]) for key in _KEY.finditer(line))


def holds_credential(data: Any, field_path: FieldPath) -> bool:
    """Whether a field is a credential by its name: its key's, or the ``name`` of the list item that it belongs to."""
    for step in field_path:
        if isinstance(step, str) and credential_kind(step):
            return True
        data = _below(data, step)
        if isinstance(step, int) and isinstance(data, dict) and credential_kind(str(data.get("name", ""))):
            return True
    return False


def _below(data: Any, step: str | int) -> Any:
    try:
        return data[step]
    except (KeyError, IndexError, TypeError):
        return None
