"""Whole chains: what lies behind the line that gives a field its value, through deliveries that others render."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.render import Provenance, render_repository
from gitlint_ops.source import FieldPath, open_tree
from tests.render.provenance.support import place

Write = Callable[[Mapping[str, str]], Path]
CONTAINER: FieldPath = ("spec", "containers", 0, "image")
HELM = {
    "root.yaml": """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: root, namespace: argocd}
        spec:
          project: default
          source: {repoURL: https://git.example.com/repo.git, path: apps/prod, targetRevision: main}
          destination: {server: https://kubernetes.default.svc, namespace: argocd}
        """,
    "apps/base/app.yaml": """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: web, namespace: argocd}
        spec:
          project: default
          source:
            repoURL: https://git.example.com/repo.git
            path: chart
            targetRevision: main
            helm:
              valuesObject:
                other: 1
              parameters:
                - name: tag
                  value: "1.0"
          destination: {server: https://kubernetes.default.svc, namespace: shop}
        """,
    "apps/base/kustomization.yaml": "resources: [app.yaml]\n",
    "apps/prod/kustomization.yaml": """
        resources: [../base]
        patches:
          - target: {kind: Application}
            patch: |
              - op: replace
                path: /spec/source/helm/parameters/0/value
                value: "2.0"
        """,
    "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "chart/values.yaml": "tag: '0.1'\n",
    "chart/templates/p.yaml": """
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: "web:{{ .Values.tag }}"
        """,
}
GENERATED = {
    "set.yaml": """
        apiVersion: argoproj.io/v1alpha1
        kind: ApplicationSet
        metadata: {name: set, namespace: argocd}
        spec:
          generators:
            - list: {elements: [{env: prod, tag: "7.0"}]}
          template:
            metadata: {name: 'web-{{env}}'}
            spec:
              project: default
              source:
                repoURL: https://git.example.com/repo.git
                path: web
                targetRevision: main
                kustomize: {images: ['app:{{tag}}']}
              destination: {server: https://kubernetes.default.svc, namespace: 'web-{{env}}'}
        """,
    "web/kustomization.yaml": "resources: [p.yaml]\n",
    "web/p.yaml": """
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: app
              image: app:1.0
        """,
}


def chain(root: Path, path: FieldPath) -> list[tuple[str, bool, str]]:
    """Give the chain of a field of the repository's Pod: each place, if it is exact, and what it is."""
    config = Config(repository_urls=("https://git.example.com/repo.git",))
    with EngineClient(root) as engine:
        tree = open_tree(root, engine, config)
        rendering = render_repository(tree, engine, config)
        pod = next(item for item in rendering.all_objects() if item.kind == "Pod" and item.delivery.units)
        found = Provenance(tree, engine, rendering).chain(pod, path)
    return [(place(origin.span), origin.exact, origin.why) for origin in found]


def test_a_parameter_of_a_patched_application_and_what_it_overrides(write: Write) -> None:
    assert chain(write(HELM), CONTAINER) == [
        ("apps/prod/kustomization.yaml:7:16", True, "the values key in the inline values"),
        ("apps/base/app.yaml:15:18", False, "the object's own file"),
        ("chart/values.yaml:1:6", False, "an earlier layer of the values"),
        ("chart/templates/p.yaml:7:7", False, "the template line"),
    ]


def test_a_generators_parameter_the_template_and_the_base(write: Write) -> None:
    assert chain(write(GENERATED), CONTAINER) == [
        ("set.yaml:15:30", True, "the images entry of the Application"),
        ("set.yaml:6:42", True, "the generator's parameter tag"),
        ("web/p.yaml:7:14", True, "the object's own file"),
    ]


def test_a_namespace_that_only_the_delivery_gives(write: Write) -> None:
    assert chain(write(GENERATED), ("metadata", "namespace")) == [
        ("set.yaml:16:72", True, "the target namespace of the Application"),
        ("set.yaml:6:31", True, "the generator's parameter env"),
    ]


def test_a_field_that_is_not_there_has_no_exact_place(write: Write) -> None:
    assert [exact for _, exact, _ in chain(write(GENERATED), ("spec", "hostNetwork"))] == [False]
