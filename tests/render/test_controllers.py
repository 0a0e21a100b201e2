"""Which controllers a repository installs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.render import render_repository
from gitlint_ops.render.controllers import ControllerName, Version, installed_versions
from gitlint_ops.source import open_tree

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
