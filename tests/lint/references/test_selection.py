from __future__ import annotations

from typing import Any

import pytest

from gitlint_ops.lint.references.selection import Selector, is_selective, selector_of

LABELS = {"app": "web", "tier": "front"}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"matchLabels": {"app": "web"}}, True),
        ({"matchLabels": {"app": "web", "tier": "back"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "api"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}, False),
        ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": 3}]}, False),
        ({"matchLabels": {"app": "web", "pod-template-hash": "abc"}}, True),
    ],
)
def test_label_selectors(written: dict[str, Any], *, expected: bool) -> None:
    assert selector_of(written).selects(LABELS) is expected


def test_labels_are_texts() -> None:
    assert selector_of({"matchLabels": {"version": 1}}) == Selector({"version": "1"})


def test_what_selects() -> None:
    assert is_selective({"app": "web"})
    assert not is_selective({})
    assert not is_selective(None)
    assert not is_selective({"app": "{{ .Values.name }}"})
