from __future__ import annotations

from typing import Any

import pytest

from gitlint_ops.lint.checks.containers import images_of


def _found(data: dict[str, Any]) -> list[tuple[str, str]]:
    return [(".".join(map(str, found.field_path)), found.image) for found in images_of(data)]


def test_every_kind_of_container_is_seen() -> None:
    pod = {
        "containers": [{"image": "a"}],
        "initContainers": [{"image": "b"}],
        "ephemeralContainers": [{"image": "c"}],
        "volumes": [{"image": {"reference": "d"}}, {"emptyDir": {}}],
    }
    assert _found({"kind": "Pod", "spec": pod}) == [
        ("spec.containers.0.image", "a"),
        ("spec.initContainers.0.image", "b"),
        ("spec.ephemeralContainers.0.image", "c"),
        ("spec.volumes.0.image.reference", "d"),
    ]


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (
            {
                "kind": "CronJob",
                "spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [{"image": "a"}]}}}}},
            },
            "spec.jobTemplate.spec.template.spec.containers.0.image",
        ),
        ({"kind": "Task", "spec": {"steps": [{"image": "a"}]}}, "spec.steps.0.image"),
        (
            {"kind": "Workflow", "spec": {"templates": [{"container": {"image": "a"}}]}},
            "spec.templates.0.container.image",
        ),
        ({"kind": "Custom", "spec": {"pods": [{"containers": [{"image": "a"}]}]}}, "spec.pods.0.containers.0.image"),
    ],
)
def test_custom_kinds_that_hold_containers_count(data: dict[str, Any], path: str) -> None:
    assert _found(data) == [(path, "a")]


@pytest.mark.parametrize("kind", ["ConfigMap", "CustomResourceDefinition", "Secret", "HelmRelease", "Application"])
def test_kinds_that_run_nothing_are_left_out(kind: str) -> None:
    assert _found({"kind": kind, "spec": {"containers": [{"image": "a"}]}}) == []


@pytest.mark.parametrize("container", [None, "text", {"image": ""}, {"image": 3}, {"name": "x"}])
def test_odd_containers_break_nothing(container: Any) -> None:
    assert _found({"kind": "Pod", "spec": {"containers": [container], "initContainers": {"image": "x"}}}) == []
