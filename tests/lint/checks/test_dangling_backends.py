from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

RULE = "dangling-ingress-backend"
WEB = """
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec: {ports: [{name: http, port: 80}]}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: partner, namespace: shop}
    spec: {type: ExternalName, externalName: example.com}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: tool, namespace: shop}
    spec: {containers: [{name: tool, image: "registry.example.com/tool:1.0.0"}]}
    """


def route(api: str, kind: str, spec: str) -> str:
    return f"""
        apiVersion: {api}
        kind: {kind}
        metadata: {{name: web, namespace: shop}}
        spec: {{{spec}}}
        """


GATEWAY = "gateway.networking.k8s.io/v1"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (route("networking.k8s.io/v1", "Ingress", "defaultBackend: {service: {name: web, port: {number: 80}}}"), 0),
        (route("networking.k8s.io/v1", "Ingress", "defaultBackend: {service: {name: web, port: {number: 81}}}"), 1),
        (route("networking.k8s.io/v1", "Ingress", "defaultBackend: {service: {name: partner, port: {number: 81}}}"), 0),
        (route("networking.k8s.io/v1", "Ingress", "defaultBackend: {service: {name: api, port: {number: 80}}}"), 1),
        (route("networking.k8s.io/v1beta1", "Ingress", "backend: {serviceName: web, servicePort: https}"), 1),
        (route("networking.k8s.io/v1", "Ingress", "defaultBackend: {resource: {kind: Bucket, name: a}}"), 0),
        (route(GATEWAY, "HTTPRoute", "rules: [{backendRefs: [{name: web, port: 80}]}]"), 0),
        (route(GATEWAY, "HTTPRoute", "rules: [{backendRefs: [{name: web, namespace: other, port: 80}]}]"), 1),
        (route(GATEWAY, "GRPCRoute", "rules: [{backendRefs: [{name: api, port: 80}]}]"), 1),
        (route(GATEWAY, "HTTPRoute", "rules: [{filters: [{requestMirror: {backendRef: {name: api}}}]}]"), 1),
        (route(GATEWAY, "HTTPRoute", "rules: [{backendRefs: [{kind: ServiceImport, group: a.b, name: api}]}]"), 0),
        (route("traefik.io/v1alpha1", "IngressRoute", "routes: [{services: [{name: web, port: http}]}]"), 0),
        (route("traefik.io/v1alpha1", "IngressRoute", "routes: [{services: [{name: api, port: http}]}]"), 1),
        (route("traefik.io/v1alpha1", "IngressRoute", "routes: [{services: [{name: api@internal}]}]"), 0),
        (route("route.openshift.io/v1", "Route", "to: {kind: Service, name: web}"), 0),
        (route("route.openshift.io/v1", "Route", "to: {name: web}, alternateBackends: [{name: api}]"), 1),
        (route("networking.k8s.io/v1", "Ingress", "rules: none"), 0),
    ],
)
def test_backends(text: str, count: int, tmp_path: Path) -> None:
    found = findings(tmp_path, {"web/route.yaml": text, "web/web.yaml": WEB}, RULE)
    assert places(found) == [("web/route.yaml", 4)] * count


def test_a_plain_folder_beside_applications_that_nobody_knows_is_not_judged(tmp_path: Path) -> None:
    unanswered = """
        apiVersion: argoproj.io/v1alpha1
        kind: ApplicationSet
        metadata: {name: addons, namespace: argocd}
        spec:
          generators: [{clusters: {}}]
          template:
            metadata: {name: "addons-{{name}}"}
            spec:
              project: default
              source: {repoURL: https://git.acme.example/x.git, targetRevision: v1, path: "addons/{{name}}"}
              destination: {name: "{{name}}", namespace: shop}
        """
    text = route("route.openshift.io/v1", "Route", "to: {kind: Service, name: api}")
    assert findings(tmp_path, {"web/route.yaml": text, "web/web.yaml": WEB, "set.yaml": unanswered}, RULE) == ()
