"""The schemas of Argo CD's and Flux' own kinds, which the program brings with it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gitlint_ops.lint.schemas import UnknownKind, folders
from gitlint_ops.lint.schemas.crds import CustomKinds
from gitlint_ops.lint.schemas.folders import controller_schemas
from tests.lint.schemas.judging import definition, messages, verdict

CONTROLLERS = Path(folders.__file__).parent / "data"


def controlled(api_version: str, kind: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "web"}, "spec": spec}


DURATION = r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$"
SOURCE = {"repoURL": "https://example.org/r.git", "path": "."}
APPLICATION = {"project": "default", "destination": {"namespace": "web"}, "source": SOURCE}
FLUX = {"interval": "10m", "prune": True, "sourceRef": {"kind": "GitRepository", "name": "flux-system"}}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (controlled("argoproj.io/v1alpha1", "Application", **APPLICATION), []),
        (
            controlled("argoproj.io/v1alpha1", "Application", **APPLICATION, syncPolicy={"automated": {"prun": True}}),
            ["spec.syncPolicy.automated.prun is not a field of spec.syncPolicy.automated; did you mean prune?"],
        ),
        (
            controlled("argoproj.io/v1alpha1", "Application", project="default", destination={}, sources=[{}]),
            ["spec.sources[0].repoURL is required, and missing"],
        ),
        (controlled("kustomize.toolkit.fluxcd.io/v1", "Kustomization", **FLUX), []),
        (
            controlled("kustomize.toolkit.fluxcd.io/v1", "Kustomization", **FLUX, dependOn=[]),
            ["spec.dependOn is not a field of spec; did you mean dependsOn?"],
        ),
        (
            controlled("kustomize.toolkit.fluxcd.io/v1", "Kustomization", **{**FLUX, "interval": "10 min"}),
            [f"spec.interval must match the pattern {DURATION}, and the string '10 min' does not"],
        ),
        (
            controlled(
                "helm.toolkit.fluxcd.io/v2beta1", "HelmRelease", interval="5m", chart={"spec": {"chart": "web"}}
            ),
            ["spec.chart.spec.sourceRef is required, and missing"],
        ),
        (
            controlled("source.toolkit.fluxcd.io/v1", "HelmRepository", url="https://example.org", type="git"),
            ["spec.type must be one of default, oci, not 'git'"],
        ),
        (
            controlled(
                "notification.toolkit.fluxcd.io/v1beta3",
                "Alert",
                providerRef={"name": "chat"},
                eventSources=[{"kind": "FluxInstance", "name": "flux"}],
            ),
            [],
        ),
    ],
)
def test_kinds_of_argo_cd_and_flux_are_checked_by_their_own_schemas(data: dict[str, Any], expected: list[str]) -> None:
    assert messages(data) == expected


def test_the_definition_in_the_repository_comes_before_our_own() -> None:
    kinds = CustomKinds()
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"fork": {"type": "string"}}}}}
    own = definition(schema, "v1alpha1", group="argoproj.io", names={"kind": "Application"})
    kinds.add(own)
    data = controlled("argoproj.io/v1alpha1", "Application", fork="yes")
    assert messages(data, kinds=kinds) == []


def test_other_kinds_of_their_groups_stay_unknown() -> None:
    assert verdict(controlled("argoproj.io/v1alpha1", "Rollout")) == UnknownKind("argoproj.io", "Rollout")


@pytest.mark.parametrize("kind", ["Long" * 100, "../Application", "Application\0", "é"])
def test_what_can_be_no_kind_is_no_file(kind: str) -> None:
    assert controller_schemas().find("argoproj.io/v1alpha1", kind) is None


@pytest.mark.parametrize(
    "file", sorted(CONTROLLERS.glob("*/*.json")), ids=lambda file: f"{file.parent.name}/{file.name}"
)
def test_each_schema_of_a_controller_compiles_and_says_where_it_is_from(file: Path) -> None:
    kind, _, version = file.stem.partition("_")
    assert controller_schemas().find(f"{file.parent.name}/{version}", kind) is not None
    assert re.search(r", from github\.com/\S+@v\d+\.\d+\.\d+$", json.loads(file.read_bytes())["description"])
