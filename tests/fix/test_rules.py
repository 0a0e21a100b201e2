"""Every rule's fix, whole: the text that it gives, and that a second run changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from gitlint_ops.fix import write as write_changes
from tests.fix.support import changed, proposal, reasons

Write = Callable[[Mapping[str, str]], Path]

DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web  # the shop's front
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
            - name: web
              image: nginx:1.27.3
    """
APPLICATION = """
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: web
      namespace: argocd
    spec:
      project: shop
      source: {{repoURL: "https://git.acme.example/shop.git", path: apps/web, targetRevision: v1.0.0}}
      destination: {{name: in-cluster, namespace: web}}
      syncPolicy:
        {policy}
    """


def application(*policy: str) -> str:
    return APPLICATION.format(policy="\n        ".join(policy))


@dataclass(frozen=True)
class Case:
    """A rule's fix: the files, and those that it changes. ``unsafe`` fixes are left out without ``--unsafe-fixes``."""

    rule: str
    files: Mapping[str, str]
    fixed: Mapping[str, str]
    unsafe: bool = False
    name: str = ""


CASES = [
    Case(
        "kustomization-deprecated-field",
        {
            "base/kustomization.yaml": "resources: [deployment.yaml]\n",
            "base/deployment.yaml": DEPLOYMENT,
            "overlays/prod/kustomization.yaml": """
                # The shop in production.
                bases:
                  - ../../base   # the shop
                commonLabels:
                  env: prod

                patchesStrategicMerge:
                  - replicas.yaml
                """,
            "overlays/prod/replicas.yaml": """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec: {replicas: 3}
                """,
        },
        {
            "overlays/prod/kustomization.yaml": """
                # The shop in production.
                resources:
                  - ../../base   # the shop
                labels:
                  - includeSelectors: true
                    pairs:
                      env: prod

                patches:
                  - path: replicas.yaml
                """
        },
    ),
    Case(
        "live-state-in-git",
        {
            "kustomization.yaml": "resources: [deployment.yaml]\n",
            "deployment.yaml": DEPLOYMENT.replace(
                "    metadata:\n", "    metadata:\n      uid: 1b2c # pasted\n      resourceVersion: '7'\n", 1
            ),
        },
        {"deployment.yaml": DEPLOYMENT},
    ),
    Case(
        "unquoted-image-tag",
        {
            "kustomization.yaml": """
                resources: [deployment.yaml]
                images:
                  - {name: nginx, newTag: 1.10}  # until March
                """,
            "deployment.yaml": DEPLOYMENT,
        },
        {
            "kustomization.yaml": """
                resources: [deployment.yaml]
                images:
                  - {name: nginx, newTag: "1.10"}  # until March
                """
        },
        name="in a kustomization that Kustomize refused",
    ),
    Case(
        "unquoted-image-tag",
        {
            "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
            "chart/values.yaml": "image:\n  repository: nginx\n  tag: 1.10\n",
            "chart/templates/pod.yaml": """
                apiVersion: v1
                kind: Pod
                metadata: {name: web, labels: {version: "{{ .Values.image.tag }}"}}
                spec: {containers: [{name: web, image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"}]}
                """,
        },
        {"chart/values.yaml": 'image:\n  repository: nginx\n  tag: "1.10"\n'},
        name="in a chart's values",
    ),
    Case(
        "removed-api",
        {
            "kustomization.yaml": "resources: [job.yaml]\n",
            "job.yaml": """
                apiVersion: batch/v1beta1   # since 2019
                kind: CronJob
                metadata: {name: tidy}
                spec:
                  schedule: "@daily"
                  jobTemplate:
                    spec:
                      template: {spec: {restartPolicy: Never, containers: [{name: a, image: a:1.0.0}]}}
                """,
        },
        {
            "job.yaml": """
                apiVersion: batch/v1   # since 2019
                kind: CronJob
                metadata: {name: tidy}
                spec:
                  schedule: "@daily"
                  jobTemplate:
                    spec:
                      template: {spec: {restartPolicy: Never, containers: [{name: a, image: a:1.0.0}]}}
                """
        },
    ),
    Case(
        "appset-no-missingkey-error",
        {
            "set.yaml": """
                apiVersion: argoproj.io/v1alpha1
                kind: ApplicationSet
                metadata: {name: shop, namespace: argocd}
                spec:
                  goTemplate: true # since 2023
                  generators: [{list: {elements: [{name: web}]}}]
                  template:
                    metadata: {name: "{{ .name }}"}
                    spec:
                      project: shop
                      source: {repoURL: "https://git.acme.example/shop.git", path: "apps/{{ .name }}"}
                      destination: {name: in-cluster, namespace: web}
                """
        },
        {
            "set.yaml": """
                apiVersion: argoproj.io/v1alpha1
                kind: ApplicationSet
                metadata: {name: shop, namespace: argocd}
                spec:
                  goTemplate: true
                  goTemplateOptions: ["missingkey=error"] # since 2023
                  generators: [{list: {elements: [{name: web}]}}]
                  template:
                    metadata: {name: "{{ .name }}"}
                    spec:
                      project: shop
                      source: {repoURL: "https://git.acme.example/shop.git", path: "apps/{{ .name }}"}
                      destination: {name: in-cluster, namespace: web}
                """
        },
    ),
    Case(
        "duplicate-key",
        {
            "kustomization.yaml": "resources: [config.yaml]\n",
            "config.yaml": """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: web}
                data:
                  level: info
                  colour: red
                  level: info
                  size: "2"
                """,
        },
        {
            "config.yaml": """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: web}
                data:
                  level: info
                  colour: red
                  size: "2"
                """
        },
        name="said twice alike",
    ),
    Case(
        "duplicate-key",
        {
            "kustomization.yaml": "resources: [config.yaml]\n",
            "config.yaml": """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: web}
                data:
                  level: info
                  level: debug
                """,
        },
        {
            "config.yaml": """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: web}
                data:
                  level: debug
                """
        },
        unsafe=True,
        name="with two values",
    ),
    Case(
        "schema-error",
        {
            "kustomization.yaml": "resources: [deployment.yaml]\n",
            "deployment.yaml": DEPLOYMENT.replace(
                "              image:", "              imagePullPolcy: Always\n              image:"
            ),
        },
        {
            "deployment.yaml": DEPLOYMENT.replace(
                "              image:", "              imagePullPolicy: Always\n              image:"
            )
        },
        unsafe=True,
    ),
    Case(
        "invalid-kustomization",
        {"kustomization.yaml": "resources: [deployment.yaml]\nnameSufix: -eu # all\n", "deployment.yaml": DEPLOYMENT},
        {"kustomization.yaml": "resources: [deployment.yaml]\nnameSuffix: -eu # all\n"},
        unsafe=True,
    ),
    Case(
        "images-entry-unused",
        {
            "kustomization.yaml": """
                resources: [deployment.yaml]
                images:
                  - name: nginx
                    newTag: 1.27.4
                  # gone since May
                  - name: registry.acme.example/checkout
                    newTag: 2.0.0
                namespace: shop
                """,
            "deployment.yaml": DEPLOYMENT,
        },
        {
            "kustomization.yaml": """
                resources: [deployment.yaml]
                images:
                  - name: nginx
                    newTag: 1.27.4
                  # gone since May
                namespace: shop
                """
        },
        unsafe=True,
    ),
    Case(
        "no-op-patch",
        {
            "base/kustomization.yaml": "resources: [deployment.yaml]\n",
            "base/deployment.yaml": DEPLOYMENT,
            "overlays/prod/kustomization.yaml": """
                resources: [../../base]
                patches:
                  - patch: |
                      apiVersion: apps/v1
                      kind: Deployment
                      metadata: {name: web}
                      spec: {template: {spec: {containers: [{name: web, image: "nginx:1.27.3"}]}}}
                namespace: shop
                """,
        },
        {
            "overlays/prod/kustomization.yaml": """
                resources: [../../base]
                namespace: shop
                """
        },
        unsafe=True,
    ),
    Case(
        "allow-empty",
        {"app.yaml": application("automated: # by itself", "  prune: true", "  allowEmpty: true", "  selfHeal: true")},
        {"app.yaml": application("automated: # by itself", "  prune: true", "  selfHeal: true")},
        unsafe=True,
    ),
    Case(
        "validation-off",
        {"app.yaml": application("syncOptions:", "  - Validate=false # a bad CRD", "  - CreateNamespace=true")},
        {"app.yaml": application("syncOptions:", "  - CreateNamespace=true")},
        unsafe=True,
        name="an item of a list",
    ),
    Case(
        "validation-off",
        {"app.yaml": application("syncOptions: [CreateNamespace=true, Validate=false] # both")},
        {"app.yaml": application("syncOptions: [CreateNamespace=true] # both")},
        unsafe=True,
        name="an item of a list on one line",
    ),
    Case(
        "force-or-replace",
        {"app.yaml": application("automated: {}", "syncOptions:", "  - Replace=true")},
        {"app.yaml": application("automated: {}")},
        unsafe=True,
        name="the only option",
    ),
    Case(
        "hpa-fights-replicas",
        {
            "kustomization.yaml": "resources: [deployment.yaml, scaler.yaml]\n",
            "deployment.yaml": DEPLOYMENT.replace(
                "    spec:\n      selector", "    spec:\n      replicas: 3\n      selector"
            ),
            "scaler.yaml": """
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: {name: web}
                spec:
                  minReplicas: 2
                  maxReplicas: 6
                  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
                """,
        },
        {"deployment.yaml": DEPLOYMENT},
        unsafe=True,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule} {case.name}".strip())
def test_fix(case: Case, write: Write) -> None:
    root = write(case.files)
    outcome = proposal(root, case.rule, unsafe=case.unsafe)
    assert reasons(outcome) == []
    assert changed(outcome) == {path: dedent(text).lstrip("\n") for path, text in case.fixed.items()}
    assert [f.message for f in outcome.report.findings if f.fix] == []
    write_changes(root, outcome.changes)
    assert proposal(root, case.rule, unsafe=case.unsafe).changes == ()


@pytest.mark.parametrize("case", [case for case in CASES if case.unsafe], ids=lambda c: f"{c.rule} {c.name}".strip())
def test_what_is_not_safe_has_to_be_asked_for(case: Case, write: Write) -> None:
    outcome = proposal(write(case.files), case.rule)
    assert (outcome.changes, outcome.fixed, outcome.refused) == ((), (), ())
    assert any(finding.fix and not finding.fix.safe for finding in outcome.report.findings)
