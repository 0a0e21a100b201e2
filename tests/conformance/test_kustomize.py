"""The engine builds the same bytes as the official Kustomize, and refuses what that refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitlint_ops.engine import EngineClient, EngineError
from tests.conformance.conftest import FIXTURES, official_kustomize

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1.0
        env: [{name: A, value: "1"}, {name: SECRET, valueFrom: {secretKeyRef: {name: keys, key: k}}}]
        envFrom: [{configMapRef: {name: settings}}]
      - {name: side, image: busybox}
"""
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n"
INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {rules: [{host: x.example.com, http: {paths: [{path: /, pathType: Prefix,
  backend: {service: {name: web, port: {number: 80}}}}]}}]}
"""
CUSTOM = """
apiVersion: example.com/v1
kind: Web
metadata: {name: w}
spec: {ports: [{name: a, port: 1}], title: t}
"""
SCHEMA = json.dumps(
    {
        "definitions": {
            "x.Web": {
                "properties": {"spec": {"$ref": "#/definitions/x.Spec"}},
                "x-kubernetes-group-version-kind": [{"group": "example.com", "kind": "Web", "version": "v1"}],
            },
            "x.Spec": {
                "type": "object",
                "properties": {
                    "ports": {
                        "type": "array",
                        "items": {"type": "object"},
                        "x-kubernetes-patch-merge-key": "name",
                        "x-kubernetes-patch-strategy": "merge",
                    }
                },
            },
        }
    }
)

BUILDS: dict[str, dict[str, str]] = {
    "namespace, names, labels and images": {
        "kustomization.yaml": """
            namespace: prod
            namePrefix: a-
            nameSuffix: -z
            resources: [d.yaml, s.yaml, i.yaml, n.yaml]
            labels: [{pairs: {team: x}, includeSelectors: true}, {pairs: {tier: two}, includeTemplates: true}]
            commonAnnotations: {note: "1.10"}
            images: [{name: registry.example.com/web, newTag: "2"}, {name: busybox, digest: "sha256:abc"}]
            replicas: [{name: web, count: 3}]
        """,
        "d.yaml": DEPLOYMENT,
        "s.yaml": SERVICE,
        "i.yaml": INGRESS,
        "n.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: old}\n",
    },
    "generators with hashes and references": {
        "kustomization.yaml": """
            resources: [d.yaml]
            generatorOptions: {labels: {gen: "yes"}, annotations: {a: b}}
            configMapGenerator:
            - {name: settings, files: [app.conf, renamed=app.conf], literals: [A=1, "B=two words"], envs: [x.env]}
            - {name: plain, literals: [k=v], options: {disableNameSuffixHash: true, immutable: true}}
            secretGenerator:
            - {name: keys, literals: [k=secret], type: Opaque}
        """,
        "d.yaml": DEPLOYMENT,
        "app.conf": "line one\nline: two\n\ttab\n",
        "x.env": "# comment\nE=1\nF=\n",
    },
    "patches of every kind": {
        "kustomization.yaml": """
            resources: [d.yaml, s.yaml]
            patches:
            - path: p.yaml
            - {path: delete.yaml}
            - target: {kind: Deployment, name: "w.*", labelSelector: app=web}
              patch: |-
                - {op: replace, path: /spec/replicas, value: 9}
                - {op: add, path: /metadata/annotations, value: {x: y}}
            - target: {kind: Nothing}
              patch: '[{"op": "remove", "path": "/x"}]'
        """,
        "d.yaml": DEPLOYMENT,
        "s.yaml": SERVICE,
        "p.yaml": """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec: {template: {spec: {containers: [{name: web, env: [{name: A, $patch: delete}, {name: B, value: null}]},
              {name: side, $patch: delete}]}}}
        """,
        "delete.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n$patch: delete\n",
    },
    "components and replacements": {
        "kustomization.yaml": """
            resources: [base]
            components: [part]
            replacements:
            - source: {kind: Deployment, fieldPath: metadata.name}
              targets:
              - select: {kind: Service}
                fieldPaths: [metadata.annotations.owner]
                options: {create: true}
            - source: {kind: ConfigMap, name: settings, fieldPath: data.host}
              targets: [{select: {kind: Ingress}, fieldPaths: [spec.rules.0.host]}]
        """,
        "base/kustomization.yaml": "resources: [d.yaml, s.yaml, i.yaml]\n",
        "base/d.yaml": DEPLOYMENT,
        "base/s.yaml": SERVICE,
        "base/i.yaml": INGRESS,
        "part/kustomization.yaml": """
            apiVersion: kustomize.config.k8s.io/v1alpha1
            kind: Component
            configMapGenerator: [{name: settings, literals: [host=y.example.com]}]
            patches: [{target: {kind: Deployment}, patch: '[{"op": "remove", "path": "/spec/replicas"}]'}]
        """,
    },
    "deprecated fields": {
        "overlay/kustomization.yaml": """
            bases: [../base]
            commonLabels: {a: b}
            patchesStrategicMerge: [p.yaml]
            patchesJson6902:
            - {target: {version: v1, kind: Service, name: web}, path: j.json}
            vars:
            - {name: NAME, objref: {kind: Service, name: web, apiVersion: v1}}
        """,
        "overlay/p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 4}\n",
        "overlay/j.json": '[{"op": "add", "path": "/spec/type", "value": "$(NAME)"}]',
        "base/kustomization.yaml": "resources: [d.yaml, s.yaml]\n",
        "base/d.yaml": DEPLOYMENT,
        "base/s.yaml": SERVICE,
    },
    "build metadata of its own": {
        "kustomization.yaml": "resources: [d.yaml]\nbuildMetadata: [managedByLabel, originAnnotations, "
        "transformerAnnotations]\nnamePrefix: x-\nconfigMapGenerator: [{name: c, literals: [a=b]}]\n",
        "d.yaml": DEPLOYMENT,
    },
    "annotations that are empty or null": {
        "kustomization.yaml": "resources: [a.yaml]\n",
        "a.yaml": "apiVersion: v1\nkind: A\nmetadata: {name: a, annotations: {}}\n---\n"
        "apiVersion: v1\nkind: A\nmetadata: {name: b, annotations: null}\n---\n"
        "apiVersion: v1\nkind: A\nmetadata: {name: c, labels: {}}\nspec: {x: null, y: [], z: {}}\n",
    },
    "scalars of YAML 1.1": {
        "kustomization.yaml": "resources: [a.yaml]\n",
        "a.yaml": "apiVersion: v1\nkind: A\nmetadata: {name: a}\nspec: {b: yes, c: 0123, d: 1e3, e: 1_000, f: 1.0, "
        "g: ~, h: 2020-01-01, i: 'no', j: 12345678901234567890, k: 0x1F, m: 12:30:45, n: \"\\u00e9\"}\n",
    },
    "anchors, duplicates and comments": {
        "kustomization.yaml": "# top\nnamespace: one\nnamespace: two\nresources: &r\n- a.yaml # here\n"
        "commonAnnotations: {note: here}\n",
        "a.yaml": "apiVersion: v1\nkind: A\nmetadata: &m\n  name: a\n  labels: &l {k: v}\nspec:\n  same: *l\n"
        "  text: |+\n    one\n\n    two\n\n  fold: >-\n    a\n    b\n",
    },
    "lists, several documents, JSON": {
        "kustomization.yaml": "resources: [l.yaml, j.json]\n",
        "l.yaml": "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: A, metadata: {name: a}}\n"
        "---\n# empty\n---\n"
        "apiVersion: v1\nkind: B\nmetadata: {name: b}\n",
        "j.json": '{"apiVersion": "v1", "kind": "C", "metadata": {"name": "c"}, "n": 1.50}',
    },
    "a kustomization in JSON": {
        "kustomization.yaml": '{"resources": ["d.yaml"], "namePrefix": "j-"}',
        "d.yaml": DEPLOYMENT,
    },
    "order and a builtin transformer": {
        "kustomization.yaml": "resources: [d.yaml, s.yaml, i.yaml]\ntransformers: [t.yaml]\n"
        "sortOptions: {order: fifo}\n",
        "d.yaml": DEPLOYMENT,
        "s.yaml": SERVICE,
        "i.yaml": INGRESS,
        "t.yaml": "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: p}\nprefix: t-\n"
        "fieldSpecs: [{path: metadata/name}]\n",
    },
    "a custom schema and configurations": {
        "kustomization.yaml": "resources: [c.yaml]\nopenapi: {path: schema.json}\npatches: [{path: p.yaml}]\n"
        "namePrefix: q-\nconfigurations: [conf.yaml]\n",
        "c.yaml": CUSTOM,
        "p.yaml": "apiVersion: example.com/v1\nkind: Web\nmetadata: {name: w}\nspec: {ports: [{name: b, port: 2}]}\n",
        "schema.json": SCHEMA,
        "conf.yaml": "namePrefix: [{path: spec/title}]\n",
    },
    "without a schema the list is replaced": {
        "kustomization.yaml": "resources: [c.yaml]\npatches: [{path: p.yaml}]\n",
        "c.yaml": CUSTOM,
        "p.yaml": "apiVersion: example.com/v1\nkind: Web\nmetadata: {name: w}\nspec: {ports: [{name: b, port: 2}]}\n",
    },
    "the same name in two namespaces": {
        "kustomization.yaml": "resources: [a.yaml]\nnamePrefix: n-\n",
        "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: a}\n---\n"
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: b}\n",
    },
}

REFUSALS: dict[str, tuple[str, dict[str, str]]] = {
    "a missing resource": ("missing-file", {"kustomization.yaml": "resources: [gone.yaml]\n"}),
    "an unknown field": ("failed", {"kustomization.yaml": "resources: []\nresource: [x]\n"}),
    "an empty kustomization": ("failed", {"kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\n"}),
    "the same object twice": (
        "failed",
        {"kustomization.yaml": "resources: [a.yaml, b.yaml]\n", "a.yaml": SERVICE, "b.yaml": SERVICE},
    ),
    "two kustomizations": ("failed", {"kustomization.yaml": "namePrefix: a\n", "kustomization.yml": "namePrefix: b\n"}),
    "a tag that is a number": (
        "failed",
        {"kustomization.yaml": "resources: [s.yaml]\nimages: [{name: x, newTag: 1.10}]\n", "s.yaml": SERVICE},
    ),
    "a strategic merge patch without its target": (
        "failed",
        {
            "kustomization.yaml": "resources: [s.yaml]\npatches: [{path: p.yaml}]\n",
            "s.yaml": SERVICE,
            "p.yaml": DEPLOYMENT,
        },
    ),
    "a resource outside the folder": (
        "failed",
        {"o/kustomization.yaml": "resources: [../s.yaml]\n", "s.yaml": SERVICE},
    ),
    "a duplicate key in a resource": (
        "failed",
        {"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": SERVICE + "kind: Other\n"},
    ),
    "a Helm chart without leave": (
        "failed",
        {"kustomization.yaml": "helmCharts: [{name: x, repo: https://example.com}]\n"},
    ),
    "an object without a name": (
        "failed",
        {
            "kustomization.yaml": "resources: [j.yaml]\n",
            "j.yaml": "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: job-}\n",
        },
    ),
    "a remote base": ("needs-network", {"kustomization.yaml": "resources: ['github.com/o/r//x?ref=v1']\n"}),
}


def _top(files: Mapping[str, str]) -> str:
    return next(iter(files)).rpartition("/")[0] or "."


def _without_tags(text: str) -> list[Any]:
    """Parse a build's output as Kubernetes does, by a second implementation that agrees on what Kustomize prints."""
    return [document for document in yaml.safe_load_all(text) if document is not None]


@pytest.mark.parametrize("name", BUILDS)
def test_same_bytes(name: str, write: Callable[[Mapping[str, str]], Path]) -> None:
    root = write(BUILDS[name])
    folder = _top(BUILDS[name])
    official = official_kustomize(root / folder)
    expected = official.text
    assert expected is not None, official.message
    with EngineClient(root) as engine:
        answer = engine.call("kustomize", path=folder, yaml=True)
    assert answer["yaml"] == expected
    assert len(answer["origins"]) == len(answer["objects"]) == len(_without_tags(expected))


@pytest.mark.parametrize("name", [name for name in BUILDS if "build metadata" not in name and "YAML 1.1" not in name])
def test_objects_are_those_of_the_official_output(name: str, write: Callable[[Mapping[str, str]], Path]) -> None:
    root = write(BUILDS[name])
    folder = _top(BUILDS[name])
    official = official_kustomize(root / folder)
    expected = official.text
    assert expected is not None, official.message
    with EngineClient(root) as engine:
        objects = engine.call("kustomize", path=folder)["objects"]
    for found, wanted in zip(objects, _without_tags(expected), strict=True):
        if not wanted["metadata"].get("annotations"):
            # Annotations that are there but empty vanish with the origin that the engine adds and takes away.
            wanted["metadata"].pop("annotations", None)
        assert found == wanted


@pytest.mark.parametrize("name", REFUSALS)
def test_same_refusals(name: str, write: Callable[[Mapping[str, str]], Path]) -> None:
    kind, files = REFUSALS[name]
    root = write(files)
    assert official_kustomize(root / _top(files)).text is None
    with EngineClient(root) as engine, pytest.raises(EngineError) as refused:
        engine.call("kustomize", path=_top(files))
    assert refused.value.kind == kind


def test_fixtures_build_the_same_bytes(kustomization: str) -> None:
    expected = official_kustomize(FIXTURES / kustomization).text
    with EngineClient(FIXTURES) as engine:
        answer = engine.call_many([{"verb": "kustomize", "path": kustomization, "yaml": True}])[0]
    if isinstance(answer, EngineError):
        assert expected is None, answer.message
    else:
        assert answer["yaml"] == expected
