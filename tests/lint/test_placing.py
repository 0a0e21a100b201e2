"""The deliveries and environments that a place in a file concerns."""

from __future__ import annotations

from pathlib import Path

from tests.lint.checks.support import findings

CONFIG = {".gitlint-ops.yaml": "repository: {urls: [https://github.com/acme/gitops]}\n"}
OVERLAYS = {
    "base/kustomization.yaml": "resources: [a.yaml]\n",
    "overlays/dev/kustomization.yaml": "resources: [../../base]\n",
    "overlays/prod/kustomization.yaml": "resources: [../../base]\n",
    "overlays/qa/kustomization.yaml": "resources: []\n",
}
CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "chart/values.yaml": "a: 1\n",
    "chart/values-dev.yaml": "a: 2\n",
    "chart/values-prod.yaml": "a: 3\na: 4\n",
}


def _application(values: str) -> str:
    return f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: web-prod, namespace: argocd}}
        spec:
          project: default
          source:
            repoURL: https://github.com/acme/gitops
            targetRevision: v1
            path: chart
            helm:
              valueFiles: [values-prod.yaml]
              valuesObject: {values}
          destination: {{server: https://kubernetes.default.svc, namespace: web}}
        """


def test_a_broken_file_of_a_base_is_of_the_environments_that_build_on_it(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, {**OVERLAYS, "base/a.yaml": "kind: ConfigMap\n\tx: 1\n"}, "invalid-yaml")
    assert found.environments == ("dev", "prod")
    assert found.deliveries == ("kustomize:overlays/dev", "kustomize:overlays/prod")


def test_a_values_file_is_of_the_environments_whose_releases_use_it(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, CHART, "duplicate-key")
    assert (found.span.path, found.environments) == ("chart/values-prod.yaml", ("prod",))


def test_a_declaration_is_of_its_delivery(tmp_path: Path) -> None:
    files = {**CONFIG, **CHART, "chart/values-prod.yaml": "a: 3\n", "argocd/web.yaml": _application("{a: 1, a: 2}")}
    (found,) = findings(tmp_path, files, "duplicate-key")
    assert found.environments == ("prod",)
    assert found.deliveries == ("argocd:Application/argocd/web-prod", "directory:argocd")


def test_an_object_that_declares_a_delivery_is_of_its_environment(tmp_path: Path) -> None:
    files = {**CONFIG, **CHART, "chart/values-prod.yaml": "a: 3\n", "argocd/web.yaml": _application("{a: 1}")}
    files["argocd/web.yaml"] = files["argocd/web.yaml"].replace("destination:", "destnation:")
    (found,) = findings(tmp_path, files, "schema-error")
    assert (found.object.kind if found.object else "", found.environments) == ("Application", ("prod",))
