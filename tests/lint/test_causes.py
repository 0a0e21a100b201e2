"""Where a failed rendering is reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.lint.support import run

Write = Callable[[Mapping[str, str]], Path]
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n"
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://github.com/acme/gitops, path: chart, targetRevision: v1}
  destination: {server: https://kubernetes.default.svc, namespace: web}
"""
FLUX_KUSTOMIZATION = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 10m
  prune: true
  path: ./apps
  sourceRef: {kind: GitRepository, name: flux-system}
"""
CONFIG = "repository: {urls: [https://github.com/acme/gitops]}\n"
CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"


@pytest.mark.parametrize(
    ("files", "place"),
    [
        (
            {
                "base/kustomization.yaml": "resources: [a.yaml, b.yaml]\n",
                "base/a.yaml": CONFIG_MAP,
                "base/b.yaml": "# fetched\nThe content of the release\n",
                "prod/kustomization.yaml": "resources: [../base]\n",
                "dev/kustomization.yaml": "resources: [../base]\n",
            },
            ("base/b.yaml", 2, 1, True),
        ),
        (
            {
                "base/kustomization.yaml": "resources: [a.yaml]\n",
                "base/a.yaml": f"{CONFIG_MAP}---\napiVersion: v1\nkind: ConfigMap\ndata: {{a: b}}\n",
            },
            ("base/a.yaml", 6, 1, True),
        ),
        (
            {"clusters/hub/kustomization.yaml": "resources:\n  - ../../../components/web\n"},
            ("clusters/hub/kustomization.yaml", 2, 5, True),
        ),
        (
            {
                "base/kustomization.yaml": "resources:\n  - a.yaml\n  - gone.yaml\n",
                "base/a.yaml": CONFIG_MAP,
                "prod/kustomization.yaml": "resources: [../base]\n",
            },
            ("base/kustomization.yaml", 3, 5, True),
        ),
        (
            {
                "cluster.yaml": FLUX_KUSTOMIZATION,
                "apps/web/kustomization.yaml": "resources:\n  - a.yaml\n  - gone.yaml\n",
                "apps/web/a.yaml": CONFIG_MAP,
            },
            ("apps/web/kustomization.yaml", 3, 5, True),
        ),
        (
            {"a/kustomization.yaml": "resources:\n  - ../b\n", "b/kustomization.yaml": "resources:\n  - ../a\n"},
            ("b/kustomization.yaml", 2, 5, True),
        ),
        (
            {
                "a/kustomization.yaml": "resources: [a.yaml]\npatches: [p.yaml]\n",
                "a/a.yaml": CONFIG_MAP,
                "a/p.yaml": CONFIG_MAP,
            },
            ("a/kustomization.yaml", 2, 11, True),
        ),
        (
            {
                "a/kustomization.yaml": "resources: [a.yaml]\nreplicas:\n  - {name: a, count: x}\n",
                "a/a.yaml": CONFIG_MAP,
            },
            ("a/kustomization.yaml", 3, 22, True),
        ),
        (
            {
                "a/kustomization.yaml": "resources: [a.yaml]\nimages:\n  - name: a\n    newTagg: v1\n",
                "a/a.yaml": CONFIG_MAP,
            },
            ("a/kustomization.yaml", 4, 5, True),
        ),
        (
            {
                "a/kustomization.yaml": (
                    "resources: [../base]\npatches:\n  - patch: |-\n      kind: ConfigMap\n      apiVersion: v1\n"
                    "      metadata: {name: gone}\n"
                ),
                "base/kustomization.yaml": "resources: [a.yaml]\n",
                "base/a.yaml": CONFIG_MAP,
            },
            ("a/kustomization.yaml", 6, 7, True),
        ),
        (
            {
                "a/kustomization.yaml": "resources:\n  - ../base\n  - again.yaml\n",
                "a/again.yaml": CONFIG_MAP,
                "base/kustomization.yaml": "resources: [a.yaml]\n",
                "base/a.yaml": CONFIG_MAP,
            },
            ("a/kustomization.yaml", 3, 5, True),
        ),
        (
            {
                "a/kustomization.yaml": "resources: [a.yaml]\n",
                "a/a.yaml": f"{CONFIG_MAP}---\napiVersion: v1\nmetadata:\n  name: web\n",
            },
            ("a/a.yaml", 6, 1, True),
        ),
        (
            {
                "a/kustomization.yaml": "resources: [a.yaml]\n",
                "a/a.yaml": CONFIG_MAP.replace("name: web", "labels: {}"),
            },
            ("a/a.yaml", 3, 1, True),
        ),
        (
            {"a/kustomization.yaml": "resources: [a.yaml]\n", "a/a.yaml": CONFIG_MAP.replace("name: web", "nme: web")},
            ("a/a.yaml", 4, 3, True),
        ),
        (
            {
                "chart/Chart.yaml": CHART,
                "chart/templates/a.yaml": CONFIG_MAP + "data:\n  x: {{ .Values.a.b.c }}\n",
                "app.yaml": APPLICATION,
                ".gitlint-ops.yaml": CONFIG,
            },
            ("chart/templates/a.yaml", 6, 3, True),
        ),
        (
            {
                "chart/Chart.yaml": CHART,
                "chart/templates/a.yaml": CONFIG_MAP + " data: {{ 1 }}\n",
                "app.yaml": APPLICATION,
                ".gitlint-ops.yaml": CONFIG,
            },
            ("chart/templates/a.yaml", 5, 2, True),
        ),
        (
            {
                "base/kustomization.yaml": "resources: [a.yaml]\n",
                "base/a.yaml": CONFIG_MAP,
                "prod/kustomization.yaml": (
                    "resources: [../base]\npatches:\n  - path: p.yaml\n    target: {kind: ConfigMap}\n"
                ),
                "prod/p.yaml": "- op: add\n  path: /data/a\n  value: b\n",
            },
            ("prod/p.yaml", 2, 9, True),
        ),
        (
            {"base/kustomization.yaml": "# nothing yet\n", "prod/kustomization.yaml": "resources: [../base]\n"},
            ("base/kustomization.yaml", 1, 1, True),
        ),
        (
            {
                "base/kustomization.yaml": "resources: [a.yaml]\n",
                "base/a.yaml": CONFIG_MAP,
                "prod/kustomization.yaml": (
                    "resources: [../base]\npatches:\n  - target: {kind: ConfigMap}\n    patch: |\n"
                    "      - op: replace\n        path: /spec/web\n        value: {}\n"
                ),
            },
            ("prod/kustomization.yaml", 6, 9, True),
        ),
    ],
    ids=[
        "text that is no object, in a base",
        "object without metadata",
        "folder outside of the repository",
        "missing file of a base",
        "missing file below a folder for which Flux makes the kustomization",
        "circle",
        "field of a wrong type",
        "nested field of a wrong type",
        "unknown nested field",
        "inline patch of an object that is not there",
        "object that another resource gives",
        "object without a kind",
        "object without a name",
        "object with a misspelt name",
        "template",
        "template that gives no YAML",
        "patch file",
        "empty kustomization",
        "inline patch",
    ],
)
def test_place(write: Write, files: dict[str, str], place: tuple[str, int, int, bool]) -> None:
    (found,) = run(write(files), "render-failed").findings
    assert (found.span.path, found.span.line, found.span.column, found.exact) == place


def test_a_values_file_that_is_no_yaml_is_one_finding(write: Write) -> None:
    files = {
        "chart/Chart.yaml": CHART,
        "chart/values.yaml": "a: [1\n",
        "chart/templates/a.yaml": CONFIG_MAP,
        "app.yaml": APPLICATION,
        ".gitlint-ops.yaml": CONFIG,
    }
    (found,) = run(write(files), "render-failed", "invalid-yaml").findings
    assert (found.rule, found.span.path, found.span.line) == ("invalid-yaml", "chart/values.yaml", 1)


def test_charts_of_one_repository_are_one_finding(write: Write) -> None:
    release = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: {name}, namespace: apps}}
spec:
  interval: 1h
  chart: {{spec: {{chart: {name}, version: 1.0.0, sourceRef: {{kind: HelmRepository, name: charts, namespace: apps}}}}}}
---
"""
    repository = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: charts, namespace: apps}
spec: {url: https://charts.acme.example, interval: 1h}
"""
    root = write({"apps/all.yaml": release.format(name="one") + release.format(name="two") + repository})
    (found,) = run(root, "not-rendered").findings
    assert found.message.startswith(
        "not rendered: chart 'one' 1.0.0 from https://charts.acme.example needs the network: "
    )
    assert found.message.endswith(
        "; so is another from https://charts.acme.example (2 deliveries: HelmRelease one, HelmRelease two)"
    )
    assert (found.span.path, found.span.line, len(found.deliveries), len(found.related)) == ("apps/all.yaml", 6, 2, 1)


def test_a_key_twice_in_a_resource_is_one_finding(write: Write) -> None:
    files = {
        "base/kustomization.yaml": "resources: [a.yaml]\n",
        "base/a.yaml": CONFIG_MAP + "  labels: {}\n  labels: {}\n",
        "prod/kustomization.yaml": "resources: [../base]\n",
    }
    report = run(write(files), "render-failed", "duplicate-key")
    assert [(f.rule, f.span.path, f.span.line) for f in report.findings] == [("duplicate-key", "base/a.yaml", 6)]


def test_what_a_chart_emits_is_found_at_the_line_that_says_it(write: Write) -> None:
    application = APPLICATION.replace("https://github.com/acme/gitops", "https://github.com/{{ .Values.org }}/web")
    files = {
        "root/Chart.yaml": CHART,
        "root/values.yaml": "other: 1\norg: elsewhere\n",
        "root/templates/web.yaml": application,
        "chart/Chart.yaml": CHART,
        ".gitlint-ops.yaml": CONFIG,
    }
    (found,) = run(write(files), "not-rendered").findings
    assert (found.span.path, found.span.line) == ("root/values.yaml", 2)
    assert found.message.startswith("not rendered: its source https://github.com/elsewhere/web is another repository: ")
