from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

RULE = "dangling-service-selector"


def service(selector: str, target: str = "http", more: str = "", name: str = "web") -> str:
    return f"""
        apiVersion: v1
        kind: Service
        metadata: {{name: {name}, namespace: shop}}
        spec:
          {more}
          selector: {{{selector}}}
          ports: [{{port: 80, targetPort: {target}}}]
        """


def pods(kind: str = "Deployment", api: str = "apps/v1", labels: str = "app: web", namespace: str = "shop") -> str:
    return f"""
        apiVersion: {api}
        kind: {kind}
        metadata: {{name: web, namespace: {namespace}}}
        spec:
          template:
            metadata: {{labels: {{{labels}}}}}
            spec:
              containers:
                - name: web
                  image: registry.example.com/web:1.4.2
                  ports: [{{name: http, containerPort: 8080}}]
        """


@pytest.mark.parametrize(
    ("selector", "work", "count"),
    [
        ("app: web", pods(), 0),
        ("app: api", pods(), 1),
        ("app: web, tier: front", pods(), 1),
        ("app: web, role: primary", pods(), 0),
        ("app: web", pods(namespace="other"), 1),
        ("app: web", pods("Rollout", "argoproj.io/v1alpha1"), 0),
        ("app: web", pods("Runner", "example.com/v1"), 0),
        ("deploymentconfig: web", pods("DeploymentConfig", "apps.openshift.io/v1"), 0),
        ("deploymentconfig: wbe", pods("DeploymentConfig", "apps.openshift.io/v1"), 1),
        ("app: web, statefulset.kubernetes.io/pod-name: web-0", pods("StatefulSet"), 0),
        ("strimzi.io/cluster: main", pods(), 0),
        ("app: '{{ name }}'", pods(), 0),
    ],
)
def test_selectors(selector: str, work: str, count: int, tmp_path: Path) -> None:
    found = findings(tmp_path, {"web/service.yaml": service(selector), "web/web.yaml": work}, RULE)
    assert places(found) == [("web/service.yaml", 6)] * count


@pytest.mark.parametrize("more", ["type: ExternalName", "clusterIP: None"])
def test_types_of_services(more: str, tmp_path: Path) -> None:
    found = findings(tmp_path, {"web/service.yaml": service("app: api", more=more), "web/web.yaml": pods()}, RULE)
    assert len(found) == ("None" in more)


def test_endpoints_by_hand(tmp_path: Path) -> None:
    endpoints = "{apiVersion: v1, kind: Endpoints, metadata: {name: web, namespace: shop}}"
    files = {"web/service.yaml": service("app: api"), "web/web.yaml": pods(), "web/endpoints.yaml": endpoints}
    assert findings(tmp_path, files, RULE) == ()


@pytest.mark.parametrize(
    ("target", "work", "count"),
    [
        ("http", pods(), 0),
        ("8081", pods(), 0),
        ("htpp", pods(), 1),
        ("linkerd-admin", pods(), 0),
        ("admin", pods("Runner", "example.com/v1"), 0),
    ],
)
def test_target_ports(target: str, work: str, count: int, tmp_path: Path) -> None:
    files = {"web/service.yaml": service("app: web", target), "web/web.yaml": work}
    assert places(findings(tmp_path, files, RULE)) == [("web/service.yaml", 7)] * count


@pytest.mark.parametrize(
    ("selector", "name", "count"), [("app: wbe", "front", 1), ("app: api", "front", 0), ("app: api", "web", 1)]
)
def test_what_was_not_rendered_may_have_the_pods_but_of_a_misspelt_label_and_of_a_namesake(
    selector: str, name: str, count: int, tmp_path: Path
) -> None:
    release = """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: chart, namespace: argocd}
        spec:
          project: default
          source: {repoURL: "https://charts.example.com", chart: web, targetRevision: 1.0.0}
          destination: {server: https://kubernetes.default.svc, namespace: shop}
        """
    files = {"web/service.yaml": service(selector, name=name), "web/web.yaml": pods(), "argocd/chart.yaml": release}
    assert places(findings(tmp_path, files, RULE)) == [("web/service.yaml", 6)] * count


def test_a_misspelt_key_is_the_place_and_the_value_tells_which_pods_are_meant(tmp_path: Path) -> None:
    files = {"web/service.yaml": service("apps: web"), "web/api.yaml": pods(labels="app: api"), "web/web.yaml": pods()}
    (found,) = findings(tmp_path, files, RULE)
    assert (found.span.line, found.span.column) == (6, 14)
    assert found.message == (
        "Service web selects pods with apps: web, and none here have that: it has no endpoints. "
        "The pods of Deployment web have no label apps, but app: web"
    )


def test_the_pods_of_the_same_service_in_another_environment(tmp_path: Path) -> None:
    base = service("app: web").replace(", namespace: shop", "")
    files = {
        "web/base/kustomization.yaml": "resources: [service.yaml]\n",
        "web/base/service.yaml": base,
        "web/overlays/staging/kustomization.yaml": "namespace: shop-staging\nresources: [../../base, web.yaml]\n",
        "web/overlays/staging/web.yaml": pods().replace(", namespace: shop", ""),
        "web/overlays/prod/kustomization.yaml": "namespace: shop-prod\nresources: [../../base]\n",
    }
    (found,) = findings(tmp_path, files, RULE)
    assert found.environments == ("prod",)
    assert found.message == (
        "Service web selects pods with app: web, and none here have that: it has no endpoints. The pods of Deployment "
        "web in staging do. Add them here too"
    )
