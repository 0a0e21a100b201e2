from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.lint.older_controllers import older_controllers
from gitlint_ops.render import render_repository
from gitlint_ops.source import open_tree

URLS = ("https://git.example.com/fleet.git",)
CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "chart/values.yaml": "a: {b: 1}\n",
    "chart/templates/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n",
}


def application(path: str, helm: str = "") -> str:
    block = f", helm: {helm}" if helm else ""
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n"
        f"  source: {{repoURL: '{URLS[0]}', path: {path}, targetRevision: main{block}}}\n"
        "  destination: {name: in-cluster, namespace: web}\n"
    )


Named = Callable[..., list[tuple[str, str, str]]]


@pytest.fixture
def named(write: Callable[[Mapping[str, str]], Path]) -> Named:
    def units(files: Mapping[str, str], **controllers: str) -> list[tuple[str, str, str]]:
        root, config = write(files), Config(repository_urls=URLS, controllers=controllers)
        with EngineClient(root) as engine:
            tree = open_tree(root, engine, config)
            found = older_controllers(render_repository(tree, engine, config), controllers)
            return [(entry.unit, entry.path, entry.reason) for entry in found]

    return units


def test_an_inflated_chart_without_a_namespace(named: Named) -> None:
    files = {f"overlay/charts/web/{name.removeprefix('chart/')}": text for name, text in CHART.items()}
    files["overlay/kustomization.yaml"] = "namespace: web\nhelmCharts: [{name: web, releaseName: web}]\n"
    files["app.yaml"] = application("overlay")
    reason = (
        "Argo CD 3.2 has a Kustomize before 5.8, which inflates its charts in the namespace default where "
        "helmCharts names none; this run gives them the kustomization's namespace"
    )
    assert named(files, argocd="3.2") == [("kustomize", "overlay", reason)]
    assert named(files, argocd="3.3") == []
