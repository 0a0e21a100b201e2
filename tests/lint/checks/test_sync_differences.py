from __future__ import annotations

from typing import Any

import pytest

from gitlint_ops.lint.checks.sync_differences import wide_fields


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"kind": "Deployment", "jsonPointers": ["/spec/replicas", "/spec"]}, ["spec of every Deployment as a whole"]),
        ({"kind": "Deployment", "jsonPointers": [""]}, ["everything of every Deployment as a whole"]),
        ({"kind": "Secret", "jsonPointers": ["/data"]}, ["data of every Secret as a whole"]),
        ({"kind": "Secret", "name": "admin", "jsonPointers": ["/data"]}, []),
        ({"kind": "Deployment", "name": "web", "jsonPointers": ["/spec"]}, ["spec of Deployment web as a whole"]),
        ({"kind": "*", "jsonPointers": ["/metadata"]}, ["metadata of every kind as a whole"]),
        ({"jsonPointers": ["/metadata/annotations/a"]}, []),
        ({"kind": "CustomResourceDefinition", "jsonPointers": ["/status"]}, []),
        (
            {"kind": "Deployment", "jqPathExpressions": [".spec.template.spec.containers[]"]},
            ["spec.template.spec.containers of every Deployment as a whole"],
        ),
        (
            {
                "kind": "Deployment",
                "jqPathExpressions": ['.spec.containers[] | select(.name == "a")', ".webhooks[]?.a"],
            },
            [],
        ),
        ({"kind": "A", "jqPathExpressions": ["."]}, ["everything of every A as a whole"]),
        (
            {"kind": "*", "managedFieldsManagers": ["kube-controller-manager", "kubectl-client-side-apply"]},
            ["all that the field manager 'kubectl-client-side-apply' sets in every kind"],
        ),
        ({"kind": "A", "managedFieldsManagers": ["*"]}, ["all that the field manager '*' sets in every A"]),
        ({"kind": "A", "jsonPointers": "/spec", "managedFieldsManagers": None}, []),
    ],
)
def test_wide_entries(entry: dict[str, Any], expected: list[str]) -> None:
    assert [what for _, what in wide_fields(entry)] == expected


def test_the_field_of_a_wide_entry() -> None:
    entry = {"kind": "Deployment", "jsonPointers": ["/spec/replicas", "/spec/"]}
    assert [path for path, _ in wide_fields(entry)] == [("jsonPointers", 1)]
