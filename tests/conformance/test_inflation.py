"""``helmCharts``: the engine inflates charts as the official Kustomize does, with the same arguments and values."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from gitlint_ops.engine import EngineClient, EngineError
from tests.conformance.conftest import official_kustomize
from tests.conformance.helm_command import as_command

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Kustomize starts the test's helm by its first line")

MAP = """
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-web", namespace: {{ .Release.Namespace }}}
data:
  values: {{ toJson .Values | quote }}
  kube: "{{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.APIVersions.Has `example.com/v1` }}"
"""
JOBS = """
apiVersion: batch/v1
kind: Job
metadata: {name: test, annotations: {helm.sh/hook: test}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: before, annotations: {helm.sh/hook: pre-install}}
"""
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template: {spec: {containers: [{name: web, image: "web:{{ .Values.tag }}"}]}}
"""


def _chart(folder: str) -> dict[str, str]:
    name = folder.rpartition("/")[2]
    return {
        f"{folder}/Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n",
        f"{folder}/values.yaml": "tag: '1.10'\nsize: 1\nlist: [a, b]\nnested: {kept: 1, changed: 1, gone: 1}\n",
        f"{folder}/templates/map.yaml": MAP,
        f"{folder}/templates/deployment.yaml": DEPLOYMENT,
        f"{folder}/templates/jobs.yaml": JOBS,
        f"{folder}/crds/webs.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        "metadata: {name: webs.example.com}\n",
    }


def _one(*fields: str, files: Mapping[str, str] | None = None, top: str = "") -> dict[str, str]:
    """A kustomization that inflates one chart with some more fields."""
    entry = "".join(f"  {field}\n" for field in fields)
    return {"kustomization.yaml": f"{top}helmCharts:\n- name: web\n{entry}", **_chart("charts/web"), **(files or {})}


INLINE = "valuesInline: {size: 2, list: [c], nested: {changed: 2, gone: null}, added: {x: yes}}"
BUILDS: dict[str, dict[str, str]] = {
    "no release name": _one(),
    "release name and namespace": _one("releaseName: shop", "namespace: prod"),
    "the kustomization's namespace": _one("releaseName: shop", top="namespace: prod\n"),
    "a name template": _one("nameTemplate: my-web"),
    "inline values override": _one("releaseName: r", INLINE),
    "inline values merge": _one("releaseName: r", INLINE, "valuesMerge: merge"),
    "inline values replace": _one("releaseName: r", INLINE, "valuesMerge: replace"),
    "a values file": _one("releaseName: r", "valuesFile: own.yaml", files={"own.yaml": "size: 5\n"}),
    "a values file and inline values": _one(
        "releaseName: r", "valuesFile: own.yaml", INLINE, files={"own.yaml": "size: 5\nnested: {own: 1}\n"}
    ),
    "additional values files": _one(
        "releaseName: r",
        "additionalValuesFiles: [a.yaml, b/b.yaml]",
        INLINE,
        files={"a.yaml": "size: 5\nonly: a\n", "b/b.yaml": "size: 6\nlist: []\n"},
    ),
    "custom resource definitions": _one("releaseName: r", "includeCRDs: true"),
    "no tests": _one("releaseName: r", "skipTests: true"),
    "no hooks": _one("releaseName: r", "skipHooks: true"),
    "versions of the cluster": _one("releaseName: r", "kubeVersion: '1.27'", "apiVersions: [example.com/v1]"),
    "a chart home elsewhere": {
        "kustomization.yaml": "helmGlobals: {chartHome: vendored}\nhelmCharts: [{name: web, releaseName: r}]\n",
        **_chart("vendored/web"),
    },
    "a pulled version": {
        "kustomization.yaml": "helmCharts:\n- {name: web, version: 1.0.0, repo: https://example.com, releaseName: r}\n",
        **_chart("charts/web-1.0.0/web"),
    },
    "a pulled chart without a version": {
        "kustomization.yaml": "helmCharts: [{name: web, repo: https://example.com, releaseName: r}]\n",
        **_chart("charts/web"),
    },
    "in a base, changed above": {
        "overlay/kustomization.yaml": "namespace: prod\nnamePrefix: my-\n"
        "labels: [{pairs: {a: b}, includeSelectors: true}]\n"
        "resources: [../base]\nimages: [{name: web, newTag: '2'}]\n"
        'patches: [{target: {kind: Job}, patch: \'[{"op": "add", "path": "/spec", "value": {"suspend": true}}]\'}]\n',
        **{f"base/{name}": text for name, text in _one("releaseName: shop").items()},
    },
    "in a component": {
        "overlay/kustomization.yaml": "namespace: prod\ncomponents: [../part]\n",
        **{
            f"part/{name}": text
            for name, text in _one(
                "releaseName: shop", top="apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
            ).items()
        },
    },
    "a configured generator": {
        "kustomization.yaml": "generators: [web.yaml]\n",
        "web.yaml": "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: web}\nname: web\n"
        "releaseName: r\nvaluesInline: {size: 3}\n",
        **_chart("charts/web"),
    },
    "order of what is made, kept": {
        "kustomization.yaml": "sortOptions: {order: fifo}\nresources: [own.yaml]\nconfigMapGenerator: [{name: g}]\n"
        "helmCharts: [{name: web, releaseName: r}, {name: web, releaseName: s, skipHooks: true}]\n",
        "own.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: own}\n",
        # Two releases of one chart would give two Deployments of one name.
        **_chart("charts/web") | {"charts/web/templates/deployment.yaml": ""},
    },
}

REFUSALS: dict[str, tuple[str, dict[str, str]]] = {
    "an absent chart": ("missing-file", {"kustomization.yaml": "helmCharts: [{name: far}]\n"}),
    "a chart of another version": (
        "needs-network",
        _one("version: 2.0.0", "repo: http://127.0.0.1:9"),
    ),
    "an absent values file": ("missing-file", _one("valuesFile: none.yaml")),
    "a values file above": (
        "failed",
        {f"a/{name}": text for name, text in _one("valuesFile: ../up.yaml").items()} | {"up.yaml": "a: b\n"},
    ),
    "an unknown merge": ("failed", _one("valuesMerge: deep")),
    "two names": ("failed", _one("releaseName: r", "nameTemplate: x")),
    "no name": ("failed", {"kustomization.yaml": "helmCharts: [{releaseName: r}]\n"}),
    "a template that fails": ("failed", _one(files={"charts/web/templates/x.yaml": "{{ fail `no` }}"})),
}


def _top(files: Mapping[str, str]) -> str:
    return next(iter(files)).rpartition("/")[0] or "."


@pytest.mark.parametrize("name", BUILDS)
def test_same_bytes(name: str, write: Callable[[Mapping[str, str]], Path], tmp_path: Path) -> None:
    root, folder = write(BUILDS[name]), _top(BUILDS[name])
    official = official_kustomize(root / folder, "--enable-helm", f"--helm-command={as_command(tmp_path)}")
    assert official.text is not None, official.message
    with EngineClient(root) as engine:
        answer = engine.call("kustomize", path=folder, enable_helm=True, yaml=True)
        traced = engine.call("kustomize", path=folder, enable_helm=True, provenance=True)
    assert answer["yaml"] == official.text
    assert len(answer["origins"]) == len(list(yaml.safe_load_all(official.text)))
    assert traced["objects"] == answer["objects"]


@pytest.mark.parametrize("name", REFUSALS)
def test_same_refusals(name: str, write: Callable[[Mapping[str, str]], Path], tmp_path: Path) -> None:
    kind, files = REFUSALS[name]
    root, folder = write(files), _top(files)
    official = official_kustomize(root / folder, "--enable-helm", f"--helm-command={as_command(tmp_path)}")
    assert official.text is None
    with EngineClient(root) as engine, pytest.raises(EngineError) as refused:
        engine.call("kustomize", path=folder, enable_helm=True)
    assert refused.value.kind == kind
