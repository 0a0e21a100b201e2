from __future__ import annotations

import pytest

from gitlint_ops.render.provenance import value_trials
from gitlint_ops.repo.model import Delivery, HelmUnit
from tests.render.provenance.conftest import MakeLab
from tests.render.provenance.support import Lab

SETTINGS = "".join(f"  key{number:02}: same\n" for number in range(40))
CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "chart/values.yaml": f"mode: one\nfirst: like\nsecond: like\nflags: {{a: true, b: true}}\nall:\n{SETTINGS}",
    "chart/templates/all.yaml": """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: all
        data:
        {{- range $key, $value := .Values.all }}
          {{ $key }}: {{ $value }}
        {{- end }}
        """,
    "chart/templates/some.yaml": """
        apiVersion: v1
        kind: Secret
        metadata:
          name: some
        stringData:
          chosen: {{ if eq .Values.mode "one" }}{{ .Values.first }}{{ else }}{{ .Values.second }}{{ end }}
          flag: {{ .Values.flags.b }}
          {{- if eq .Values.mode "one" }}
          more: {{ .Values.mode }}
          {{- end }}
        """,
}


def chart(make_lab: MakeLab, **files: str) -> Lab:
    return make_lab(CHART | files, Delivery("web", "none", "Chart", "", "web", (HelmUnit("chart", "web", "shop"),)))


def test_equal_values_are_told_apart_by_few_renderings(make_lab: MakeLab) -> None:
    lab = chart(make_lab)
    before = lab.engine.requests
    for number in range(40):
        found = lab.origins("ConfigMap", "data", f"key{number:02}")
        assert found[0] == (f"chart/values.yaml:{6 + number}:10", "same", True)
    # Each of the equal values is proven alone, for another may take its place where a template switches.
    assert lab.engine.requests - before <= 45


def test_a_value_that_switches_a_template_does_not_mislead(make_lab: MakeLab) -> None:
    found = chart(make_lab).origins("Secret", "stringData", "chosen")
    assert [origin for origin in found if origin[2]] == [("chart/values.yaml:2:8", "like", True)]


def test_a_field_that_appears_only_in_one_way_of_a_template(make_lab: MakeLab) -> None:
    assert chart(make_lab).origins("Secret", "stringData", "more")[0] == ("chart/values.yaml:1:7", "one", True)


def test_truths_are_told_apart_by_halves(make_lab: MakeLab) -> None:
    assert chart(make_lab).origins("Secret", "stringData", "flag")[0] == ("chart/values.yaml:4:21", "true", True)


def test_values_of_which_some_break_the_chart(make_lab: MakeLab) -> None:
    broken = """
        {{- if ne .Values.mode "one" }}{{ fail "no such mode" }}{{ end }}
        """
    found = chart(make_lab, **{"chart/templates/check.yaml": broken}).origins("Secret", "stringData", "chosen")
    assert [origin for origin in found if origin[2]] == [("chart/values.yaml:2:8", "like", True)]


def test_without_trials_left_no_line_claims_to_be_exact(make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(value_trials, "_MAX_OF_CHART", 0)
    lab = chart(make_lab)
    found = lab.provenance.origins(lab.object("ConfigMap"), ("data", "key00"))
    assert [(origin.span.path, origin.span.line, origin.exact, origin.why) for origin in found] == [
        (
            "chart/templates/all.yaml",
            7,
            False,
            "the template line; which value it takes was not tried, as the trials of this run are used up",
        )
    ]
