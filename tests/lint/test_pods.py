from __future__ import annotations

from typing import Any

import pytest

from gitlint_ops.lint.pods import containers_of, described_pods
from gitlint_ops.source import display_path
from tests.lint.support import rendered

BOX = {"name": "web", "image": "nginx:1.2.3"}


def pods(kind: str, spec: Any, api_version: str = "apps/v1") -> list[tuple[str, bool, list[tuple[str, str]]]]:
    item = rendered({"apiVersion": api_version, "kind": kind, "metadata": {"name": "web"}, "spec": spec})
    return [
        (
            display_path(pod.field_path),
            pod.whole,
            [(display_path(found.field_path), found.role) for found in containers_of(pod)],
        )
        for pod in described_pods(item)
    ]


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"])
def test_workloads_have_one_whole_pod_with_all_its_containers(kind: str) -> None:
    spec = {"initContainers": [BOX], "containers": [BOX], "ephemeralContainers": [BOX]}
    where = "spec.template.spec"
    assert pods(kind, {"template": {"spec": spec}}) == [
        (
            where,
            True,
            [
                (f"{where}.initContainers[0]", "init"),
                (f"{where}.containers[0]", "app"),
                (f"{where}.ephemeralContainers[0]", "ephemeral"),
            ],
        )
    ]


@pytest.mark.parametrize(
    ("kind", "api_version", "spec", "where"),
    [
        ("Pod", "v1", {"containers": [BOX]}, "spec"),
        ("Job", "batch/v1", {"template": {"spec": {"containers": [BOX]}}}, "spec.template.spec"),
        (
            "CronJob",
            "batch/v1",
            {"jobTemplate": {"spec": {"template": {"spec": {"containers": [BOX]}}}}},
            "spec.jobTemplate.spec.template.spec",
        ),
        ("Rollout", "argoproj.io/v1alpha1", {"template": {"spec": {"containers": [BOX]}}}, "spec.template.spec"),
        (
            "PyTorchJob",
            "kubeflow.org/v1",
            {"replicas": {"Worker": {"template": {"spec": {"containers": [BOX]}}}}},
            "spec.replicas.Worker.template.spec",
        ),
    ],
)
def test_other_kinds_with_pod_templates(kind: str, api_version: str, spec: Any, where: str) -> None:
    assert pods(kind, spec, api_version) == [(where, True, [(f"{where}.containers[0]", "app")])]


def test_an_operator_completes_containers_outside_of_a_template() -> None:
    found = pods("Prometheus", {"containers": [{"name": "proxy"}]}, "monitoring.coreos.com/v1")
    assert found == [("spec", False, [("spec.containers[0]", "app")])]


def test_steps_and_single_containers_of_workflows() -> None:
    spec = {"templates": [{"script": {"image": "python:3.13.1"}, "sidecars": [BOX]}]}
    assert pods("Workflow", spec, "argoproj.io/v1alpha1") == [
        (
            "spec.templates[0]",
            False,
            [("spec.templates[0].script", "app"), ("spec.templates[0].sidecars[0]", "app")],
        )
    ]


@pytest.mark.parametrize(
    ("kind", "api_version", "spec"),
    [
        ("HelmRelease", "helm.toolkit.fluxcd.io/v2", {"values": {"containers": [BOX]}}),
        ("CustomResourceDefinition", "apiextensions.k8s.io/v1", {"containers": [BOX]}),
        ("Deployment", "apps/v1", {"template": None}),
        ("Deployment", "apps/v1", None),
        ("Deployment", "apps/v1", {"template": {"spec": {"containers": "none"}}}),
    ],
)
def test_what_describes_no_container(kind: str, api_version: str, spec: Any) -> None:
    assert [found for _, _, containers in pods(kind, spec, api_version) for found in containers] == []
