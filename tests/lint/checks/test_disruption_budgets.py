from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

RULE = "disruption-budget-blocks"


def files(limit: str, replicas: str = "replicas: 3", kind: str = "Deployment", more: str = "") -> dict[str, str]:
    return {
        "web/budget.yaml": f"""
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata: {{name: web, namespace: shop}}
            spec:
              {limit}
              selector: {{matchLabels: {{app: web}}}}
            """,
        "web/web.yaml": f"""
            apiVersion: apps/v1
            kind: {kind}
            metadata: {{name: web, namespace: shop}}
            spec:
              {replicas}
              selector: {{matchLabels: {{app: web}}}}
              template:
                metadata: {{labels: {{app: web}}}}
                spec: {{containers: [{{name: web, image: "registry.example.com/web:1.4.2"}}]}}
            """,
        "web/more.yaml": more,
    }


@pytest.mark.parametrize(
    ("limit", "replicas", "count"),
    [
        ("minAvailable: 3", "replicas: 3", 1),
        ("minAvailable: 2", "replicas: 3", 0),
        ("minAvailable: 4", "replicas: 3", 1),
        ("minAvailable: 1", "paused: false", 1),
        ("minAvailable: 1", "replicas: 0", 0),
        ("minAvailable: 100%", "replicas: 3", 1),
        ("minAvailable: 67%", "replicas: 3", 1),
        ("minAvailable: 66%", "replicas: 3", 0),
        ("maxUnavailable: 0", "replicas: 3", 1),
        ("maxUnavailable: 0%", "replicas: 3", 1),
        ("maxUnavailable: 1%", "replicas: 3", 0),
        ("maxUnavailable: two", "replicas: 3", 0),
        ("minAvailable: ²%", "replicas: 3", 0),
        (f"minAvailable: '{'9' * 5000}%'", "replicas: 3", 0),
    ],
)
def test_limits(limit: str, replicas: str, count: int, tmp_path: Path) -> None:
    assert places(findings(tmp_path, files(limit, replicas), RULE)) == [("web/budget.yaml", 5)] * count


def test_a_daemon_set_is_not_drained(tmp_path: Path) -> None:
    assert findings(tmp_path, files("maxUnavailable: 0", kind="DaemonSet", replicas="minReadySeconds: 1"), RULE) == ()


@pytest.mark.parametrize(("fewest", "count"), [("minReplicas: 2,", 0), ("minReplicas: 1,", 1), ("", 1)])
def test_the_autoscaler_sets_the_fewest(fewest: str, count: int, tmp_path: Path) -> None:
    scaler = f"""
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {{name: web, namespace: shop}}
        spec: {{{fewest} maxReplicas: 8, scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: web}}}}
        """
    found = findings(tmp_path, files("minAvailable: 1", "paused: false", more=scaler), RULE)
    assert places(found) == [("web/budget.yaml", 5)] * count


def test_environments_that_differ_in_their_replicas_alone_are_one_finding(tmp_path: Path) -> None:
    base = {f"base/{path.rpartition('/')[2]}": text for path, text in files("minAvailable: 100%").items() if text}
    overlays = {
        f"overlays/{name}/kustomization.yaml": (
            f"resources: [../../base]\nnamePrefix: {name}-\nreplicas: [{{name: web, count: {count}}}]\n"
        )
        for name, count in (("stage", 2), ("prod", 4))
    }
    kustomization = {"base/kustomization.yaml": "resources: [budget.yaml, web.yaml]\n"}
    (found,) = findings(tmp_path, base | kustomization | overlays, RULE)
    assert found.environments == ("stage", "prod")
    assert " asks for all of its pods (minAvailable: 100%)" in found.message
