from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.render import render_repository
from gitlint_ops.source import open_tree

Write = Callable[[Mapping[str, str]], Path]
URL = "https://github.com/acme/gitops"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
WEB = "argocd:Application/argocd/web"


def _application(path: str, extra: str) -> str:
    return f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: web, namespace: argocd}}
spec:
  project: default
  source: {{repoURL: {URL}, targetRevision: v1, path: {path}, {extra}}}
  destination: {{server: https://kubernetes.default.svc, namespace: web}}
"""


def _readers(root: Path) -> Mapping[str, tuple[str, ...]]:
    config = Config(repository_urls=(URL,))
    with EngineClient(root) as engine:
        return render_repository(open_tree(root, engine, config), engine, config).readers


def test_a_base_is_read_by_every_overlay(write: Write) -> None:
    files = {
        "base/kustomization.yaml": "resources: [a.yaml]\n",
        "base/a.yaml": CONFIG_MAP,
        "dev/kustomization.yaml": "resources: [../base]\n",
        "prod/kustomization.yaml": "resources: [../base, gone.yaml]\n",
    }
    readers = _readers(write(files))
    assert readers["base/a.yaml"] == ("kustomize:dev", "kustomize:prod")
    assert readers["dev/kustomization.yaml"] == ("kustomize:dev",)


def test_a_component_that_an_application_adds(write: Write) -> None:
    files = {
        "app.yaml": _application("web", "kustomize: {components: [../extra]}"),
        "web/kustomization.yaml": "resources: [a.yaml]\n",
        "web/a.yaml": CONFIG_MAP,
        "extra/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n",
    }
    assert _readers(write(files))["extra/kustomization.yaml"] == (WEB,)


def test_a_release_reads_its_own_values_files(write: Write) -> None:
    files = {
        "app.yaml": _application("chart", "helm: {valueFiles: [values-prod.yaml]}"),
        "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "chart/values.yaml": "a: 1\n",
        "chart/values-dev.yaml": "a: 2\n",
        "chart/values-prod.yaml": "a: 3\n",
    }
    readers = _readers(write(files))
    assert readers["chart/values.yaml"] == (WEB, "helm:chart:dev")
    assert readers["chart/values-dev.yaml"] == ("helm:chart:dev",)
    assert readers["chart/values-prod.yaml"] == (WEB,)


def test_a_directory_source_reads_what_it_includes(write: Write) -> None:
    files = {
        "argocd/app.yaml": _application("web", "directory: {include: prod.yaml}"),
        "web/prod.yaml": CONFIG_MAP,
        "web/dev.yaml": CONFIG_MAP,
    }
    readers = _readers(write(files))
    assert readers["web/prod.yaml"] == (WEB,)
    assert WEB not in readers.get("web/dev.yaml", ())
