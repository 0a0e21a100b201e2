from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gitlint_ops.repo import deliveries_in
from gitlint_ops.repo.flux_helm import release_name
from gitlint_ops.repo.model import Declared, Delivery, HelmUnit, SyncPolicy, ValueLayer
from gitlint_ops.source import Span
from tests.repo.conftest import SurveyOf
from tests.repo.delivering import LOCAL, URL, deliver, only, refusal, unit_of, values_of
from tests.repo.test_flux import source

CHART = {
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "charts/web/values.yaml": "a: 1\n",
    "s.yaml": source(),
}
FROM_GIT = (
    "chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}}}"
)


def release(spec: str, name: str = "web") -> str:
    """Give a HelmRelease's text; ``spec`` are the lines of its spec."""
    lines = "\n".join(f"  {line}" for line in spec.strip("\n").splitlines())
    return f"""apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: {name}, namespace: shop}}
spec:
{lines}
"""


def _config_map(name: str, **data: str) -> str:
    lines = "".join(f"\n  {key}: {value}" for key, value in data.items())
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: shop}}\ndata:{lines}\n"


def _unit(survey_of: SurveyOf, spec: str, files: dict[str, str] | None = None) -> HelmUnit:
    unit = unit_of(only(deliver(survey_of, {**CHART, **(files or {}), "r.yaml": release(spec)})))
    assert isinstance(unit, HelmUnit)
    return unit


def test_a_chart_of_this_repository(survey_of: SurveyOf) -> None:
    spec = f"{FROM_GIT}\nvalues: {{replicas: 2}}\ndriftDetection: {{mode: enabled}}\n"
    delivery = only(deliver(survey_of, {**CHART, "r.yaml": release(spec)}))
    values = ValueLayer("inline", {"replicas": 2}, Span("r.yaml", 6, 11, 6, 24), ("r.yaml", 0), ("spec", "values"))
    assert unit_of(delivery) == HelmUnit("charts/web", "web", "shop", (values,))
    assert delivery.id == "flux:HelmRelease/shop/web"
    assert delivery.sync == SyncPolicy(automated=True, prune=True, self_heal=True)
    found = delivery.sources[0]
    assert (found.repo_url, found.path, found.kind, found.local) == (URL, "charts/web", "git", True)


def test_all_fields(survey_of: SurveyOf) -> None:
    spec = f"""
{FROM_GIT.replace("chart: ./charts/web", "valuesFiles: [charts/web/values.yaml, envs/prod.yaml], chart: ./charts/web")}
releaseName: front
targetNamespace: front-ns
install: {{crds: Skip, disableSchemaValidation: true}}
commonMetadata: {{labels: {{team: x}}}}
postRenderers: [{{kustomize: {{images: [{{name: web, newTag: v2}}]}}}}]
"""
    assert _unit(survey_of, spec, {"envs/prod.yaml": "a: 1\n"}) == HelmUnit(
        path="charts/web",
        release="front",
        namespace="front-ns",
        include_crds=False,
        skip_schema_validation=True,
        chart_values_files=("charts/web/values.yaml", "envs/prod.yaml"),
        post_renderers=({"images": [{"name": "web", "newTag": "v2"}]},),
        common_metadata={"labels": {"team": "x"}},
    )


def test_a_missing_chart(survey_of: SurveyOf) -> None:
    spec = FROM_GIT.replace("charts/web", "charts/wbe")
    delivery = only(deliver(survey_of, {**CHART, "r.yaml": release(spec)}))
    reason = "its chart './charts/wbe' does not exist: charts/wbe has no Chart.yaml"
    assert refusal(delivery)[:3] == ("missing-file", reason, False)
    assert delivery.sources[0].missing_field == ("spec", "chart", "spec", "chart")


def test_a_missing_values_file(survey_of: SurveyOf) -> None:
    spec = FROM_GIT.replace("chart: ./charts", "valuesFiles: [gone.yaml], chart: ./charts")
    delivery = only(deliver(survey_of, {**CHART, "r.yaml": release(spec)}))
    assert refusal(delivery)[1] == "its values file 'gone.yaml' does not exist"
    assert delivery.sources[0].missing_field == ("spec", "chart", "spec", "valuesFiles", 0)
    lenient = spec.replace("valuesFiles", "ignoreMissingValuesFiles: true, valuesFiles")
    assert _unit(survey_of, lenient).chart_values_files == ()


HINT = "needs the network: run 'gitlint-ops vendor' to fetch it"


def test_a_chart_of_a_helm_repository(survey_of: SurveyOf) -> None:
    spec = "chart: {spec: {chart: podinfo, version: '>=1.0.0', sourceRef: {kind: HelmRepository, name: podinfo}}}"
    repository = (
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: {name: podinfo, namespace: shop}\n"
        "spec: {url: 'https://user:pass@charts.example.com'}\n"
    )
    delivery = only(deliver(survey_of, {"r.yaml": release(spec), "h.yaml": repository}))
    assert refusal(delivery) == (
        "needs-network",
        f"chart 'podinfo' >=1.0.0 from https://charts.example.com {HINT}",
        False,
        Span("r.yaml", 5, 25, 5, 32),
    )
    source_ref = delivery.sources[0]
    assert (source_ref.chart, source_ref.revision, source_ref.kind) == ("podinfo", ">=1.0.0", "helm")
    missing = only(deliver(survey_of, {"h.yaml": "", "r.yaml": release(spec)}))
    assert (
        refusal(missing)[1] == "chart 'podinfo' >=1.0.0 is of HelmRepository 'shop/podinfo', which is not in Git: "
        "add that object, which tells where it is"
    )


def test_a_chart_of_an_oci_repository(survey_of: SurveyOf) -> None:
    spec = "chartRef: {kind: OCIRepository, name: app-template}"
    repository = (
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: app-template}\n"
        "spec: {url: 'oci://ghcr.io/bjw-s/app-template', ref: {tag: 4.1.0}}\n"
    )
    files = {"r.yaml": release(spec), "o.yaml": repository}
    delivery = only(deliver(survey_of, files))
    assert refusal(delivery)[1] == f"chart 'app-template' 4.1.0 from oci://ghcr.io/bjw-s/app-template {HINT}"
    assert delivery.sources[0].kind == "oci"
    config = replace(LOCAL, remotes={"oci://ghcr.io/bjw-s/app-template": "vendor/app-template"})
    vendored = {**files, "vendor/app-template/Chart.yaml": "name: app-template\nversion: 4.1.0\n"}
    assert unit_of(only(deliver(survey_of, vendored, config))) == HelmUnit("vendor/app-template", "web", "shop")


def test_a_chart_object(survey_of: SurveyOf) -> None:
    chart = (
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmChart\nmetadata: {name: web, namespace: shop}\n"
        "spec: {chart: charts/web, sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}}\n"
    )
    unit = _unit(survey_of, "chartRef: {kind: HelmChart, name: web}", {"chart.yaml": chart})
    assert unit.path == "charts/web"


def test_neither_chart_nor_reference(survey_of: SurveyOf) -> None:
    delivery = only(deliver(survey_of, {"r.yaml": release("values: {}")}))
    assert refusal(delivery)[:3] == ("invalid-object", "it has neither chart.spec nor chartRef", True)


def test_values_from_config_maps_and_targets(survey_of: SurveyOf) -> None:
    spec = f"""
{FROM_GIT}
values: {{image: {{tag: v1}}}}
valuesFrom:
- {{kind: ConfigMap, name: base}}
- {{kind: ConfigMap, name: base, valuesKey: top, targetPath: replicas}}
- {{kind: ConfigMap, name: base, valuesKey: quoted, targetPath: image.tag}}
- {{kind: ConfigMap, name: base, valuesKey: plain, targetPath: 'a[0]', literal: true}}
- {{kind: ConfigMap, name: base, valuesKey: gone, optional: true}}
"""
    data = _config_map(
        "base", **{"values.yaml": "'image: {name: web}'", "top": "'3'", "quoted": "\"'007'\"", "plain": "'x,y'"}
    )
    unit = _unit(survey_of, spec, {"cm.yaml": data})
    assert values_of(unit) == [
        ("inline", {"image": {"name": "web"}}),
        ("set", ["replicas=3"]),
        ("set_string", ["image.tag=007"]),
        ("set_string", ["a[0]=x\\,y"]),
        ("inline", {"image": {"tag": "v1"}}),
    ]
    assert unit.layers[0].document == ("cm.yaml", 0)
    assert unit.layers[0].field_path == ("data", "values.yaml")


def test_values_that_git_does_not_hold_are_named(survey_of: SurveyOf) -> None:
    spec = f"{FROM_GIT}\nvaluesFrom:\n- {{kind: Secret, name: gone}}\n- {{kind: Secret, name: locked, valuesKey: v}}\n"
    secret = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: locked, namespace: shop}\nstringData: {v: 'ENC[AES256,x]'}\n"
    )
    delivery = only(deliver(survey_of, {**CHART, "r.yaml": release(spec), "secret.yaml": secret}))
    assert len(delivery.units) == 1
    assert [(item.reason, item.span) for item in delivery.unrendered] == [
        (
            "it is rendered without the values in key 'values.yaml' of Secret 'shop/gone', which is not in Git",
            Span("r.yaml", 7, 5, 7, 31),
        ),
        (
            "it is rendered without the values in key 'v' of Secret 'shop/locked', which is encrypted",
            Span("r.yaml", 8, 5, 8, 47),
        ),
    ]


def test_values_of_a_generated_config_map(survey_of: SurveyOf) -> None:
    spec = f"{FROM_GIT}\nvaluesFrom: [{{kind: ConfigMap, name: generated}}]\n"
    context = survey_of({**CHART, "r.yaml": release(spec)}, LOCAL)
    (raw,) = context.index.all("HelmRelease")
    parent = Delivery("p", "flux", "Kustomization", "flux-system", "p")
    made: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "generated", "namespace": "shop"},
        "data": {"values.yaml": "a: 7\n"},
    }
    context.index.add(Declared(made, "apps/values.yaml", None, 1, parent))
    child = Declared(raw.data, "r.yaml", 0, 1, parent)
    assert values_of(unit_of(only(deliveries_in([child], context)))) == [("inline", {"a": 7})]


@pytest.mark.parametrize(
    ("own", "target", "name", "expected"),
    [
        ("", "", "web", "web"),
        ("", "ns", "web", "ns-web"),
        ("own", "ns", "web", "own"),
        ("", "", "x" * 53, "x" * 53),
        ("", "", "x" * 54, "x" * 40 + "-45f316e10b2c"),
    ],
)
def test_release_names(own: str, target: str, name: str, expected: str) -> None:
    assert release_name(own, target, name) == expected
