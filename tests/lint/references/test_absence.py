"""Each reference by name with what it means beside it, in another place, made by an operator, optional, not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lint.checks.support import findings

POD = """
    apiVersion: v1
    kind: Pod
    metadata: {name: tool, namespace: shop}
    spec: {containers: [{name: tool, image: "registry.example.com/tool:1.0.0"}]}
    ---"""
"""A namespace of which Git has no pods is filled from elsewhere: nothing is said of it."""


def pods(spec: str) -> str:
    return f"""
    apiVersion: apps/v1
    kind: Deployment
    metadata: {{name: web, namespace: shop}}
    spec:
      selector: {{matchLabels: {{app: web}}}}
      template:
        metadata: {{labels: {{app: web}}}}
        spec:
          containers: [{{name: web, image: "registry.example.com/web:1.4.2"}}]
          {spec}
    """


def user(api: str, kind: str, rest: str, beside: str = POD) -> str:
    return f"""{beside}
    apiVersion: {api}
    kind: {kind}
    metadata: {{name: web, namespace: shop}}
    {rest}
    """


@dataclass(frozen=True)
class Case:
    """An object that names another one, ``main``, on its last line, and the rule that judges it."""

    rule: str
    text: str
    api: str
    kind: str
    rest: str = ""
    scoped: bool = True
    """Whether what is named has a namespace."""
    told_alone: bool = True
    """Whether it is reported where nothing tells that it should be there."""

    @property
    def line(self) -> int:
        return len(self.text.strip().splitlines())


RBAC = "rbac.authorization.k8s.io/v1"
WORK = "spec: {{template: {{metadata: {{labels: {{app: {name}}}}}, spec: {{containers: []}}}}}}"
SELECT = "spec: {selector: {app: main}, ports: [{port: 80}]}"
SCALE = "spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: main}}"
ROUTE = "spec: {defaultBackend: {service: {name: main, port: {number: 80}}}}"
CASES = {
    "ConfigMap": Case(
        "dangling-config-reference",
        pods("volumes: [{name: a, configMap: {name: main}}]"),
        "v1",
        "ConfigMap",
        "data: {{a: b}}",
    ),
    "Secret": Case(
        "dangling-config-reference",
        pods("volumes: [{name: a, secret: {secretName: main}}]"),
        "v1",
        "Secret",
        "stringData: {{a: ENC}}",
        told_alone=False,
    ),
    "ServiceAccount": Case("dangling-service-account", pods("serviceAccountName: main"), "v1", "ServiceAccount"),
    "PersistentVolumeClaim": Case(
        "dangling-volume-claim",
        pods("volumes: [{name: a, persistentVolumeClaim: {claimName: main}}]"),
        "v1",
        "PersistentVolumeClaim",
    ),
    "PriorityClass": Case(
        "dangling-priority-or-class",
        pods("priorityClassName: main"),
        "scheduling.k8s.io/v1",
        "PriorityClass",
        scoped=False,
        told_alone=False,
    ),
    "StorageClass": Case(
        "dangling-priority-or-class",
        user("v1", "PersistentVolumeClaim", "spec: {storageClassName: main}"),
        "storage.k8s.io/v1",
        "StorageClass",
        scoped=False,
        told_alone=False,
    ),
    "scale target": Case(
        "dangling-scale-target", user("autoscaling/v2", "HorizontalPodAutoscaler", SCALE), "apps/v1", "Deployment", WORK
    ),
    "backend": Case(
        "dangling-ingress-backend",
        user("networking.k8s.io/v1", "Ingress", ROUTE),
        "v1",
        "Service",
        "spec: {{ports: [{{port: 80}}]}}",
    ),
    "Service": Case(
        "dangling-service-selector", user("v1", "Service", SELECT, ""), "apps/v1", "Deployment", WORK, told_alone=False
    ),
    "NetworkPolicy": Case(
        "network-policy-selects-nothing",
        user("networking.k8s.io/v1", "NetworkPolicy", "spec: {podSelector: {matchLabels: {app: main}}}", ""),
        "apps/v1",
        "Deployment",
        WORK,
        told_alone=False,
    ),
    "Role": Case("role-binding-dangling", user(RBAC, "RoleBinding", "roleRef: {kind: Role, name: main}"), RBAC, "Role"),
    "subject": Case(
        "role-binding-dangling",
        user(RBAC, "RoleBinding", "subjects: [{kind: ServiceAccount, name: main}]"),
        "v1",
        "ServiceAccount",
    ),
}
SCOPED = {name for name, case in CASES.items() if case.scoped}
TOLD_ALONE = {name for name, case in CASES.items() if case.told_alone}
SELECTORS = {"Service", "NetworkPolicy"}
CHART = """
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: chart, namespace: argocd}
    spec:
      project: default
      source: {repoURL: "https://charts.example.com", chart: web, targetRevision: 1.0.0}
      destination: {server: https://kubernetes.default.svc, namespace: %s}
    """


def overlay(folder: str, text: str) -> dict[str, str]:
    return {f"{folder}/kustomization.yaml": "resources: [all.yaml]\n", f"{folder}/all.yaml": text}


def joined(texts: Iterable[str]) -> str:
    return "---".join(dict.fromkeys(texts))


def things(name: str = "main", namespace: str = "shop") -> str:
    """Give everything that the cases name, under this name and in this namespace."""
    return joined(thing(case, name, namespace) for case in CASES.values())


def thing(case: Case, name: str = "main", namespace: str = "shop") -> str:
    return f"""
    apiVersion: {case.api}
    kind: {case.kind}
    metadata: {{name: {name}, namespace: {namespace}}}
    {case.rest.format(name=name)}
    """


def policies() -> str:
    """Give what makes everything that the cases name: a policy that generates it, an operator that labels pods."""
    made = [
        f"""
    apiVersion: kyverno.io/v1
    kind: ClusterPolicy
    metadata: {{name: makes-{case.kind.lower()}}}
    spec: {{rules: [{{name: make, generate: {{kind: {case.kind}, name: main}}}}]}}
    """
        for case in CASES.values()
    ]
    return joined(
        [
            *made,
            "\n    apiVersion: db.example.com/v1\n    kind: Cluster\n    metadata: {name: main, namespace: shop}\n    ",
        ]
    )


def reported(root: Path, files: Mapping[str, str]) -> dict[str, str]:
    """Give the cases that are reported, each with its message, where the cases lie in production beside these files."""
    users = {f"{name}/overlays/prod": case.text for name, case in CASES.items()}
    written = {path: text for folder, content in users.items() for path, text in overlay(folder, content).items()}
    found = findings(root, {**written, **files}, *{case.rule for case in CASES.values()})
    for item in found:
        case = CASES[item.span.path.partition("/")[0]]
        assert (item.rule, item.span.line, item.environments) == (case.rule, case.line, ("prod",))
    messages = {item.span.path.partition("/")[0]: item.message for item in found}
    assert len(messages) == len(found)
    return messages


@pytest.mark.parametrize(
    ("folder", "namespace", "expected"),
    [
        ("other/overlays/prod", "shop", set()),
        ("other/shared", "shop", set()),
        ("other/overlays/staging", "shop", set(CASES)),
        # Labels are common: pods of another delivery in another namespace may be like the selected ones by chance.
        ("other/overlays/prod", "elsewhere", SCOPED - SELECTORS),
    ],
)
def test_what_is_meant_is_in_another_delivery(folder: str, namespace: str, expected: set[str], tmp_path: Path) -> None:
    assert reported(tmp_path, overlay(folder, things(namespace=namespace))).keys() == expected


@pytest.mark.parametrize(("environment", "expected"), [("prod", set()), ("staging", CASES.keys() - SELECTORS)])
def test_an_operator_makes_it(environment: str, expected: set[str], tmp_path: Path) -> None:
    assert reported(tmp_path, overlay(f"rules/overlays/{environment}", policies())).keys() == expected


def test_an_operator_of_the_configuration_makes_it(tmp_path: Path) -> None:
    makes = ", ".join(f"{case.kind}: ['{{metadata.name}}']" for case in {c.kind: c for c in CASES.values()}.values())
    config = f"operators: [{{group: example.com, kinds: [Factory], makes: {{{makes}}}}}]\n"
    factory = "{apiVersion: example.com/v1, kind: Factory, metadata: {name: main, namespace: shop}}\n"
    assert reported(tmp_path, {".gitlint-ops.yaml": config, **overlay("factory/overlays/prod", factory)}) == {}


def test_a_misspelling_names_what_was_meant(tmp_path: Path) -> None:
    found = reported(tmp_path, overlay("other/overlays/prod", things(name="mian")))
    assert found.keys() == CASES.keys()
    for name, message in found.items():
        hint = "The pods of Deployment mian have app: mian" if name in SELECTORS else "did you mean 'mian'?"
        assert message.endswith(hint)


@pytest.mark.parametrize(("namespace", "expected"), [("shop", set()), ("elsewhere", TOLD_ALONE)])
def test_what_was_not_rendered_may_make_it(namespace: str, expected: set[str], tmp_path: Path) -> None:
    assert reported(tmp_path, {"argocd/chart.yaml": CHART % namespace}).keys() == expected


@pytest.mark.parametrize(
    "reference",
    [
        "envFrom: [{configMapRef: {name: main}}]",
        "envFrom: [{secretRef: {name: main}}]",
        "env: [{name: A, valueFrom: {configMapKeyRef: {name: main, key: a}}}]",
        "env: [{name: A, valueFrom: {secretKeyRef: {name: main, key: a}}}]",
        "volumes: [{name: a, configMap: {name: main}}]",
        "volumes: [{name: a, secret: {secretName: main}}]",
        "volumes: [{name: a, projected: {sources: [{configMap: {name: main}}]}}]",
        "volumes: [{name: a, projected: {sources: [{secret: {name: main}}]}}]",
    ],
)
def test_only_pods_may_do_without_and_only_without_a_configmap_or_secret(reference: str, tmp_path: Path) -> None:
    there = overlay("other/overlays/staging", joined(map(thing, (CASES["ConfigMap"], CASES["Secret"]))))
    whole, head = "containers: [{name: web, image: a}]", reference.startswith("env")
    for more, count in (("", 1), (", optional: true", 0)):
        said = reference.replace("main", f"main{more}")
        spec = f"containers: [{{name: web, image: a, {said}}}]" if head else f"{whole}\n          {said}"
        text = pods("").replace('containers: [{name: web, image: "registry.example.com/web:1.4.2"}]', spec)
        root = tmp_path / str(count)
        root.mkdir()
        files = {**there, **overlay("web/overlays/prod", text)}
        assert len(findings(root, files, "dangling-config-reference")) == count


def test_one_line_is_one_finding_whatever_each_environment_knows(tmp_path: Path) -> None:
    base = {
        "web/base/kustomization.yaml": "resources: [all.yaml]\n",
        "web/base/all.yaml": CASES["ConfigMap"].text,
        "web/overlays/dev/kustomization.yaml": "resources: [../../base]\n",
        "web/overlays/prod/kustomization.yaml": "resources: [../../base]\n",
    }
    near = overlay("other/overlays/prod", thing(CASES["ConfigMap"], name="mian"))
    (found,) = findings(tmp_path, {**base, **near}, "dangling-config-reference")
    assert found.environments == ("dev", "prod")
    assert found.message == (
        "Deployment web uses the ConfigMap main, which is not there: the pods do not start (in dev: nothing makes it; "
        "in prod: did you mean 'mian'?)"
    )


def test_what_a_generator_calls_otherwise(tmp_path: Path) -> None:
    files = {
        **overlay("web/overlays/prod", CASES["ConfigMap"].text),
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


def test_what_many_miss_is_said_once(tmp_path: Path) -> None:
    user = pods("volumes: [{name: a, configMap: {name: main}}]")
    files = {f"web/{n}.yaml": user.replace("name: web", f"name: web-{n}", 1) for n in range(5)}
    (found,) = findings(tmp_path, files, "dangling-config-reference")
    assert found.message == (
        "Deployment web-0 uses the ConfigMap main, which nothing in this repository makes: the pods do not start. "
        "Add it, or name it in the option provided where something else makes it (5 places are alike, this is the "
        "first)"
    )
    assert [item.span.path for item in found.related] == [f"web/{n}.yaml" for n in range(1, 5)]
