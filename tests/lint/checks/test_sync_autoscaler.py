from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

RULE = "hpa-fights-replicas"
URL = "https://github.com/example/platform-gitops.git"
CONFIG = f"repository: {{urls: [{URL}]}}\n"


def workload(kind: str = "Deployment", replicas: str = "replicas: 2", namespace: str = "web") -> str:
    return f"""
        apiVersion: apps/v1
        kind: {kind}
        metadata: {{name: web, namespace: {namespace}}}
        spec:
          {replicas}
        """


def scaler(
    api: str = "autoscaling/v2", kind: str = "HorizontalPodAutoscaler", target: str = "kind: Deployment,"
) -> str:
    return f"""
        apiVersion: {api}
        kind: {kind}
        metadata: {{name: web, namespace: web}}
        spec: {{scaleTargetRef: {{{target} name: web}}}}
        """


@pytest.mark.parametrize(
    ("work", "scale", "count"),
    [
        (workload(), scaler(), 1),
        (workload(), scaler("keda.sh/v1alpha1", "ScaledObject", ""), 1),
        (workload("StatefulSet"), scaler(target="kind: StatefulSet,"), 1),
        (workload("StatefulSet"), scaler(), 0),
        (workload(replicas="replicas: 0"), scaler(), 0),
        (workload(replicas="paused: true"), scaler(), 0),
        (workload(namespace="other"), scaler(), 0),
        (workload(), scaler("example.com/v1", "HorizontalPodAutoscaler"), 0),
    ],
)
def test_what_an_autoscaler_scales(work: str, scale: str, count: int, tmp_path: Path) -> None:
    found = findings(tmp_path, {"web/web.yaml": work, "web/scaler.yaml": scale}, RULE)
    assert places(found) == [("web/web.yaml", 5)] * count


def application(name: str, ignored: str = "[]") -> str:
    return f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: {name}, namespace: argocd}}
        spec:
          project: default
          source: {{repoURL: {URL}, targetRevision: main, path: {name}}}
          destination: {{server: https://kubernetes.default.svc, namespace: web}}
          ignoreDifferences: {ignored}
        """


@pytest.mark.parametrize(
    ("ignored", "count"),
    [
        ("[]", 1),
        ("[{group: apps, kind: Deployment, jsonPointers: [/spec/replicas]}]", 0),
        ("[{group: '*', kind: '*', jqPathExpressions: [.spec.replicas]}]", 0),
        ("[{group: apps, kind: Deployment, name: other, jsonPointers: [/spec/replicas]}]", 1),
        ("[{group: apps, kind: StatefulSet, jsonPointers: [/spec/replicas]}]", 1),
        ("[{group: apps, kind: Deployment, jsonPointers: [/metadata/labels]}]", 1),
    ],
)
def test_an_autoscaler_of_another_delivery(ignored: str, count: int, tmp_path: Path) -> None:
    files = {
        "argocd/web.yaml": application("web", ignored),
        "argocd/scalers.yaml": application("scalers"),
        "web/web.yaml": workload(),
        "scalers/web.yaml": scaler(),
        ".gitlint-ops.yaml": CONFIG,
    }
    assert places(findings(tmp_path, files, RULE)) == [("web/web.yaml", 5)] * count


def test_folders_that_nothing_delivers_may_go_to_different_clusters(tmp_path: Path) -> None:
    files = {
        "one/kustomization.yaml": "resources: [web.yaml]\n",
        "one/web.yaml": workload(),
        "two/kustomization.yaml": "resources: [web.yaml]\n",
        "two/web.yaml": scaler(),
    }
    assert findings(tmp_path, files, RULE) == ()
