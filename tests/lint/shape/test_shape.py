from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gitlint_ops.config import load_config
from gitlint_ops.engine import EngineClient
from gitlint_ops.lint.asking import open_context
from gitlint_ops.lint.shape import describe_shape
from gitlint_ops.render import render_repository
from gitlint_ops.source import open_tree

FIXTURES = Path(__file__).parents[3] / "fixtures"
APPLICATION = """
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {{name: {name}, namespace: argocd}}
    spec:
      project: web
      source: {{repoURL: https://github.com/example/shop.git, targetRevision: v1, path: {path}}}
      destination: {{server: https://kubernetes.default.svc, namespace: {name}}}
"""
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: x, image: x:1.0.0}]}\n"


def shape_of(root: Path) -> dict[str, Any]:
    config = load_config(root)
    with EngineClient(root, workers=1) as engine:
        tree = open_tree(root, engine, config)
        return describe_shape(open_context(tree, render_repository(tree, engine, config), config, engine))


def written(root: Path, files: Mapping[str, str]) -> dict[str, Any]:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), "utf-8", newline="\n")
    return shape_of(root)


@pytest.mark.parametrize(
    ("fixture", "name", "patterns"),
    [
        ("app-of-apps-clean", "app-of-apps", ["app-of-apps"]),
        ("app-repo-clean", "app-repository", []),
        ("base-overlays-clean", "base-and-overlays", ["base-and-overlays"]),
        ("helm-values-clean", "environment-repository", []),
        ("monorepo-clean", "monorepo", ["base-and-overlays", "app-of-apps"]),
    ],
)
def test_the_shapes_of_the_fixtures(fixture: str, name: str, patterns: list[str]) -> None:
    shape = shape_of(FIXTURES / fixture)
    assert (shape["name"], shape["patterns"]) == (name, patterns)


def test_an_environment_repository_with_its_figures(tmp_path: Path) -> None:
    files: dict[str, str] = {}
    for app in ("web", "api"):
        files[f"{app}/base/kustomization.yaml"] = "resources: [pod.yaml]\n"
        files[f"{app}/base/pod.yaml"] = POD
        for env in ("dev", "prod"):
            files[f"{app}/overlays/{env}/kustomization.yaml"] = "resources: [../../base]\n"
            files[f"argocd/{app}-{env}.yaml"] = APPLICATION.format(name=f"{app}-{env}", path=f"{app}/overlays/{env}")
    assert written(tmp_path, files) == {
        "name": "environment-repository",
        "patterns": ["base-and-overlays"],
        "reasons": [
            "2 applications in 2 environments (dev, prod), and no source code",
            "4 overlays build on 2 bases",
        ],
        "watch": [
            {
                "topic": "shared-folders",
                "message": "2 folders are shared; a bad merge in api/base reaches 2 deliveries in 2 environments (dev, "
                "prod), production among them",
                "figures": {"folders": 2, "deliveries": 2, "environments": 2},
                "path": "api/base",
            },
            {
                "topic": "promotion-order",
                "message": "the order of promotion is read as dev, prod: promote along it, by reviewed pull requests",
                "figures": {"environments": 2, "ranked": 2},
                "path": "",
            },
            {
                "topic": "overlay-size",
                "message": "no overlay patches its base",
                "figures": {"overlays": 0},
                "path": "",
            },
            {
                "topic": "duplicated-policies",
                "message": "no policy is copied across applications",
                "figures": {"policies": 0, "copies": 0},
                "path": "",
            },
        ],
    }


def test_source_code_of_several_things_beside_manifests_is_mixed(tmp_path: Path) -> None:
    files = {f"{name}/{file}": "x\n" for name in ("one", "two") for file in ("Dockerfile", "main.go")}
    files |= {f"manifests/{n}/pod.yaml": POD for n in range(12)}
    files |= {f"argocd/{n}.yaml": APPLICATION.format(name=f"app-{n}", path=f"manifests/{n}") for n in range(3)}
    shape = written(tmp_path, files)
    assert shape["name"] == "mixed"
    assert shape["reasons"][0].endswith("applications beside 2 files of source code, built in one, two")


def test_nothing_to_deploy_has_no_shape(tmp_path: Path) -> None:
    assert written(tmp_path, {"README.md": "x\n"}) == {
        "name": "none",
        "patterns": [],
        "reasons": ["nothing here is deployed"],
        "watch": [],
    }
