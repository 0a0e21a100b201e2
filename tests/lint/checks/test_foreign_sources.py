from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

RULE = "source-of-another-environment"
CONFIG = "repository: {urls: [https://git.acme.example/fleet.git]}\n"
EMPTY = "resources: []\n"


def application(path: str, name: str = "web", namespace: str = "shop", cluster: str = "in-cluster") -> str:
    return f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: {name}, namespace: argocd}}
        spec:
          project: shop
          source:
            repoURL: https://git.acme.example/fleet.git
            targetRevision: v1.0.0
            path: {path}
          destination: {{name: {cluster}, namespace: {namespace}}}
        """


@pytest.mark.parametrize(
    ("file", "text", "count"),
    [
        ("argocd/prod/web.yaml", application("apps/staging"), 1),
        ("argocd/prod/web.yaml", application("apps/prod"), 0),
        ("argocd/web.yaml", application("apps/staging", name="web-prod"), 1),
        ("argocd/web.yaml", application("apps/staging", namespace="shop-prod"), 1),
        ("argocd/web.yaml", application("apps/staging", cluster="prod-eu"), 1),
        ("argocd/web.yaml", application("apps/staging"), 0),
        ("argocd/prod/web.yaml", application("apps/staging", cluster="staging"), 0),
        ("argocd/prod/web.yaml", application("apps/staging", name="web-staging"), 0),
        ("argocd/nonprod/web.yaml", application("apps/staging"), 0),
        ("argocd/qa/web.yaml", application("apps/staging"), 0),
        ("argocd/prod/web.yaml", application("apps/staging/only-here"), 0),
        ("argocd/prod/web.yaml", application("prod/staging"), 0),
        ("argocd/prod/web.yaml", application("apps/base"), 0),
        ("examples/prod/web.yaml", application("apps/staging"), 0),
    ],
)
def test_where_a_delivery_belongs_and_what_it_takes(file: str, text: str, count: int, tmp_path: Path) -> None:
    folders = (
        "apps/staging",
        "apps/prod",
        "apps/dev",
        "apps/base",
        "apps/staging/only-here",
        "prod/staging",
        "prod/prod",
    )
    files = {f"{folder}/kustomization.yaml": EMPTY for folder in folders}
    found = findings(tmp_path, {".gitlint-ops.yaml": CONFIG, file: text, **files}, RULE)
    assert places(found) == [(file, 9)] * count
    assert [item.severity for item in found] == ["error"] * count


def test_what_is_no_production_is_a_warning(tmp_path: Path) -> None:
    files = {"apps/dev/kustomization.yaml": EMPTY, "apps/staging/kustomization.yaml": EMPTY}
    text = application("apps/dev", name="web-staging")
    (found,) = findings(tmp_path, {".gitlint-ops.yaml": CONFIG, "web.yaml": text, **files}, RULE)
    assert found.severity == "warning"


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ("[values.yaml, values-staging.yaml]", 1),
        ("[values-staging.yaml, values-prod.yaml]", 0),
        ("[values-prod.yaml]", 0),
        ("[values.yaml]", 0),
    ],
)
def test_values_files(values: str, count: int, tmp_path: Path) -> None:
    text = application("chart", name="web-prod").replace(
        "path: chart\n", f"path: chart\n            helm: {{valueFiles: {values}}}\n"
    )
    names = ("values.yaml", "values-staging.yaml", "values-prod.yaml")
    chart = {
        "chart/Chart.yaml": "{apiVersion: v2, name: web, version: 1.0.0}\n",
        **{f"chart/{n}": "a: b\n" for n in names},
    }
    found = findings(tmp_path, {".gitlint-ops.yaml": CONFIG, "web.yaml": text, **chart}, RULE)
    assert places(found) == [("web.yaml", 10)] * count
