from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings

RULE = "invalid-application"
CONFIG = "repository: {urls: [https://git.acme.example/fleet.git]}\n"


def kustomization(name: str, path: str, depends: str = "", namespace: str = "flux-system") -> str:
    return f"""
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {{name: {name}, namespace: {namespace}}}
        spec:
          interval: 10m
          path: ./{path}
          prune: true
          sourceRef: {{kind: GitRepository, name: flux-system, namespace: flux-system}}
          dependsOn: [{depends}]
        """


ROOT = {
    ".gitlint-ops.yaml": CONFIG,
    "clusters/prod/root.yaml": kustomization("root", "clusters/prod/all"),
    "web/all.yaml": "{apiVersion: v1, kind: ConfigMap, metadata: {name: web, namespace: web}}\n",
}
UNSEEN = kustomization("other", "elsewhere").replace("name: flux-system, namespace", "name: platform, namespace")


@pytest.mark.parametrize(
    ("depends", "beside", "said"),
    [
        ("{name: storage}", "", "nothing in this repository declares: it is never ready"),
        ("{name: storage}", kustomization("storage", "web"), ""),
        ("{name: storage}", kustomization("storgae", "web"), "is not declared; did you mean storgae?"),
        (
            "{name: storage}",
            kustomization("storage", "web", namespace="data"),
            "is in the namespace data and not in flux-system: it is never ready; say namespace: data",
        ),
        ("{name: storage, namespace: data}", kustomization("storage", "web", namespace="data"), ""),
        ("{name: '${NAME}'}", "", ""),
        ("{}", "", ""),
        ("text", "", ""),
        (
            "{name: storage}",
            "{apiVersion: fluxcd.controlplane.io/v1, kind: ResourceSet, metadata: {name: x, namespace: x}, spec: {}}\n",
            "",
        ),
        ("{name: storage}", UNSEEN, ""),
    ],
)
def test_a_dependency(depends: str, beside: str, said: str, tmp_path: Path) -> None:
    all_of_it = {"clusters/prod/all/web.yaml": kustomization("web", "web", depends), "clusters/prod/all/b.yaml": beside}
    found = findings(tmp_path, {**ROOT, **all_of_it}, RULE)
    messages = [item.message.partition(", which ")[2] for item in found if "depends on" in item.message]
    assert messages == [said] * bool(said)


def test_a_manifest_that_nothing_applies_may_be_applied_by_hand(tmp_path: Path) -> None:
    files = {
        "clusters/prod/all/kustomization.yaml": "resources: [web.yaml]\n",
        "clusters/prod/all/web.yaml": kustomization("web", "web", "{name: storage}"),
        "clusters/prod/all/storage.yaml": kustomization("storage", "web"),
    }
    assert [item for item in findings(tmp_path, {**ROOT, **files}, RULE) if "depends on" in item.message] == []


@pytest.mark.parametrize(("other", "count"), [("{name: root}", 1), ("", 0)])
def test_what_nothing_creates_is_judged_in_a_set_that_is_whole(other: str, count: int, tmp_path: Path) -> None:
    files = {
        "clusters/prod/web.yaml": kustomization("web", "web", "{name: storage}"),
        "clusters/prod/other.yaml": kustomization("other", "web", other),
        "clusters/prod/all/web.yaml": ROOT["web/all.yaml"],
    }
    found = findings(tmp_path, {**ROOT, **files}, RULE)
    assert len([item for item in found if "depends on" in item.message]) == count
