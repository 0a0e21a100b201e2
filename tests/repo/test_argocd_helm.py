from __future__ import annotations

import pytest

from gitlint_ops.config import Config
from gitlint_ops.repo.argocd_helm import escape_commas, plain_version
from gitlint_ops.repo.model import HelmUnit, ValueLayer
from gitlint_ops.source import Span
from tests.repo.conftest import SurveyOf
from tests.repo.delivering import LOCAL, URL, application, deliver, only, refusal, unit_of, values_of

CHART = {"chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", "chart/values.yaml": "a: 1\n"}
VALUES = "a: 2\n"


def _unit(survey_of: SurveyOf, source: str, files: dict[str, str] | None = None) -> HelmUnit:
    unit = unit_of(only(deliver(survey_of, {**CHART, **(files or {}), "a.yaml": application(source)})))
    assert isinstance(unit, HelmUnit)
    return unit


def _multi(sources: str) -> str:
    return application("path: unused", extra=f"  sources:\n{sources}")


def test_all_fields(survey_of: SurveyOf) -> None:
    source = """
path: chart
helm:
  releaseName: shop
  namespace: other
  kubeVersion: v1.29.3-gke.5
  apiVersions: [example.com/v1]
  skipCrds: true
  skipTests: true
  skipSchemaValidation: true
"""
    assert _unit(survey_of, source) == HelmUnit(
        path="chart",
        release="shop",
        namespace="other",
        kube_version="1.29.3",
        api_versions=("example.com/v1",),
        include_crds=False,
        skip_tests=True,
        skip_schema_validation=True,
    )


def test_defaults_come_from_the_application(survey_of: SurveyOf) -> None:
    assert _unit(survey_of, "path: chart") == HelmUnit("chart", "web", "shop")


def test_layers_stand_in_helms_order(survey_of: SurveyOf) -> None:
    source = """
path: chart
helm:
  fileParameters: [{name: cert, path: files/ca.pem}]
  parameters:
  - {name: forced, value: '1', forceString: true}
  - {name: image.tag, value: 'v$ARGOCD_APP_NAME'}
  - {name: list, value: 'a,b'}
  - {name: image.tag, value: last}
  values: |
    replicas: 3
  valueFiles: [values-prod.yaml, /common/base.yaml, '../$ARGOCD_APP_NAME.yaml']
"""
    files = {
        "chart/values-prod.yaml": VALUES,
        "common/base.yaml": VALUES,
        "web.yaml": "b: 1\n",
        "chart/files/ca.pem": "x",
    }
    unit = _unit(survey_of, source, files)
    assert values_of(unit) == [
        ("file", "chart/values-prod.yaml"),
        ("file", "common/base.yaml"),
        ("file", "web.yaml"),
        ("inline", {"replicas": 3}),
        ("set", ["image.tag=last"]),
        ("set", [r"list=a\,b"]),
        ("set_string", ["forced=1"]),
        ("set_file", ["cert=chart/files/ca.pem"]),
    ]
    assert unit.layers[3] == ValueLayer(
        "inline", {"replicas": 3}, Span("a.yaml", 18, 15, 19, 20), ("a.yaml", 0), ("spec", "source", "helm", "values")
    )
    assert unit.layers[6].field_path == ("spec", "source", "helm", "parameters", 0)


def test_values_object_hides_values_even_when_it_is_empty(survey_of: SurveyOf) -> None:
    source = "path: chart\nhelm:\n  values: 'a: 1'\n  valuesObject: {}\n"
    assert values_of(_unit(survey_of, source)) == []
    source = "path: chart\nhelm:\n  values: 'a: 1'\n  valuesObject: {b: 2}\n"
    assert values_of(_unit(survey_of, source)) == [("inline", {"b": 2})]


def test_values_are_read_as_helm_reads_them(survey_of: SurveyOf) -> None:
    source = "path: chart\nhelm:\n  values: |\n    on: yes\n    mode: 0755\n"
    assert values_of(_unit(survey_of, source)) == [("inline", {"true": True, "mode": 493})]


def test_values_that_are_no_yaml(survey_of: SurveyOf) -> None:
    source = "path: chart\nhelm:\n  values: |\n    a: [1\n"
    kind, reason, failed, span = refusal(only(deliver(survey_of, {**CHART, "a.yaml": application(source)})))
    assert (kind, failed, span and span.line) == ("invalid-object", True, 12)
    assert reason.startswith("the values in helm.values are not readable: ")
    assert "did not find expected ',' or ']'" in reason


def test_a_glob_keeps_explicit_places(survey_of: SurveyOf) -> None:
    source = "path: chart\nhelm:\n  valueFiles: ['env/*.yaml', env/b.yaml, 'env/**/*.yaml']\n"
    files = {f"chart/env/{name}.yaml": VALUES for name in ("c", "b", "a", "deep/d")}
    assert [value for _, value in values_of(_unit(survey_of, source, files))] == [
        "chart/env/a.yaml",
        "chart/env/c.yaml",
        "chart/env/b.yaml",
        "chart/env/deep/d.yaml",
    ]


def test_a_missing_values_file(survey_of: SurveyOf) -> None:
    source = "path: chart\nhelm:\n  valueFiles: [values-prd.yaml]\n"
    delivery = only(deliver(survey_of, {**CHART, "a.yaml": application(source)}))
    reason = "its values file 'values-prd.yaml' does not exist"
    assert refusal(delivery) == ("missing-file", reason, False, Span("a.yaml", 12, 20, 12, 35))
    assert delivery.sources[0].missing == "chart/values-prd.yaml"
    assert delivery.sources[0].missing_field == ("spec", "source", "helm", "valueFiles", 0)


def test_a_missing_values_file_that_may_be_missing(survey_of: SurveyOf) -> None:
    source = "path: chart\nhelm:\n  ignoreMissingValueFiles: true\n  valueFiles: [gone.yaml, 'gone/*.yaml']\n"
    assert values_of(_unit(survey_of, source)) == []


@pytest.mark.parametrize(
    ("entry", "kind", "reason"),
    [
        ("gone/*.yaml", "missing-file", "its values file pattern 'gone/*.yaml' matches no file"),
        ("../../x.yaml", "outside-root", "its values file '../../x.yaml' leads out of the repository"),
        (
            "https://example.com/v.yaml",
            "needs-network",
            ("its values file from https://example.com/v.yaml needs the network: run 'gitlint-ops vendor' to fetch it"),
        ),
    ],
)
def test_values_files_that_cannot_be_had(survey_of: SurveyOf, entry: str, kind: str, reason: str) -> None:
    source = f"path: chart\nhelm:\n  valueFiles: ['{entry}']\n"
    assert refusal(only(deliver(survey_of, {**CHART, "a.yaml": application(source)})))[:2] == (kind, reason)


def test_a_ref_starts_at_the_root_of_its_repository(survey_of: SurveyOf) -> None:
    sources = (
        f"  - {{repoURL: {URL}, path: chart, helm: {{valueFiles: [$values/envs/prod.yaml]}}}}\n"
        f"  - {{repoURL: {URL}, ref: values, targetRevision: main}}\n"
    )
    delivery = only(deliver(survey_of, {**CHART, "envs/prod.yaml": VALUES, "a.yaml": _multi(sources)}))
    assert values_of(unit_of(delivery)) == [("file", "envs/prod.yaml")]
    assert [source.ref for source in delivery.sources] == ["", "values"]
    assert delivery.environment == "prod"


def test_an_unknown_ref(survey_of: SurveyOf) -> None:
    sources = f"  - {{repoURL: {URL}, path: chart, helm: {{valueFiles: [$valeus/prod.yaml]}}}}\n"
    reason = "'$valeus/prod.yaml' refers to the source 'valeus', but no source has ref: valeus"
    assert refusal(only(deliver(survey_of, {**CHART, "a.yaml": _multi(sources)})))[:2] == ("invalid-object", reason)


def test_in_a_single_source_a_ref_is_an_empty_variable(survey_of: SurveyOf) -> None:
    source = "path: chart\nhelm:\n  valueFiles: [$values/envs/prod.yaml]\n"
    assert values_of(_unit(survey_of, source, {"envs/prod.yaml": VALUES})) == [("file", "envs/prod.yaml")]


CHART_SOURCE = (
    "  - {repoURL: https://charts.example.com, chart: redis, targetRevision: 1.2.3, helm: {valueFiles: [%s]}}\n"
)
REF_SOURCE = f"  - {{repoURL: {URL}, ref: v}}\n"


def test_a_chart_from_a_repository(survey_of: SurveyOf) -> None:
    files = {"redis.yaml": VALUES, "a.yaml": _multi(CHART_SOURCE % "inside.yaml, $v/redis.yaml" + REF_SOURCE)}
    delivery = only(deliver(survey_of, files))
    assert refusal(delivery) == (
        "needs-network",
        ("chart 'redis' 1.2.3 from https://charts.example.com needs the network: run 'gitlint-ops vendor' to fetch it"),
        False,
        Span("a.yaml", 15, 50, 15, 55),
    )
    source = delivery.sources[0]
    assert (source.kind, source.chart, source.revision, source.local) == ("helm", "redis", "1.2.3", False)


def test_a_local_values_file_of_a_remote_chart_is_missed(survey_of: SurveyOf) -> None:
    delivery = only(deliver(survey_of, {"a.yaml": _multi(CHART_SOURCE % "$v/rediss.yaml" + REF_SOURCE)}))
    assert refusal(delivery)[1] == "its values file '$v/rediss.yaml' does not exist"
    assert delivery.sources[0].missing == "rediss.yaml"


def test_a_vendored_chart(survey_of: SurveyOf) -> None:
    files = {"vendor/redis/Chart.yaml": "name: redis\nversion: 1.2.3\n", "a.yaml": _multi(CHART_SOURCE % "")}
    config = Config(repository_urls=(URL,), remotes={"https://charts.example.com/": "vendor"})
    unit = unit_of(only(deliver(survey_of, files, config)))
    assert unit == HelmUnit("vendor/redis", "web", "shop")


def test_a_chart_without_a_version(survey_of: SurveyOf) -> None:
    text = application("chart: redis").replace(URL, "https://charts.example.com")
    reason = "chart 'redis' has no targetRevision: Argo CD needs a version"
    assert refusal(only(deliver(survey_of, {"a.yaml": text})))[:3] == ("invalid-object", reason, True)


def test_an_explicit_helm_source_without_a_chart(survey_of: SurveyOf) -> None:
    files = {"apps/c.yaml": "a: 1\n", "a.yaml": application("path: apps\nhelm: {releaseName: x}")}
    delivery = only(deliver(survey_of, files))
    assert refusal(delivery)[1] == "its path 'apps' has no Chart.yaml"
    assert delivery.sources[0].missing == "apps/Chart.yaml"


def test_a_number_where_the_api_wants_a_string(survey_of: SurveyOf) -> None:
    source = "path: chart\nhelm: {parameters: [{name: replicas, value: 3}]}"
    delivery = only(deliver(survey_of, {**CHART, "a.yaml": application(source)}))
    # The value may be a secret, so the message does not show it.
    assert refusal(delivery)[1] == "spec.source.helm.parameters[0].value is a number, it must be a string"


def test_the_engine_takes_the_layers(survey_of: SurveyOf) -> None:
    from gitlint_ops.repo import deliveries_in

    source = (
        "path: chart\nhelm:\n  values: 'a: 5'\n"
        "  parameters: [{name: b, value: 'x,y'}, {name: c, value: '1', forceString: true}]"
    )
    template = {
        "chart/templates/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {{ .Values | toJson }}\n"
    }
    context = survey_of({**CHART, **template, "a.yaml": application(source)}, LOCAL)
    unit = unit_of(only(deliveries_in(tuple(context.index), context)))
    assert isinstance(unit, HelmUnit)
    layers = [{layer.form: layer.value} for layer in unit.layers]
    answer = context.engine.call("helm", chart=unit.path, release="r", namespace="n", layers=layers)
    assert answer["objects"][0]["data"] == {"a": 5, "b": "x,y", "c": "1"}


@pytest.mark.parametrize(
    ("value", "escaped"),
    [("a,b", r"a\,b"), (r"a\,b", r"a\,b"), ("{a,b}", "{a,b}"), (",", r"\,"), (",,", r"\,\,"), ("", "")],
)
def test_commas(value: str, escaped: str) -> None:
    assert escape_commas(value) == escaped


@pytest.mark.parametrize(("text", "plain"), [("v1.29.3-gke", "1.29.3"), ("1.30", "1.30"), ("", ""), ("x", "x")])
def test_versions(text: str, plain: str) -> None:
    assert plain_version(text) == plain
