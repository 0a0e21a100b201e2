from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gitlint_ops.config import load_config
from gitlint_ops.engine import EngineClient
from gitlint_ops.lint.asking import open_context
from gitlint_ops.lint.versions.collect import version_table
from gitlint_ops.lint.versions.model import VersionTable
from gitlint_ops.lint.versions.overview import summarise_versions
from gitlint_ops.lint.versions.standing import standing
from gitlint_ops.render import render_repository
from gitlint_ops.source import open_tree

Write = Callable[[Mapping[str, str]], Path]

DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec: {template: {spec: {containers: [{name: web, image: "registry.example.com/web:1.0.0"}]}}}
    """


def overlay(tag: str, base: str = "../../base") -> str:
    return f"resources: [{base}]\nimages: [{{name: registry.example.com/web, newTag: {tag}}}]\n"


def application(environment: str, version: str) -> str:
    return f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: podinfo-{environment}, namespace: argocd}}
        spec:
          project: default
          source:
            repoURL: https://charts.example.com
            chart: podinfo
            targetRevision: {version}
            helm: {{valuesObject: {{image: {{repository: example/podinfo, tag: "{version}@sha256:0a"}}}}}}
          destination: {{server: https://kubernetes.default.svc, namespace: podinfo}}
        """


@contextmanager
def opened(root: Path) -> Iterator[Any]:
    config = load_config(root)
    with EngineClient(root, workers=1) as engine:
        tree = open_tree(root, engine, config)
        yield open_context(tree, render_repository(tree, engine, config), config, engine)


def _table(root: Path) -> VersionTable:
    with opened(root) as context:
        return version_table(context)


def _shown(table: VersionTable) -> dict[str, dict[str, str]]:
    return {
        f"{app.name}: {item.sort} {item.name}": {name: ", ".join(c.versions) for name, c in item.cells.items()}
        for app in table.apps
        for item in app.components
    }


def test_overlays_of_one_application(write: Write) -> None:
    files = {"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": DEPLOYMENT}
    files |= {
        f"overlays/{name}/kustomization.yaml": overlay(tag) for name, tag in (("dev", "1.2.0"), ("prod", "1.1.0"))
    }
    table = _table(write(files))
    assert _shown(table) == {"web: image registry.example.com/web": {"dev": "1.2.0", "prod": "1.1.0"}}
    assert standing(table, table.apps[0].components[0], "prod").words == "1 minor version behind dev"


def test_charts_of_applications_and_the_images_in_their_values(write: Write) -> None:
    files = {f"apps/{name}.yaml": application(name, version) for name, version in (("dev", "6.7.0"), ("prod", "6.5.0"))}
    assert _shown(_table(write(files))) == {
        "podinfo: chart podinfo": {"dev": "6.7.0", "prod": "6.5.0"},
        "podinfo: image example/podinfo": {"dev": "6.7.0@sha256:0a", "prod": "6.5.0@sha256:0a"},
    }


def test_another_registry_in_each_environment_is_one_image(write: Write) -> None:
    files = {"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": DEPLOYMENT}
    for name in ("dev", "prod"):
        image = f"{{name: registry.example.com/web, newName: {name}.example.com/team/web, newTag: 1.2.0}}"
        files[f"overlays/{name}/kustomization.yaml"] = f"resources: [../../base]\nimages: [{image}]\n"
    assert _shown(_table(write(files))) == {"web: image web": {"dev": "1.2.0", "prod": "1.2.0"}}


def test_the_dependency_of_a_chart_that_only_wraps_it(write: Write) -> None:
    chart = """
        apiVersion: v2
        name: podinfo
        version: 0.1.0
        dependencies: [{name: podinfo, version: 6.5.0, repository: "https://charts.example.com"}]
        """
    assert _shown(_table(write({"charts/podinfo/Chart.yaml": chart}))) == {"podinfo: chart podinfo": {"": "6.5.0"}}


def test_the_overview_names_the_line_that_sets_a_version(write: Write) -> None:
    files = {"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": DEPLOYMENT}
    files |= {
        f"overlays/{name}/kustomization.yaml": overlay(tag) for name, tag in (("dev", "1.2.0"), ("prod", "1.1.0"))
    }
    with opened(write(files)) as context:
        overview = summarise_versions(context, all_places=False)
    dev, prod = overview["apps"][0]["components"][0]["versions"]
    assert (dev["relation"], dev["places"]) == ("first", [])
    assert (prod["relation"], prod["reference"], prod["distance"]) == ("behind", "dev", "1 minor version")
    assert prod["places"] == [{"path": "overlays/prod/kustomization.yaml", "line": 2, "column": 51, "exact": True}]


@pytest.mark.parametrize(("wanted", "count"), [("", 1), ("WEB", 1), ("w*b", 1), ("api", 0)])
def test_the_overview_of_what_is_wanted(wanted: str, count: int, write: Write) -> None:
    files = {"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": DEPLOYMENT}
    files["overlays/prod/kustomization.yaml"] = overlay("1.2.0")
    with opened(write(files)) as context:
        assert len(summarise_versions(context, wanted)["apps"]) == count
