"""A problem of a controller's object, before it has a place."""

from __future__ import annotations

from dataclasses import dataclass

from gitlint_ops.lint.model import Severity
from gitlint_ops.source.model import FieldPath


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a field of an object. ``text`` does not name the object; ``severity`` None is the rule's."""

    path: FieldPath
    text: str
    on_key: bool = False
    severity: Severity | None = None
