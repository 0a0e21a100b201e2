"""Label selectors as the API server matches them (apimachinery, meta/v1 LabelSelectorAsSelector)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitlint_ops.source.narrowing import elements, mapping


def selects(selector: Any, labels: Mapping[str, str]) -> bool:
    """Say whether a LabelSelector (``matchLabels``, ``matchExpressions``) selects labels; an empty one selects all."""
    if not isinstance(selector, Mapping):
        return False
    if any(labels.get(key) != str(value) for key, value in mapping(selector, "matchLabels").items()):
        return False
    return all(_holds(item, labels) for item in elements(selector.get("matchExpressions")))


def _holds(expression: Any, labels: Mapping[str, str]) -> bool:
    if not isinstance(expression, Mapping):
        return False
    value = labels.get(str(expression.get("key")))
    values = [str(item) for item in elements(expression.get("values"))]
    match expression.get("operator"):
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    return False
