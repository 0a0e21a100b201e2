"""Where the API server is milder than the schema, and where a value is not final yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitlint_ops.lint.schemas.fault import SchemaView
from gitlint_ops.lint.schemas.validation.formats import is_placeholder
from gitlint_ops.render.model import RenderedObject

_OF_TEXT = frozenset({"Enum", "OneOfNotValid", "Pattern"})
"""Errors that another text would mend: a placeholder is no final text."""


def judged_part(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give the part that is judged: without ``status``, which an apply does not write, and SOPS' own field."""
    return {key: value for key, value in data.items() if key not in ("status", "sops")}


def is_tolerated(error: Any, view: SchemaView, item: RenderedObject) -> bool:
    """Whether the API server accepts what a schema error complains of, or the value is replaced before it gets there.

    A null field counts as absent (encoding/json leaves the zero value; the API server prunes nulls of custom objects),
    so it is no type error; where the field is required, the null is reported. An empty string is no value of an enum.
    A placeholder may become any text.
    """
    value = error.instance
    kind = type(error.kind).__name__
    if kind in _OF_TEXT and isinstance(value, str) and is_placeholder(value):
        return True
    if value is None:
        return not _is_required(tuple(error.instance_path), view)
    if kind == "Enum" and value == "":
        return not _is_required(tuple(error.instance_path), view)
    return isinstance(value, str) and _is_replaced(value, item)


def _is_required(path: tuple[str | int, ...], view: SchemaView) -> bool:
    if not path or isinstance(path[-1], int):
        return False
    above, _ = view.at(path[:-1])
    return path[-1] in above.get("required", ())


def _is_replaced(value: str, item: RenderedObject) -> bool:
    """Whether a value is cipher text, or a Flux variable that only the cluster knows."""
    return value.startswith("ENC[") or ("${" in value and item.delivery.controller != "argocd")
