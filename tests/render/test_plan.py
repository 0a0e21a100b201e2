from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.render.plan import Pool, request_for
from gitlint_ops.repo.model import DirectoryUnit, FluxBuild, HelmUnit, KustomizeUnit, ValueLayer


def test_a_kustomization_as_argo_cd_builds_it() -> None:
    edits = (("set", "image", "web=web:1"),)
    unit = KustomizeUnit("apps/web", edits=edits, load_restrictor="none", enable_helm=True, helm=3)
    assert request_for(unit, "1.33") == {
        "verb": "kustomize",
        "path": "apps/web",
        "load_restrictor": "none",
        "edits": [["set", "image", "web=web:1"]],
        "enable_helm": True,
        "helm": 3,
        "kube_version": "1.33",
        "api_versions": [],
    }


def test_a_kustomization_as_flux_builds_it() -> None:
    build = FluxBuild("apps", "flux-system", {"path": "./apps"}, {"DOMAIN": "example.com"}, ignore="/docs")
    assert request_for(KustomizeUnit("apps", flux=build)) == {
        "verb": "kustomize",
        "path": "apps",
        "load_restrictor": "root",
        "flux": {
            "ignore": "/docs",
            "spec": {"path": "./apps"},
            "name": "apps",
            "namespace": "flux-system",
            "vars": {"DOMAIN": "example.com"},
            "strict": True,
        },
    }


def test_a_chart_keeps_its_layers_in_order_and_its_own_version() -> None:
    layers = ValueLayer("file", "values-prod.yaml"), ValueLayer("inline", {"a": 1}), ValueLayer("set", ["b=2"])
    unit = HelmUnit("charts/web", "web", "prod", layers, kube_version="1.30", skip_tests=True)
    assert request_for(unit, "1.33") == {
        "verb": "helm",
        "chart": "charts/web",
        "helm": 4,
        "release": "web",
        "namespace": "prod",
        "layers": [{"file": "values-prod.yaml"}, {"inline": {"a": 1}}, {"set": ["b=2"]}],
        "kube_version": "1.30",
        "api_versions": [],
        "include_crds": True,
        "skip_tests": True,
        "hooks": True,
        "skip_schema_validation": False,
    }


def test_a_release_keeps_what_flux_does_after_the_rendering() -> None:
    post = {"patches": [], "images": []}
    unit = HelmUnit(
        "c", "r", "n", chart_values_files=("v.yaml",), post_renderers=(post,), common_metadata={"labels": {}}
    )
    request = request_for(unit)
    assert (request["chart_values_files"], request["post_renderers"]) == (["v.yaml"], [post])
    assert request["common_metadata"] == {"labels": {}}


def test_a_folder_of_manifests() -> None:
    assert request_for(DirectoryUnit("m", recurse=True, exclude="*.json")) == {
        "verb": "directory",
        "path": "m",
        "recurse": True,
        "include": "",
        "exclude": "*.json",
        "jsonnet": True,
    }


class CountingEngine:
    def __init__(self) -> None:
        self.seen: list[Mapping[str, Any]] = []

    def call_many(self, requests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any] | EngineError]:
        self.seen += requests
        return [EngineError("failed", "no") if r["path"] == "bad" else {"objects": [r["path"]]} for r in requests]


def test_equal_requests_are_rendered_once_in_a_batch_and_between_batches() -> None:
    engine = CountingEngine()
    pool = Pool(cast("EngineClient", engine))
    a, a_again, bad = ({"verb": "kustomize", "path": path} for path in ("a", "a", "bad"))
    first = pool.answer_all([a, bad, a_again])
    second = pool.answer_all([bad, {"path": "a", "verb": "kustomize"}])
    assert engine.seen == [a, bad]
    assert first[0] is first[2] is second[1]
    assert first[1] is second[0]
    assert isinstance(second[0], EngineError)
