from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.lint.older_controllers import older_controllers
from gitlint_ops.render import render_repository
from gitlint_ops.render.controllers import ControllerName, Version, installed_versions
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
            found = older_controllers(tree, render_repository(tree, engine, config), controllers)
            return [(entry.unit, entry.path, entry.reason) for entry in found]

    return units


NULL = (
    "Argo CD 2.13 renders it with Helm 3, this run with Helm 4: they treat the null in its values differently, in the "
    "chart's own values and for subcharts"
)


def test_a_null_in_values_under_helm_3(named: Named) -> None:
    files = CHART | {"app.yaml": application("chart", "{valuesObject: {a: {b: null}}}")}
    assert named(files, argocd="2.13") == [("helm", "chart", NULL)]
    assert named(files, argocd="3.5") == []
    assert named(files) == []


def test_a_null_in_the_charts_own_values(named: Named) -> None:
    files = CHART | {"chart/values.yaml": "a: [{b: }]\n", "app.yaml": application("chart")}
    assert named(files, argocd="v2.13.1") == [("helm", "chart", NULL)]


def test_values_without_null_are_not_named(named: Named) -> None:
    files = CHART | {"app.yaml": application("chart", "{valuesObject: {a: {b: 2}}}")}
    assert named(files, argocd="2.13") == []


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


INSTALLED: dict[str, tuple[ControllerName, dict[str, str], tuple[Version, ...]]] = {
    "an image": (
        "argocd",
        {
            "a.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: argocd-server}\nspec: {template: {spec: "
            "{containers: [{name: server, image: 'quay.io/argoproj/argocd:v2.13.2'}]}}}\n"
        },
        ((2, 13),),
    ),
    "a remote manifest": (
        "argocd",
        {
            "k/kustomization.yaml": "resources: ['https://raw.githubusercontent.com/argoproj/argo-cd/v3.1.0/manifests/"
            "install.yaml']\n"
        },
        ((3, 1),),
    ),
    "a remote base": (
        "argocd",
        {"k/kustomization.yaml": "resources: ['github.com/argoproj/argo-cd//manifests/ha?ref=v2.9.3']\n"},
        ((2, 9),),
    ),
    "a label of Flux": (
        "flux",
        {
            "gotk-components.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: flux-system, labels: "
            "{app.kubernetes.io/part-of: flux, app.kubernetes.io/version: v2.5.1}}\n"
        },
        ((2, 5),),
    ),
    "an instance of Flux": (
        "flux",
        {
            "f.yaml": "apiVersion: fluxcd.controlplane.io/v1\nkind: FluxInstance\nmetadata: {name: flux, namespace: "
            "flux-system}\nspec: {distribution: {version: 2.7.x}}\n"
        },
        ((2, 7),),
    ),
    "nothing": ("flux", {"c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"}, ()),
}


@pytest.mark.parametrize("name", INSTALLED)
def test_what_the_repository_installs(name: str, write: Callable[[Mapping[str, str]], Path]) -> None:
    controller, files, versions = INSTALLED[name]
    root = write(files)
    with EngineClient(root) as engine:
        rendering = render_repository(open_tree(root, engine, Config()), engine, Config())
    assert installed_versions(rendering, {}, controller) == versions
    assert installed_versions(rendering, {controller: "9.1"}, controller) == ((9, 1),)
