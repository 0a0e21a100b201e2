from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings

CHART = {
    "charts/root/Chart.yaml": "{apiVersion: v2, name: root, version: 1.0.0}\n",
    "charts/root/values.yaml": "cluster: {id: one}\n",
    "charts/root/templates/application.yaml": """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: web, namespace: argocd}
        spec:
          project: default
          destination:
            server: {{ .Values.cluster.url }}
            namespace: web
          source: {repoURL: https://git.example.com/acme/charts, path: web, targetRevision: v1.2.0}
        """,
    "charts/root/templates/service.yaml": """
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
            - port: {{ .Values.port }}
              protokol: TCP
        """,
}
WHY = "nothing rendered here delivers the chart 'charts/root', and its value '{}' is empty until it is installed"
NO_CLUSTER = (
    "Application web: its destination has neither server nor name, so Argo CD cannot tell the cluster; "
    "write name: in-cluster"
)
NO_PORT = "Service web: spec.ports[0].port must be an integer, not nothing"
MISSPELT = "Service web: spec.ports[0].protokol is not a field of ServicePort; did you mean protocol?"
DELIVERED = """
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: root, namespace: argocd}
    spec:
      project: default
      destination: {name: in-cluster, namespace: argocd}
      source: {repoURL: https://git.example.com/acme/fleet, path: charts/root, targetRevision: v1.2.0}
    """
CONFIG = "repository: {urls: [https://git.example.com/acme/fleet]}\n"


def said(root: Path, files: dict[str, str], rule: str) -> list[tuple[str, str]]:
    return [(found.severity, found.message) for found in findings(root, files, rule)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("invalid-application", [("info", f"{NO_CLUSTER}; {WHY.format('cluster.url')}")]),
        ("schema-error", [("error", MISSPELT), ("info", f"{NO_PORT}; {WHY.format('port')}")]),
    ],
)
def test_what_the_installer_mends_is_a_note(tmp_path: Path, rule: str, expected: list[tuple[str, str]]) -> None:
    assert said(tmp_path, CHART, rule) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("invalid-application", [("error", NO_CLUSTER)]),
        ("schema-error", [("error", NO_PORT), ("error", MISSPELT)]),
    ],
)
def test_what_is_delivered_with_these_values_is_an_error(
    tmp_path: Path, rule: str, expected: list[tuple[str, str]]
) -> None:
    files = {**CHART, ".gitlint-ops.yaml": CONFIG, "apps/root.yaml": DELIVERED}
    assert sorted(said(tmp_path, files, rule)) == sorted(expected)


def test_a_made_up_value_has_faults_of_its_own(tmp_path: Path) -> None:
    job = """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: web}
        spec:
          schedule: {{ .Values.schedule }}
          jobTemplate:
            spec:
              template:
                spec: {restartPolicy: Never, containers: [{name: web, image: "example.com/web:1.0.0"}]}
        """
    files = {
        "charts/root/Chart.yaml": CHART["charts/root/Chart.yaml"],
        "charts/root/values.yaml": "schedule: ''\n",
        "charts/root/templates/job.yaml": job,
    }
    message = f"CronJob web: spec.schedule must be a string, not nothing; {WHY.format('schedule')}"
    assert said(tmp_path, files, "schema-error") == [("info", message)]
