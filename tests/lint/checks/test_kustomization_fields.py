from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

from gitlint_ops.engine import EngineClient
from gitlint_ops.lint.model import Finding
from tests.lint.checks.support import findings

RULE = "kustomization-deprecated-field"
OBJECTS = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: 1
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: "web:1.0.0"}]}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec: {selector: {app: web}, ports: [{port: 80}]}
    ---
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: clean}
    spec:
      schedule: "* * * * *"
      jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: "a:1.0.0"}]}}}}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: web}
    spec: {podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}
    """
PATCH = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {minReadySeconds: 3}\n"
BASE = {"base/kustomization.yaml": "resources: [objects.yaml]\n", "base/objects.yaml": OBJECTS}
JSON_PATCH = """\
- target: {group: apps, version: v1, kind: Deployment, name: web}
  patch: |-
    - {op: add, path: /metadata/labels, value: {x: y}}
    - {op: add, path: /metadata/annotations, value: {a: c}}
    - {op: replace, path: /spec/replicas, value: 9}
    - {op: replace, path: /spec/template/spec/containers/0/image, value: "web:3.0.0"}
"""
AFTER = """
images: [{name: web, newTag: 2.0.0}]
replicas: [{name: web, count: 4}]
"""
AROUND = """
namespace: shop
namePrefix: eu-
nameSuffix: -v2
commonAnnotations: {a: b}
"""


def fixed(root: Path, found: tuple[Finding, ...]) -> str:
    """Apply the fixes to the overlay's kustomization, last edit first; give its new text."""
    path = root / "prod" / "kustomization.yaml"
    text = path.read_text("utf-8")
    edits = [edit for item in found if item.fix for edit in item.fix.edits]
    for edit in sorted(edits, key=lambda one: one.span, reverse=True):
        lines = text.splitlines(keepends=True)
        start, end = (
            sum(map(len, lines[: line - 1])) + column - 1
            for line, column in ((edit.span.line, edit.span.column), (edit.span.end_line, edit.span.end_column))
        )
        text = text[:start] + edit.text + text[end:]
    path.write_text(text, "utf-8")
    return text


def build(root: Path) -> list[Any]:
    with EngineClient(root, workers=1) as engine:
        objects: list[Any] = engine.call("kustomize", path="prod")["objects"]
        return objects


@pytest.mark.parametrize(
    ("kustomization", "wanted"),
    [
        ("bases:\n  - ../base\n", "resources:\n  - ../base\n"),
        (
            "bases:\n- ../base\n- ../more\n# keep\nresources:\n- own.yaml\n",
            "# keep\nresources:\n- own.yaml\n- ../base\n- ../more\n",
        ),
        (
            "resources: [../base]\ncommonLabels:\n  a: b # ours\n  'c': d\n",
            "resources: [../base]\nlabels:\n  - includeSelectors: true\n    pairs:\n      a: b # ours\n      'c': d\n",
        ),
        (
            "resources: [../base]\ncommonLabels: {team: shop}\n",
            "resources: [../base]\nlabels:\n  - includeSelectors: true\n    pairs: {team: shop}\n",
        ),
        (
            "resources: [../base]\npatchesStrategicMerge:\n- patch.yaml\n",
            "resources: [../base]\npatches:\n- path: patch.yaml\n",
        ),
        (
            "resources: [../base]\npatchesStrategicMerge: ['patch.yaml']\n",
            "resources: [../base]\npatches: [{path: 'patch.yaml'}]\n",
        ),
    ],
)
@pytest.mark.parametrize("around", ["", AROUND + AFTER])
def test_the_fix_builds_the_same(kustomization: str, wanted: str, around: str, tmp_path: Path) -> None:
    _check_fix(kustomization, wanted, around, tmp_path)


@pytest.mark.parametrize("around", ["", AFTER])
def test_json_patches_become_patches_where_nothing_runs_between(around: str, tmp_path: Path) -> None:
    old, new = (f"resources: [../base]\n{field}:\n{JSON_PATCH}" for field in ("patchesJson6902", "patches"))
    _check_fix(old, new, around, tmp_path)


def _check_fix(kustomization: str, wanted: str, around: str, tmp_path: Path) -> None:
    files = BASE | {
        "more/kustomization.yaml": "resources: [map.yaml]\n",
        "more/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n",
        "prod/own.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\n",
        "prod/patch.yaml": PATCH,
        "prod/kustomization.yaml": textwrap.dedent(kustomization) + around.lstrip("\n"),
    }
    found = findings(tmp_path, files, RULE)
    before = build(tmp_path)
    assert fixed(tmp_path, found) == wanted + around.lstrip("\n")
    assert build(tmp_path) == before


@pytest.mark.parametrize(
    "kustomization",
    [
        "resources: [../base]\nvars: [{name: A, objref: {apiVersion: v1, kind: Service, name: web}}]\n",
        "resources: [../base]\npatchesStrategicMerge:\n- |-\n  kind: Deployment\n  apiVersion: apps/v1\n",
        "resources: [../base]\npatchesStrategicMerge: [patch.yaml]\npatches: [path: other.yaml]\n",
        "resources: [../base]\ncommonLabels: {a: b}\nlabels: [{pairs: {c: d}}]\n",
        "bases: [../base]\nresources: [own.yaml]\n",
        f"resources: [../base]\nnamespace: shop\npatchesJson6902:\n{JSON_PATCH}",
        "bases:\n- ../base\n# why\n- ../more\nresources:\n- own.yaml\n",
    ],
)
def test_what_an_edit_cannot_surely_mend_has_no_fix(kustomization: str, tmp_path: Path) -> None:
    found = findings(tmp_path, BASE | {"prod/kustomization.yaml": kustomization}, RULE)
    assert [item.fix for item in found] == [None]
