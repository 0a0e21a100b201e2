"""Each reference by name with what it means beside it, in another place, made by an operator, and not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

WEB = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          serviceAccountName: main
          containers:
            - name: web
              image: registry.example.com/web:1.4.2
              envFrom: [{configMapRef: {name: main}}]
          volumes:
            - name: data
              persistentVolumeClaim: {claimName: main}
    """
SCALER = """
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: web, namespace: shop}
    spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: main}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: tool, namespace: shop}
    spec: {containers: [{name: tool, image: "registry.example.com/tool:1.0.0"}]}
    """
ROUTE = """
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: web, namespace: shop}
    spec: {defaultBackend: {service: {name: main, port: {number: 80}}}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: tool, namespace: shop}
    spec: {containers: [{name: tool, image: "registry.example.com/tool:1.0.0"}]}
    """
BINDING = """
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: web, namespace: shop}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: main}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: tool, namespace: shop}
    spec: {containers: [{name: tool, image: "registry.example.com/tool:1.0.0"}]}
    """
CASES = [
    ("dangling-config-reference", WEB, 13, "v1", "ConfigMap", "data: {a: b}"),
    ("dangling-service-account", WEB, 9, "v1", "ServiceAccount", ""),
    ("dangling-volume-claim", WEB, 16, "v1", "PersistentVolumeClaim", ""),
    ("dangling-scale-target", SCALER, 4, "apps/v1", "Deployment", "spec: {template: {spec: {containers: []}}}"),
    ("dangling-ingress-backend", ROUTE, 4, "v1", "Service", "spec: {ports: [{port: 80}]}"),
    ("role-binding-dangling", BINDING, 4, "rbac.authorization.k8s.io/v1", "Role", ""),
]
POLICY = """
    apiVersion: kyverno.io/v1
    kind: ClusterPolicy
    metadata: {{name: makes-it}}
    spec:
      rules:
        - name: make
          generate: {{kind: {kind}, name: main}}
    """


def thing(api: str, kind: str, rest: str, namespace: str = "shop", name: str = "main") -> str:
    return f"""
        apiVersion: {api}
        kind: {kind}
        metadata: {{name: {name}, namespace: {namespace}}}
        {rest}
        """


def overlay(name: str, text: str) -> dict[str, str]:
    return {f"{name}/kustomization.yaml": "resources: [all.yaml]\n", f"{name}/all.yaml": text}


@pytest.mark.parametrize(("rule", "user", "line", "api", "kind", "rest"), CASES, ids=[case[0] for case in CASES])
@pytest.mark.parametrize(
    ("folder", "namespace", "count"),
    [
        ("other/overlays/prod", "shop", 0),
        ("other/shared", "shop", 0),
        ("other/overlays/staging", "shop", 1),
        ("other/overlays/prod", "elsewhere", 1),
    ],
)
def test_what_is_meant_is_in_another_delivery(  # noqa: PLR0917
    rule: str,
    user: str,
    line: int,
    api: str,
    kind: str,
    rest: str,
    folder: str,
    namespace: str,
    count: int,
    tmp_path: Path,
) -> None:
    files = {**overlay("web/overlays/prod", user), **overlay(folder, thing(api, kind, rest, namespace))}
    found = findings(tmp_path, files, rule)
    assert places(found) == [("web/overlays/prod/all.yaml", line)] * count
    assert [item.environments for item in found] == [("prod",)] * count


@pytest.mark.parametrize(("rule", "user", "line", "api", "kind", "rest"), CASES, ids=[case[0] for case in CASES])
def test_an_operator_makes_it(rule: str, user: str, line: int, api: str, kind: str, rest: str, tmp_path: Path) -> None:
    made = POLICY.format(kind=kind)
    for environment, count in (("prod", 0), ("staging", 1)):
        root = tmp_path / environment
        root.mkdir()
        files = {**overlay("web/overlays/prod", user), **overlay(f"rules/overlays/{environment}", made)}
        assert places(findings(root, files, rule)) == [("web/overlays/prod/all.yaml", line)] * count


@pytest.mark.parametrize(("rule", "user", "line", "api", "kind", "rest"), CASES, ids=[case[0] for case in CASES])
def test_a_misspelling_names_what_was_meant(
    rule: str, user: str, line: int, api: str, kind: str, rest: str, tmp_path: Path
) -> None:
    files = {
        **overlay("web/overlays/prod", user),
        **overlay("other/overlays/prod", thing(api, kind, rest, name="mian")),
    }
    (found,) = findings(tmp_path, files, rule)
    assert found.message.endswith("did you mean 'mian'?")
    assert [item.span.path for item in found.related] == ["other/overlays/prod/all.yaml"]


@pytest.mark.parametrize(("rule", "user", "line", "api", "kind", "rest"), CASES, ids=[case[0] for case in CASES])
def test_what_was_not_rendered_may_make_it(
    rule: str, user: str, line: int, api: str, kind: str, rest: str, tmp_path: Path
) -> None:
    release = """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: chart, namespace: argocd}
        spec:
          project: default
          source: {repoURL: "https://charts.example.com", chart: web, targetRevision: 1.0.0}
          destination: {server: https://kubernetes.default.svc, namespace: %s}
        """
    for namespace, count in (("shop", 0), ("elsewhere", 1)):
        root = tmp_path / namespace
        root.mkdir()
        files = {**overlay("web/overlays/prod", user), "argocd/chart.yaml": release % namespace}
        assert places(findings(root, files, rule)) == [("web/overlays/prod/all.yaml", line)] * count


@pytest.mark.parametrize(("rule", "user", "line", "api", "kind", "rest"), CASES, ids=[case[0] for case in CASES])
def test_an_operator_of_the_configuration_makes_it(
    rule: str, user: str, line: int, api: str, kind: str, rest: str, tmp_path: Path
) -> None:
    config = f"operators: [{{group: example.com, kinds: [Factory], makes: {{{kind}: ['{{metadata.name}}']}}}}]\n"
    maker = thing("example.com/v1", "Factory", "")
    files = {".gitlint-ops.yaml": config, **overlay("web/overlays/prod", user + "---" + maker)}
    assert findings(tmp_path, files, rule) == ()


def test_what_a_generator_calls_otherwise(tmp_path: Path) -> None:
    files = {
        **overlay("web/overlays/prod", WEB),
        "other/overlays/prod/kustomization.yaml": """
            namespace: shop
            configMapGenerator: [{name: main, literals: [a=b]}]
            """,
    }
    (found,) = findings(tmp_path, files, "dangling-config-reference")
    assert found.message == (
        "Deployment web uses the ConfigMap main, which a generator calls main-4h2mbtbbt6 (with a hash): the pods do "
        "not start. Set generatorOptions.disableNameSuffixHash: true there, or build both in one kustomization"
    )
