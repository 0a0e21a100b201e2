"""Objects of any shape: a wrong type anywhere must give a reason, never a traceback."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from gitlint_ops.repo import deliveries_in
from gitlint_ops.repo.model import Declared
from tests.repo.conftest import SurveyOf
from tests.repo.delivering import LOCAL, URL

FILES = {
    "apps/kustomization.yaml": "resources: []\n",
    "chart/Chart.yaml": "name: web\nversion: 1.0.0\n",
    "chart/values.yaml": "a: 1\n",
    "cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {values.yaml: 'a: 1'}\n",
}
SOURCE = {
    "repoURL": URL,
    "path": "chart",
    "targetRevision": "main",
    "helm": {
        "valueFiles": ["values.yaml", "$v/chart/values.yaml"],
        "values": "a: 1",
        "parameters": [{"name": "a", "value": "1", "forceString": True}],
        "fileParameters": [{"name": "f", "path": "values.yaml"}],
        "apiVersions": ["v1"],
    },
}
KUSTOMIZE = {
    "namePrefix": "a-",
    "images": ["a=b"],
    "replicas": [{"name": "a", "count": 1}],
    "commonLabels": {"a": "b"},
    "patches": [{"patch": "x", "target": {"kind": "Pod"}, "options": {"allowNameChange": True}}],
    "components": ["../apps"],
}
APPLICATION_SPEC = {
    "project": "default",
    "sources": [SOURCE, {"repoURL": URL, "path": "apps", "kustomize": KUSTOMIZE}, {"repoURL": URL, "ref": "v"}],
    "destination": {"name": "in-cluster", "namespace": "x"},
    "syncPolicy": {"automated": {"prune": True}, "syncOptions": ["a=b"]},
}
SET_SPEC = {
    "goTemplate": True,
    "goTemplateOptions": ["missingkey=error"],
    "generators": [
        {"list": {"elements": [{"a": "b"}]}, "selector": {"matchLabels": {"a": "b"}}},
        {"git": {"repoURL": URL, "directories": [{"path": "apps"}], "values": {"a": "b"}, "pathParamPrefix": "p"}},
        {"git": {"repoURL": URL, "files": [{"path": "chart/values.yaml", "exclude": False}]}},
        {"clusters": {"selector": {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}}},
        {"matrix": {"generators": [{"list": {"elements": [{"a": "b"}]}}, {"clusters": {"values": {"c": "d"}}}]}},
        {"merge": {"mergeKeys": ["a"], "generators": [{"list": {"elements": []}}, {"list": {"elements": []}}]}},
    ],
    "template": {"metadata": {"name": "x"}, "spec": {"source": {"repoURL": URL, "path": "apps"}}},
    "templatePatch": "spec: {project: x}",
}
KUSTOMIZATION_SPEC = {
    "path": "./apps",
    "prune": True,
    "sourceRef": {"kind": "GitRepository", "name": "flux-system"},
    "postBuild": {
        "substitute": {"a": "b"},
        "substituteFrom": [{"kind": "ConfigMap", "name": "cm", "optional": True}],
    },
    "targetNamespace": "x",
    "kubeConfig": {"secretRef": {"name": "x"}},
}
RELEASE_SPEC = {
    "chart": {
        "spec": {
            "chart": "./chart",
            "version": "*",
            "sourceRef": {"kind": "GitRepository", "name": "flux-system"},
            "valuesFiles": ["chart/values.yaml"],
        }
    },
    "valuesFrom": [{"kind": "ConfigMap", "name": "cm", "valuesKey": "values.yaml", "targetPath": "a.b"}],
    "values": {"a": 1},
    "install": {"crds": "Create"},
    "postRenderers": [{"kustomize": {"images": []}}],
    "commonMetadata": {"labels": {}},
    "driftDetection": {"mode": "enabled"},
}
OBJECTS: dict[str, dict[str, Any]] = {
    "Application": {"apiVersion": "argoproj.io/v1alpha1", "spec": APPLICATION_SPEC},
    "ApplicationSet": {"apiVersion": "argoproj.io/v1alpha1", "spec": SET_SPEC},
    "Kustomization": {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "spec": KUSTOMIZATION_SPEC},
    "HelmRelease": {"apiVersion": "helm.toolkit.fluxcd.io/v2", "spec": RELEASE_SPEC},
    "FluxInstance": {
        "apiVersion": "fluxcd.controlplane.io/v1",
        "spec": {"sync": {"url": URL, "path": "apps", "ref": "x"}},
    },
}
WRONG: tuple[Any, ...] = (
    None,
    True,
    3,
    -1.5,
    "",
    "x",
    "{{",
    "../..",
    "$v/\u0000",
    [],
    [None],
    ["x"],
    {},
    {"x": None},
    [{}],
    [[1]],
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from _paths(child, (*path, key))


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    changed = copy.copy(value)
    changed[path[0]] = _with(value[path[0]], path[1:], new)
    return changed


@pytest.mark.parametrize("kind", OBJECTS)
def test_every_field_with_every_wrong_type(survey_of: SurveyOf, kind: str) -> None:
    context = survey_of(FILES, LOCAL)
    whole = {**OBJECTS[kind], "kind": kind, "metadata": {"name": "web", "namespace": "x", "labels": {"env": "prod"}}}
    # An ApplicationSet asks the engine several times: it gets every third value, another third on each level.
    hostile = [
        _with(whole, path, wrong)
        for path in _paths(whole)
        if path not in {(), ("apiVersion",), ("kind",)}
        for wrong in (WRONG if kind != "ApplicationSet" else WRONG[len(path) % 3 :: 3])
    ]
    for data in hostile:
        found = deliveries_in([Declared(data, "cm.yaml", 0)], context)
        assert found.deliveries or found.generators or kind == "FluxInstance"
        for delivery in found.deliveries:
            # Something is rendered, or a reason says why not.
            assert delivery.units or delivery.unrendered, data


@pytest.mark.parametrize(
    "data", [{}, {"kind": 3}, {"kind": ["Application"], "apiVersion": {}}, {"apiVersion": 1, "kind": "Application"}]
)
def test_no_objects(survey_of: SurveyOf, data: dict[str, Any]) -> None:
    assert deliveries_in([Declared(data, "cm.yaml", 0)], survey_of(FILES)).deliveries == ()


def test_the_whole_objects_render(survey_of: SurveyOf) -> None:
    context = survey_of(FILES, LOCAL)
    for kind, data in OBJECTS.items():
        found = deliveries_in([Declared({**data, "kind": kind, "metadata": {"name": "web"}}, "cm.yaml", 0)], context)
        assert all(delivery.units and not delivery.unrendered for delivery in found.deliveries), kind
