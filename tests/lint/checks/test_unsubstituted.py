from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

RULE = "substitution-undefined"
CONFIG = "repository: {urls: [https://git.acme.example/fleet.git]}\n"


def kustomization(name: str, more: str = "") -> str:
    return f"""
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {{name: {name}, namespace: flux-system}}
        spec:
          interval: 10m
          path: ./{name}
          prune: true
          sourceRef: {{kind: GitRepository, name: flux-system}}
          {more}
        """


def thing(spec: str, kind: str = "Service", name: str = "web", annotations: str = "") -> str:
    return f"""
        apiVersion: v1
        kind: {kind}
        metadata: {{name: {name}, namespace: web, annotations: {{{annotations}}}}}
        {spec}
        """


SUBSTITUTING = {
    "clusters/prod/first.yaml": kustomization("first", "postBuild: {substitute: {HOST: example.com}}"),
    "first/all.yaml": thing("spec: {externalName: '${HOST}'}"),
}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (thing("spec: {externalName: '${HOST}'}"), 1),
        (thing("spec: {externalName: '${HOST:=a}'}"), 1),
        (thing("spec: {externalName: '$${HOST}'}"), 0),
        (thing("spec: {externalName: '$HOST'}"), 0),
        (thing("spec: {externalName: '${OTHER}'}"), 0),
        (thing("spec: {}", name="'${OTHER}'"), 1),
        (thing("spec: {externalName: '${HOST}'}", annotations="kustomize.toolkit.fluxcd.io/substitute: disabled"), 0),
        (thing("data: {a: '${HOST}'}", kind="ConfigMap"), 0),
        (thing("spec: {containers: [{name: a, image: 'a:1.0.0', args: ['${HOST}']}]}", kind="Pod"), 0),
        (thing('spec: {externalName: "${HOST}\\n"}'), 0),
    ],
)
def test_texts_of_a_kustomization_without_substitution(text: str, count: int, tmp_path: Path) -> None:
    files = {".gitlint-ops.yaml": CONFIG, "clusters/prod/web.yaml": kustomization("web"), "web/all.yaml": text}
    assert places(findings(tmp_path, {**files, **SUBSTITUTING}, RULE)) == [("clusters/prod/web.yaml", 4)] * count


def test_what_most_lack_something_on_the_cluster_adds(tmp_path: Path) -> None:
    names = ("web", "api")
    files = {f"clusters/prod/{name}.yaml": kustomization(name) for name in names}
    files |= {f"{name}/all.yaml": thing("spec: {externalName: '${HOST}'}", name=name) for name in names}
    assert findings(tmp_path, {".gitlint-ops.yaml": CONFIG, **files, **SUBSTITUTING}, RULE) == ()


@pytest.mark.parametrize(
    ("build", "count"),
    [
        ("postBuild: {}", 1),
        ("postBuild: {substitute: {}}", 1),
        ("postBuild: {substituteFrom: [{kind: Secret, name: not-in-git}]}", 0),
        ("postBuild: {substitute: {HOST: a}}", 0),
    ],
)
def test_without_a_variable_nothing_is_substituted(build: str, count: int, tmp_path: Path) -> None:
    files = {"clusters/prod/web.yaml": kustomization("web", build), "web/all.yaml": SUBSTITUTING["first/all.yaml"]}
    found = findings(tmp_path, {".gitlint-ops.yaml": CONFIG, **files, **SUBSTITUTING}, RULE)
    assert ["has no variables in its spec.postBuild" in item.message for item in found] == [True] * count
