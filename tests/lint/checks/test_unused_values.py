from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

CHART = {
    "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "web/values.yaml": "level: info\n",
}


def _template(text: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: web}}\ndata:\n  {text}\n"


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ('a: "{{ .Values.level }}"', "level: debug\n"),
        ("a: {{ toJson .Values.labels | quote }}", "labels: {team: web}\n"),
        ('{{- if .Values.off }}\n  a: {{ toYaml .Values.labels }}{{ end }}\n  b: "c"', "labels: {team: web}\n"),
        ("{{- with .Values.labels }}\n  a: {{ toJson . | quote }}{{ end }}", "labels: {team: web}\n"),
        ('a: {{ index .Values "some-key" | quote }}', "some-key: b\n"),
        ('a: {{ tpl (index .Values.texts "a") . | quote }}', 'texts: {a: "{{ .Values.other }}"}\nother: b\n'),
        ('a: {{ get .Values.map "key" | quote }}', "map: {key: b}\n"),
        ("{{- range $k, $v := .Values }}\n  {{ $k }}: b{{ end }}", "anything: b\n"),
        ('a: "b"', "shared: &s {a: b}\nx-other: *s\n"),
    ],
)
def test_what_a_chart_reads_in_whatever_way(template: str, values: str, tmp_path: Path) -> None:
    files = {**CHART, "web/values-prod.yaml": values, "web/templates/a.yaml": _template(template)}
    assert places(findings(tmp_path, files, "unused-value")) == []


def test_a_test_of_a_key_does_not_hand_it_on(tmp_path: Path) -> None:
    template = "{{- if .Values.tls }}\n  a: {{ .Values.tls.secret | quote }}{{ end }}"
    files = {
        **CHART,
        "web/values-prod.yaml": "tls:\n  secret: a\n  secrt: b\n",
        "web/templates/a.yaml": _template(template),
    }
    (found,) = findings(tmp_path, files, "unused-value")
    assert (found.span.line, found.span.column) == (3, 3)
    assert found.message == ("nothing in the chart web reads tls.secrt, so it has no effect; did you mean tls.secret?")


def test_random_names_do_not_hide_an_unused_key(tmp_path: Path) -> None:
    template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web-{{ randAlphaNum 8 | lower }}}\n"
    files = {**CHART, "web/values-prod.yaml": "levl: debug\n", "web/templates/a.yaml": template}
    (found,) = findings(tmp_path, files, "unused-value")
    assert found.message == "nothing in the chart web reads levl, so it has no effect; did you mean level?"


def test_a_chart_whose_dependencies_are_archives_is_not_judged(tmp_path: Path) -> None:
    files = {
        **CHART,
        "web/charts/common-1.0.0.tgz": "no archive",
        "web/values-prod.yaml": "anything: b\n",
        "web/templates/a.yaml": _template('a: "b"'),
    }
    assert places(findings(tmp_path, files, "unused-value")) == []


def test_templates_of_charts_within_count(tmp_path: Path) -> None:
    helper = '{{- define "common.level" }}{{ .Values.helperLevel }}{{ end }}'
    files = {
        **CHART,
        "web/charts/common/Chart.yaml": "apiVersion: v2\nname: common\nversion: 1.0.0\ntype: library\n",
        "web/charts/common/templates/_helpers.tpl": helper,
        "web/values-prod.yaml": "helperLevel: debug\nhelperLevels: debug\n",
        "web/templates/a.yaml": _template('a: {{ include "common.level" . | quote }}'),
    }
    assert places(findings(tmp_path, files, "unused-value")) == [("web/values-prod.yaml", 2)]
