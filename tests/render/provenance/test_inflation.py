from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.engine import EngineClient
from gitlint_ops.repo.model import KustomizeUnit
from tests.render.provenance.support import Lab, judge, lab, loose, write

CHART = {
    "base/charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "base/charts/web/values.yaml": "replicas: 3\nimage: {name: nginx, tag: '1.27'}\npriority: low\n"
    "flags: {up: true, down: true}\n",
    "base/charts/web/templates/web.yaml": """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels:
    tier: front
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      priorityClassName: {{ .Values.priority }}
      enableServiceLinks: {{ .Values.flags.down }}
      terminationGracePeriodSeconds: {{ .Values.grace }}
      containers:
      - name: web
        image: "{{ .Values.image.name }}:{{ .Values.image.tag }}"
""",
}
BASE = """helmCharts:
- name: web
  releaseName: shop
  valuesFile: own.yaml
  valuesInline:
    replicas: 5
    image:
      tag: '1.28'
"""
OWN = "priority: high\ngrace: 45\nimage: {name: nginx}\nflags: {up: true, down: true}\n"
OVERLAY = "namePrefix: my-\nlabels: [{pairs: {team: blue}}]\nresources: [../base]\n"

Labs = Callable[[Mapping[str, str]], Lab]


@pytest.fixture
def overlay(tmp_path: Path) -> Labs:
    engines: list[EngineClient] = []

    def rendered(more: Mapping[str, str]) -> Lab:
        files = {"base/kustomization.yaml": BASE, "base/own.yaml": OWN, "overlay/kustomization.yaml": OVERLAY}
        write(tmp_path, CHART | files | dict(more))
        engines.append(EngineClient(tmp_path))
        return lab(tmp_path, engines[0], [loose(KustomizeUnit("overlay", enable_helm=True))])

    return rendered


def test_a_value_of_the_kustomization(overlay: Labs) -> None:
    found = overlay({}).origins("Deployment", "spec", "replicas")
    assert found[0] == ("base/kustomization.yaml:6:15", "5", True)
    assert found[-1][0] == "base/charts/web/templates/web.yaml:8:3"


def test_a_value_of_a_values_file(overlay: Labs) -> None:
    repository = overlay({})
    pod = ("spec", "template", "spec")
    assert repository.origins("Deployment", *pod, "priorityClassName")[0] == ("base/own.yaml:1:11", "high", True)
    assert repository.origins("Deployment", *pod, "terminationGracePeriodSeconds")[0] == (
        "base/own.yaml:2:8",
        "45",
        True,
    )


def test_of_equal_values_the_one_that_the_template_names(overlay: Labs) -> None:
    path = ("spec", "template", "spec", "enableServiceLinks")
    assert overlay({}).origins("Deployment", *path)[0] == ("base/own.yaml:4:25", "true", True)


def test_the_pieces_of_an_image(overlay: Labs) -> None:
    path = ("spec", "template", "spec", "containers", 0, "image")
    exact = [text for _, text, is_exact in overlay({}).origins("Deployment", *path) if is_exact]
    assert sorted(exact) == ["'1.28'", "nginx"]


def test_a_literal_of_the_template(overlay: Labs) -> None:
    found = overlay({}).origins("Deployment", "metadata", "labels", "tier")
    assert found[0] == ("base/charts/web/templates/web.yaml:6:11", "front", True)


def test_what_the_overlay_adds_is_not_the_charts(overlay: Labs) -> None:
    found = overlay({}).origins("Deployment", "metadata", "labels", "team")
    assert found[0] == ("overlay/kustomization.yaml:2:25", "blue", True)


def test_a_configured_generator(overlay: Labs) -> None:
    settings = "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: web}\n" + BASE.replace(
        "helmCharts:\n- name", "name"
    ).replace("\n  ", "\n")
    repository = overlay({"base/kustomization.yaml": "generators: [web.yaml]\n", "base/web.yaml": settings})
    assert repository.origins("Deployment", "spec", "replicas")[0] == ("base/web.yaml:8:13", "5", True)


def test_no_place_that_claims_to_be_exact_is_wrong(overlay: Labs) -> None:
    verdict = judge(overlay({}))
    assert verdict.wrong == []
    assert verdict.exact / verdict.fields >= 0.95
