"""The engine renders the same bytes as Helm's official SDK, and refuses what that refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import helm_python
import pytest
import yaml

from gitlint_ops.engine import EngineClient, EngineError
from tests.conformance.conftest import FIXTURES, Official

CHART = "apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: 1.10\n"


class Case(NamedTuple):
    """A chart's files below ``chart/`` and the values it is rendered with."""

    files: dict[str, str]
    values: dict[str, Any]


def _config_map(name: str, body: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n{body}"


RENDERS: dict[str, Case] = {
    "types of values": Case(
        {
            "values.yaml": "int: 1\nbig: 1234567\nhuge: 12345678901234567\nfloat: 1.50\nbool: yes\noctal: 0123\n"
            "none: ~\n"
            "text: '1.10'\ndate: 2020-01-01\nlist: [1, two, 3.5]\nmap: {b: 1, a: {c: d}}\n",
            "templates/c.yaml": _config_map(
                "types",
                "  all: {{ toYaml .Values | quote }}\n  json: {{ toJson .Values | quote }}\n"
                '  printed: "{{ .Values.int }} {{ .Values.big }} {{ .Values.huge }} {{ .Values.float }}'
                " {{ .Values.bool }}"
                ' {{ .Values.octal }} {{ .Values.none }} {{ .Values.text }} {{ .Values.date }} {{ .Values.list }}"\n'
                "  kinds: {{ kindOf .Values.big }}-{{ kindOf .Values.text }}-{{ int64 .Values.big }}\n",
            ),
        },
        {"added": 10000000, "float": 0.1, "list": []},
    ),
    "null deletes a default": Case(
        {
            "values.yaml": "a: {b: 1, c: 2}\nd: {e: 1}\nf: 1\n",
            "templates/c.yaml": _config_map(
                "nulls", "  v: {{ toJson .Values | quote }}\n  d: {{ .Values.d | default `none` }}\n"
            ),
        },
        {"a": {"b": None}, "d": None, "f": 2},
    ),
    "include, nindent, tpl and range": Case(
        {
            "values.yaml": "labels: {z: 1, a: 2}\n"
            "template: 'x-{{ .Release.Name }}-{{ include \"web.name\" . }}'\nitems: {b: 1, a: 2}\n",
            "templates/_helpers.tpl": '{{- define "web.name" -}}\n{{ .Chart.Name | trunc 2 }}\n{{- end -}}\n'
            '{{ define "web.labels" }}\nname: {{ include "web.name" . }}\n{{ toYaml .Values.labels }}\n{{- end }}',
            "templates/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n"
            "  name: {{ tpl .Values.template . }}\n  labels:\n"
            '    {{- include "web.labels" . | nindent 4 }}\ndata:\n{{- range $k, $v := .Values.items }}\n'
            "  {{ $k }}: {{ $v | quote }}\n{{- end }}\n{{ with .Values.nothing }}\n  never: {{ . }}\n{{ end }}\n"
            "  text: |-\n{{ `one\n\ntwo` | indent 4 }}\n",
        },
        {},
    ),
    "order of kinds, hooks and several documents": Case(
        {
            "templates/b.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n---\n# nothing\n---\n"
            "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n--- # more\napiVersion: v1\nkind: Namespace\n"
            "metadata: {name: space}\n",
            "templates/a.yaml": "kind: Zed\napiVersion: example.com/v1\nmetadata: {name: z}\n",
            "templates/hooks.yaml": "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: second\n  annotations:\n"
            '    helm.sh/hook: pre-install\n    helm.sh/hook-weight: "5"\n---\napiVersion: batch/v1\nkind: Job\n'
            "metadata:\n"
            "  name: first\n  annotations:\n    helm.sh/hook: pre-install,post-upgrade\n"
            '    helm.sh/hook-weight: "-5"\n',
            "templates/empty.yaml": "{{- if false }}\na: b\n{{- end }}\n",
            "templates/NOTES.txt": "Thank you for {{ .Release.Name }}\n",
        },
        {},
    ),
    "capabilities, release and chart": Case(
        {
            "templates/c.yaml": _config_map(
                "built-in",
                "  kube: {{ .Capabilities.KubeVersion.Major }}\n"
                '  has: "{{ .Capabilities.APIVersions.Has `policy/v1/PodDisruptionBudget` }}"\n'
                '  release: "{{ .Release.Name }} {{ .Release.Namespace }} {{ .Release.IsInstall }}'
                ' {{ .Release.Revision }}"\n'
                "  chart: {{ .Chart.Name }}-{{ .Chart.Version }}-{{ .Chart.AppVersion }}\n"
                "  template: {{ .Template.Name }}\n"
                "  looked: {{ toJson (lookup `v1` `Secret` `ns` `x`) | quote }}\n"
                "  dns: {{ getHostByName `localhost` | quote }}\n",
            ),
        },
        {},
    ),
    "files": Case(
        {
            "files/a.conf": "a = {{ not rendered }}\n",
            "files/b.conf": "b\n",
            ".helmignore": "files/b.conf\n*.bak\n",
            "templates/x.yaml.bak": "broken: [",
            "templates/c.yaml": _config_map(
                "files",
                '{{ (.Files.Glob "files/*").AsConfig | indent 2 }}\n'
                '  got: {{ .Files.Get "files/a.conf" | quote }}\n'
                '  gone: {{ .Files.Get "files/none" | quote }}\n'
                '  sum: {{ .Files.Get "files/a.conf" | sha256sum }}\n',
            ),
        },
        {},
    ),
    "subcharts": Case(
        {
            "Chart.yaml": CHART + "dependencies:\n"
            "- {name: db, version: 0.x, alias: store, condition: store.enabled}\n"
            "- {name: off, version: 0.x, tags: [extra]}\n"
            "- {name: lib, version: 0.x, import-values: [{child: out, parent: in}]}\n",
            "values.yaml": "store: {size: 2}\nglobal: {region: eu}\ntags: {extra: false}\n",
            "charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 0.1.0\n",
            "charts/db/values.yaml": "size: 1\nenabled: false\n",
            "charts/db/templates/c.yaml": _config_map(
                "{{ .Chart.Name }}", "  size: {{ .Values.size | quote }}\n  g: {{ .Values.global.region }}\n"
            ),
            "charts/off/Chart.yaml": "apiVersion: v2\nname: off\nversion: 0.1.0\n",
            "charts/off/templates/c.yaml": _config_map("off", "  a: b\n"),
            "charts/lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 0.1.0\ntype: library\n",
            "charts/lib/values.yaml": "out: {k: v}\n",
            "charts/lib/templates/_l.tpl": '{{ define "lib.x" }}from lib{{ end }}',
            "templates/c.yaml": _config_map(
                "parent", '  x: {{ include "lib.x" . }}\n  in: {{ toJson .Values.in | quote }}\n'
            ),
        },
        {"store": {"enabled": True}},
    ),
    "a schema that holds": Case(
        {
            "values.schema.json": '{"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}',
            "templates/c.yaml": _config_map("s", "  a: {{ .Values.a | quote }}\n"),
        },
        {"a": 3},
    ),
}

REFUSALS: dict[str, tuple[str, Case]] = {
    "a schema that does not hold": (
        "values-schema",
        Case({"values.schema.json": '{"properties": {"a": {"type": "integer"}}}', "templates/c.yaml": ""}, {"a": "x"}),
    ),
    "a required value": ("failed", Case({"templates/c.yaml": 'a: {{ required "give it" .Values.it }}\n'}, {})),
    "a failing template": ("failed", Case({"templates/c.yaml": '{{ fail "no" }}\n'}, {})),
    "an unknown function": ("failed", Case({"templates/c.yaml": "a: {{ nonsense }}\n"}, {})),
    "a nil pointer": ("failed", Case({"templates/c.yaml": "a: {{ .Values.a.b.c }}\n"}, {})),
    "an endless include": (
        "failed",
        Case({"templates/c.yaml": '{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}\n'}, {}),
    ),
    "invalid YAML": ("failed", Case({"templates/c.yaml": "a: b: c\n"}, {})),
    "a newer Kubernetes": (
        "failed",
        Case({"Chart.yaml": CHART + "kubeVersion: '>=2.0'\n", "templates/c.yaml": ""}, {}),
    ),
}


def official_helm(chart: Path, values: Mapping[str, Any]) -> Official:
    """Render a chart with the official SDK as `helm install --dry-run=client` does: the manifest without hooks."""
    try:
        release = helm_python.Config().install(str(chart), "rel", dict(values), namespace="ns", dry_run="client")
    except helm_python.HelmError as refusal:
        return Official(None, str(refusal))
    return Official(str(release["manifest"]), "")


def _write_chart(case: Case, write: Callable[[Mapping[str, str]], Path]) -> Path:
    return write({f"chart/{name}": text for name, text in ({"Chart.yaml": CHART} | case.files).items()})


def _request(chart: str, values: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    layers = [{"inline": dict(values)}]
    return {"verb": "helm", "chart": chart, "release": "rel", "namespace": "ns", "layers": layers, **fields}


def _sort_key(document: Any) -> str:
    return json.dumps(document, sort_keys=True)


def _bytes(text: str) -> str:
    """Drop blank lines before separators: Helm 4.2.4 keeps those that the SDK's Helm 4.2.3 drops."""
    return re.sub(r"\n\s*\n---", "\n---", text.strip())


def _documents(text: str) -> list[Any]:
    return [document for document in yaml.safe_load_all(text) if document is not None]


@pytest.mark.parametrize("name", RENDERS)
def test_same_bytes(name: str, write: Callable[[Mapping[str, str]], Path]) -> None:
    root = _write_chart(RENDERS[name], write)
    official = official_helm(root / "chart", RENDERS[name].values)
    assert official.text is not None, official.message
    with EngineClient(root) as engine:
        answer = engine.call_many([_request("chart", RENDERS[name].values, yaml=True, hooks=False)])[0]
    assert isinstance(answer, dict)
    assert _bytes(answer["yaml"]) == _bytes(official.text)
    assert answer["objects"] == _documents(official.text)


@pytest.mark.parametrize("name", RENDERS)
def test_hooks_are_those_of_the_official_templates(name: str, write: Callable[[Mapping[str, str]], Path]) -> None:
    root = _write_chart(RENDERS[name], write)
    with helm_python.Chart.load(str(root / "chart")) as chart:
        rendered = chart.render(dict(RENDERS[name].values), name="rel", namespace="ns")
    with EngineClient(root) as engine:
        answer = engine.call_many([_request("chart", RENDERS[name].values, include_crds=False)])[0]
    assert isinstance(answer, dict)
    official = [document for path, text in rendered.items() if path.endswith(".yaml") for document in _documents(text)]
    assert sorted(answer["objects"], key=_sort_key) == sorted(official, key=_sort_key)


@pytest.mark.parametrize("name", RENDERS)
def test_provenance_changes_nothing(name: str, write: Callable[[Mapping[str, str]], Path]) -> None:
    root = _write_chart(RENDERS[name], write)
    plain_request = _request("chart", RENDERS[name].values)
    with EngineClient(root) as engine:
        plain, marked = engine.call_many([plain_request, {**plain_request, "provenance": True}])
    assert isinstance(plain, dict)
    assert isinstance(marked, dict)
    assert marked["objects"] == plain["objects"]
    for item, lines in zip(marked["objects"], marked["lines"], strict=True):
        assert lines, f"no template lines for {item}"
        for path, line in lines.values():
            assert 1 <= line <= len((root / path).read_text("utf-8").splitlines())


@pytest.mark.parametrize("name", REFUSALS)
def test_same_refusals(name: str, write: Callable[[Mapping[str, str]], Path]) -> None:
    kind, case = REFUSALS[name]
    root = _write_chart(case, write)
    assert official_helm(root / "chart", case.values).text is None
    with EngineClient(root) as engine:
        answer = engine.call_many([_request("chart", case.values)])[0]
    assert isinstance(answer, EngineError)
    assert answer.kind == kind


def test_fixtures_render_the_same_bytes(chart: str) -> None:
    official = official_helm(FIXTURES / chart, {})
    with EngineClient(FIXTURES) as engine:
        answer = engine.call_many([_request(chart, {}, yaml=True, hooks=False)])[0]
    if isinstance(answer, EngineError):
        assert official.text is None, answer.message
        return
    assert official.text is not None, official.message
    assert _bytes(answer["yaml"]) == _bytes(official.text)
