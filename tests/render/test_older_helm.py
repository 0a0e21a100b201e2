"""Charts of controllers with Helm 3, which takes a null in values for something else than Helm 4 does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.render import render_repository
from gitlint_ops.source import open_tree

URL = "https://git.example.com/fleet.git"
CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: sub, version: 1.0.0}]\n",
    "chart/values.yaml": "sub: {x: null}\n",
    "chart/charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
    "chart/charts/sub/values.yaml": "x: kept\n",
    "chart/charts/sub/templates/c.yaml": (
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {x: {{ .Values.x | default "gone" }}}\n'
    ),
    "app.yaml": (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n"
        f"  source: {{repoURL: '{URL}', path: chart, targetRevision: main}}\n"
        "  destination: {name: in-cluster, namespace: web}\n"
    ),
}
WITH_KUSTOMIZE = {
    f"app/charts/web/{name.removeprefix('chart/')}": CHART[name] for name in CHART if name != "app.yaml"
} | {
    "app.yaml": CHART["app.yaml"].replace("path: chart", "path: app"),
    "app/kustomization.yaml": "helmCharts: [{name: web, releaseName: web, valuesFile: own.yaml}]\n",
    "app/own.yaml": "a: 1\n",
}
ARGO_CD = "resources: ['https://raw.githubusercontent.com/argoproj/argo-cd/v{0}/manifests/install.yaml']\n"


def installed(version: str) -> dict[str, str]:
    return {"argocd/kustomization.yaml": ARGO_CD.format(version)}


@pytest.mark.parametrize(
    ("files", "controllers", "value"),
    [
        (CHART, {}, "kept"),
        (CHART, {"argocd": "2.13"}, "gone"),
        (CHART, {"argocd": "v3.4.2"}, "gone"),
        (CHART, {"argocd": "3.5"}, "kept"),
        (CHART, {"flux": "2.7"}, "kept"),
        (CHART | installed("3.1.0"), {}, "gone"),
        (CHART | installed("3.1.0"), {"argocd": "3.5"}, "kept"),
        (CHART | installed("3.5.1"), {}, "kept"),
        (WITH_KUSTOMIZE, {"argocd": "2.13"}, "gone"),
        (WITH_KUSTOMIZE | installed("3.1.0"), {}, "gone"),
        (WITH_KUSTOMIZE, {}, "kept"),
    ],
)
def test_the_value_that_a_null_takes_away(
    files: Mapping[str, str],
    controllers: Mapping[str, str],
    value: str,
    write: Callable[[Mapping[str, str]], Path],
) -> None:
    root, config = write(files), Config(repository_urls=(URL,), controllers=controllers)
    with EngineClient(root) as engine:
        rendering = render_repository(open_tree(root, engine, config), engine, config)
    (rendered,) = [item for item in rendering.all_objects() if item.kind == "ConfigMap"]
    assert rendered.data["data"] == {"x": value}
