from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gitlint_ops.lint.checks.sync_order import wave
from tests.lint.checks.support import findings, places
from tests.lint.support import rendered

RULE = "missing-sync-wave"
URL = "https://github.com/example/platform-gitops.git"
CONFIG = f"repository: {{urls: [{URL}]}}\n"
CRD = """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: databases.db.example.com}
    spec:
      group: db.example.com
      scope: Namespaced
      names: {kind: Database, plural: databases}
      versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
    """
WEBHOOK = """
    apiVersion: admissionregistration.k8s.io/v1
    kind: MutatingWebhookConfiguration
    metadata: {name: databases}
    webhooks:
      - name: databases.db.example.com
        failurePolicy: POLICY
        rules: [{apiGroups: [db.example.com], apiVersions: [v1], operations: [CREATE], resources: [databases]}]
    """


def database(annotations: str = "{}") -> str:
    return f"""
        apiVersion: db.example.com/v1
        kind: Database
        metadata: {{name: orders, namespace: orders, annotations: {annotations}}}
        """


def application(name: str, options: str = "[]") -> str:
    return f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: {name}, namespace: argocd}}
        spec:
          project: default
          source: {{repoURL: {URL}, targetRevision: main, path: {name}}}
          destination: {{server: https://kubernetes.default.svc, namespace: {name}}}
          syncPolicy: {{syncOptions: {options}}}
        """


@pytest.mark.parametrize(
    ("annotations", "expected"),
    [
        ({}, 0),
        ({"argocd.argoproj.io/sync-wave": "-2"}, -2),
        ({"helm.sh/hook-weight": "5"}, 5),
        ({"argocd.argoproj.io/sync-wave": "1", "helm.sh/hook-weight": "5"}, 1),
        ({"argocd.argoproj.io/sync-wave": "late"}, 0),
    ],
)
def test_waves(annotations: dict[str, Any], expected: int) -> None:
    item = rendered({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "annotations": annotations}})
    assert wave(item) == expected


@pytest.mark.parametrize(
    ("annotations", "options", "elsewhere", "count"),
    [
        ("{}", "[]", {}, 1),
        ("{argocd.argoproj.io/sync-options: SkipDryRunOnMissingResource=true}", "[]", {}, 0),
        ("{}", "[SkipDryRunOnMissingResource=true]", {}, 0),
        ("{}", "[]", {"argocd/crds.yaml": application("crds"), "crds/crd.yaml": CRD}, 0),
    ],
    ids=["unordered", "on the object", "on the Application", "another delivery brings it"],
)
def test_a_crd_that_a_child_brings(
    annotations: str, options: str, elsewhere: dict[str, str], count: int, tmp_path: Path
) -> None:
    files = {
        "argocd/root.yaml": application("root", options),
        "root/operator.yaml": application("operator"),
        "root/database.yaml": database(annotations),
        "operator/crd.yaml": CRD,
        ".gitlint-ops.yaml": CONFIG,
    } | elsewhere
    assert places(findings(tmp_path, files, RULE)) == [("root/database.yaml", 2)] * count


@pytest.mark.parametrize(
    ("policy", "annotations", "count"),
    [("Fail", "{}", 1), ("Ignore", "{}", 0), ("Fail", "{argocd.argoproj.io/sync-wave: '1'}", 0)],
)
def test_an_object_that_a_webhook_admits(policy: str, annotations: str, count: int, tmp_path: Path) -> None:
    files = {
        "argocd/operator.yaml": application("operator"),
        "operator/crd.yaml": CRD,
        "operator/webhook.yaml": WEBHOOK.replace("POLICY", policy),
        "operator/database.yaml": database(annotations),
        ".gitlint-ops.yaml": CONFIG,
    }
    assert places(findings(tmp_path, files, RULE)) == [("operator/database.yaml", 2)] * count


@pytest.mark.parametrize(
    ("folder", "annotations", "count"),
    [("templates", "{}", 1), ("crds", "{}", 0), ("templates", "{helm.sh/hook: post-install}", 0)],
)
def test_a_release_with_its_crd(folder: str, annotations: str, count: int, tmp_path: Path) -> None:
    files = {
        "clusters/home/release.yaml": f"""
            apiVersion: source.toolkit.fluxcd.io/v1
            kind: GitRepository
            metadata: {{name: flux-system, namespace: flux-system}}
            spec: {{interval: 1m, url: "{URL}", ref: {{branch: main}}}}
            ---
            apiVersion: helm.toolkit.fluxcd.io/v2
            kind: HelmRelease
            metadata: {{name: db, namespace: flux-system}}
            spec:
              interval: 10m
              chart:
                spec: {{chart: ./charts/db, sourceRef: {{kind: GitRepository, name: flux-system}}}}
            """,
        "charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n",
        f"charts/db/{folder}/crd.yaml": CRD,
        "charts/db/templates/database.yaml": database(annotations),
        ".gitlint-ops.yaml": CONFIG,
    }
    found = findings(tmp_path, files, RULE)
    assert places(found) == [("charts/db/templates/database.yaml", 2)] * count


@pytest.mark.parametrize(("plural", "kind", "count"), [("applications", "Application", 0), ("rollouts", "Rollout", 1)])
def test_argo_cds_own_kinds_are_there_where_it_runs(plural: str, kind: str, count: int, tmp_path: Path) -> None:
    crd = CRD.replace("databases.db.example.com", f"{plural}.argoproj.io").replace("db.example.com", "argoproj.io")
    rollout = "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: web, namespace: web}}\n"
    files = {
        ".gitlint-ops.yaml": CONFIG,
        "root.yaml": application("root"),
        "root/operator.yaml": application("operator"),
        "root/rollout.yaml": rollout,
        "operator/crd.yaml": crd.replace("kind: Database", f"kind: {kind}").replace(
            "plural: databases", f"plural: {plural}"
        ),
    }
    assert len(findings(tmp_path, files, RULE)) == count
