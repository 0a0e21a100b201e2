from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gitlint_ops.lint.schemas.kustomization import kustomization_faults
from tests.lint.checks.support import findings, places

GROUP = "kustomize.config.k8s.io"
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"


@pytest.mark.parametrize(
    ("data", "messages"),
    [
        ({"resources": ["a.yaml"], "namespace": None, "Images": []}, []),
        ({"resource": []}, ["resource is not a field of Kustomization; did you mean resources?"]),
        (
            {"images": [{"name": "a", "tag": "1"}]},
            ["images[0].tag is not a field of Image; its fields are digest, name, newName, newTag, tagSuffix"],
        ),
        ({"resources": "a.yaml"}, ["resources must be a list, not the string 'a.yaml'"]),
        ({"commonLabels": {"a": True}}, ["commonLabels.a must be a string, not the boolean true; put it in quotes"]),
        ({"replicas": [{"name": "a", "count": "3"}]}, ["replicas[0].count must be an integer, not the string '3'"]),
        ({"kind": "Kustomisation"}, ["kind must be Kustomization or Component, not 'Kustomisation'"]),
        (
            {"kind": "Component", "apiVersion": "kustomize.config.k8s.io/v1beta1"},
            [f"apiVersion must be {GROUP}/v1alpha1 for a Component, not '{GROUP}/v1beta1'"],
        ),
        (
            {"secretGenerator": [{"name": "a", "literals": [4711]}]},
            ["secretGenerator[0].literals[0] must be a string, not this value; put it in quotes"],
        ),
    ],
)
def test_what_kustomize_takes_and_refuses(data: dict[str, Any], messages: list[str]) -> None:
    assert [fault.message for fault in kustomization_faults(data)] == messages


@pytest.mark.parametrize(
    "base",
    [
        {"base/kustomization.yaml": "resource: [config.yaml]\n"},
        {"base/kustomization.yaml": "resources: [config.yaml]\nnamespace: 12\n"},
        {"base/kustomization.yaml": "resources: [config.yaml]\n", "base/kustomization.yml": "namePrefix: a-\n"},
        {"base/kustomization.yaml": "kind: Kustomization\nresources:\n"},
        {"base/kustomization.yaml": "resources: [config.yaml]\npatches:\n  - a.yaml\n", "base/a.yaml": CONFIG},
    ],
)
def test_the_overlays_of_a_broken_base_are_not_named_too(base: dict[str, str], tmp_path: Path) -> None:
    overlays = {f"overlays/{name}/kustomization.yaml": "resources: [../../base]\n" for name in ("dev", "prod")}
    files = {"base/config.yaml": CONFIG, **base, **overlays}
    found = findings(tmp_path, files, "invalid-kustomization", "render-failed")
    assert [(item.rule, item.span.path, item.environments) for item in found] == [
        ("invalid-kustomization", "base/kustomization.yaml", ("dev", "prod"))
    ]


def test_a_field_that_flux_drops_in_one_build_and_kustomize_refuses_in_another(tmp_path: Path) -> None:
    files = {
        "flux/apps.yaml": """
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata: {name: apps, namespace: flux-system}
            spec: {interval: 10m, path: ./base, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
            """,
        "base/kustomization.yaml": "resources: [config.yaml]\nnamePrefx: a-\n",
        "base/config.yaml": CONFIG,
    }
    message = "namePrefx is not a field of Kustomization; did you mean namePrefix?"
    (found,) = findings(tmp_path / "one", files, "invalid-kustomization")
    assert found.message == f"{message} Flux drops it without a word"
    files["overlays/prod/kustomization.yaml"] = "resources: [../../base]\n"
    (found,) = findings(tmp_path / "two", files, "invalid-kustomization")
    assert found.message == f"{message} The build fails"


def test_what_is_generated_into_another_kind_of_file_is_not_judged(tmp_path: Path) -> None:
    flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {prune: true}\n"
    assert places(findings(tmp_path, {"a/kustomization.yaml": flux}, "invalid-kustomization")) == []
