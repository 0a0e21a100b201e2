"""Keeps credentials out of what is said: of URLs in reasons, and of values in messages."""

from __future__ import annotations

import re
from typing import Any

from gitlint_ops.lint.checks.credential_names import credential_kind
from gitlint_ops.source import FieldPath

_USER_INFO = re.compile(r"(?<=://)[^/@\s'\"]+@")


def without_user_info(text: str) -> str:
    """Give a text with the user and password of every URL in it replaced by ``***``."""
    return _USER_INFO.sub("***@", text)


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
