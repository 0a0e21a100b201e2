from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from gitlint_ops.engine import EngineClient
from gitlint_ops.render.answers import Answer
from gitlint_ops.render.plan import Pool
from gitlint_ops.render.unset import UnsetValues, until_set
from gitlint_ops.repo.model import Delivery, DirectoryUnit, HelmUnit, ValueLayer
from gitlint_ops.source import SourceTree

CHART = {
    "chart/Chart.yaml": "{apiVersion: v2, name: web, version: 1.0.0}\n",
    "chart/values.yaml": """
        port:
        host: ""
        tier: front
        cluster: {id: one}
        """,
    "chart/templates/service.yaml": """
        apiVersion: v1
        kind: Service
        metadata:
          name: web
          annotations: {cluster: "{{ .Values.cluster.url }}", pair: "{{ .Values.left }}{{ .Values.right }}"}
          labels: {tier: "{{ .Values.tier }}", host: "{{ .Values.host }}"}
        spec:
          ports: [{port: {{ .Values.port }}}]
        """,
    "chart/templates/application.yaml": """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: web}
        spec: {source: {path: "apps/{{ .Values.host }}"}}
        """,
}
UNIT = HelmUnit("chart", "web", "default")
Ask = Callable[[Callable[[Answer], bool], HelmUnit | DirectoryUnit], str]


@pytest.fixture
def unset(open_files: Callable[[Mapping[str, str]], SourceTree]) -> Iterator[UnsetValues]:
    tree = open_files(CHART)
    with EngineClient(tree.root) as engine:
        yield UnsetValues(tree, Pool(engine))


def service(answer: Answer) -> Any:
    return next(item for item in answer["objects"] if item["kind"] == "Service")


def annotation(answer: Answer, name: str) -> str:
    return str(service(answer)["metadata"]["annotations"][name])


def test_a_value_that_the_defaults_name_and_leave_empty(unset: UnsetValues) -> None:
    assert unset.behind(UNIT, lambda answer: not service(answer)["metadata"]["labels"]["host"]) == "host"


def test_a_value_that_only_a_number_suits(unset: UnsetValues) -> None:
    def has_no_port(answer: Answer) -> bool:
        return not isinstance(service(answer)["spec"]["ports"][0]["port"], int)

    assert unset.behind(UNIT, has_no_port) == "port"


def test_a_value_that_only_a_template_names(unset: UnsetValues) -> None:
    assert unset.behind(UNIT, lambda answer: not annotation(answer, "cluster")) == "cluster.url"


def test_of_values_that_mend_together_the_first_is_named(unset: UnsetValues) -> None:
    assert unset.behind(UNIT, lambda answer: annotation(answer, "pair") != "x7qx7q") == "left"


def test_a_value_that_is_set_is_what_somebody_meant(unset: UnsetValues) -> None:
    assert unset.behind(UNIT, lambda answer: service(answer)["metadata"]["labels"]["tier"] == "front") == ""


def test_a_chart_with_values_of_its_own_waits_for_none(unset: UnsetValues) -> None:
    given = HelmUnit("chart", "web", "default", (ValueLayer("inline", {"tier": "back"}),))
    assert unset.behind(given, lambda _: False) == ""
    assert unset.behind(DirectoryUnit("chart"), lambda _: False) == ""


def test_a_declared_object_that_waits_for_a_value(unset: UnsetValues) -> None:
    top = Delivery("helm:chart", "none", "helm", "", "web", units=(UNIT,))
    declared = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "spec": {"source": {"path": "apps/"}}}
    assert unset.behind_declared(top, declared) == "host"


def test_the_reason_names_the_chart_and_the_value() -> None:
    assert until_set(UNIT, "cluster.url") == (
        "nothing rendered here delivers the chart 'chart', and its value 'cluster.url' is empty until it is installed"
    )
