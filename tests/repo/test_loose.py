from __future__ import annotations

import pytest

from gitlint_ops.repo import Context, broken_references, loose_deliveries
from gitlint_ops.repo.model import Delivery, DirectoryUnit, HelmUnit, KustomizeUnit, ValueLayer
from gitlint_ops.source import Span
from tests.repo.conftest import SurveyOf

DEPLOY = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
CHART = "name: web\nversion: 1.0.0\n"


def _ids(context: Context) -> list[str]:
    return [delivery.id for delivery in loose_deliveries(context, (), ())]


def test_an_overlay(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "apps/web/base/kustomization.yaml": "resources: [deploy.yaml]\n",
            "apps/web/base/deploy.yaml": DEPLOY,
            "apps/web/overlays/prod/kustomization.yaml": "namespace: shop\nresources: [../../base]\n",
        }
    )
    assert loose_deliveries(context, (), ()) == (
        Delivery(
            id="kustomize:apps/web/overlays/prod",
            controller="none",
            kind="kustomize",
            namespace="",
            name="web-prod",
            units=(KustomizeUnit("apps/web/overlays/prod"),),
            environment="prod",
            target_namespace="shop",
            span=Span("apps/web/overlays/prod/kustomization.yaml", 1),
        ),
    )
    assert context.environments["prod"].recognised_by == "path 'apps/web/overlays/prod'"


def test_names(survey_of: SurveyOf) -> None:
    folders = [
        "envs/prod-eu",
        "apps/staging",
        "nfd/operator/overlays/4.12",
        "apps/default",
        "cart/app",
        "lone/base",
        ".",
    ]
    context = survey_of({f"{folder}/kustomization.yaml": "" for folder in folders})
    names = {d.id.partition(":")[2]: (d.name, d.environment) for d in loose_deliveries(context, (), ())}
    assert names == {
        "envs/prod-eu": ("prod-eu", "prod-eu"),
        "apps/staging": ("apps-staging", "staging"),
        "nfd/operator/overlays/4.12": ("operator-4.12", ""),
        "apps/default": ("default", ""),
        "cart/app": ("cart", ""),
        "lone/base": ("lone", ""),
        ".": (".", ""),
    }


def test_a_template_of_an_environment_says_so(survey_of: SurveyOf) -> None:
    context = survey_of({"hack/new-cluster/kustomization.yaml": "resources: [../../../base]\n"})
    (delivery,) = loose_deliveries(context, (), ())
    (unrendered,) = delivery.unrendered
    assert (delivery.units, delivery.environment) == ((), "")
    assert unrendered.reason == (
        "a template of an environment, which nothing refers to: '../../../base' does not resolve where it lies"
    )
    assert (unrendered.failed, unrendered.error_kind) == (False, "not-applied")


def test_an_unused_base_beside_used_ones_says_so(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "scope/base/ns/web/kustomization.yaml": "",
            "scope/base/ns/spare/kustomization.yaml": "resources: [gone.yaml]\n",
            "scope/base/overlays/dev/kustomization.yaml": "",
            "scope/overlays/prod/kustomization.yaml": "resources: [../../base/ns/web]\n",
            "unused/base/one/kustomization.yaml": "",
        }
    )
    found = {d.id: [u.reason for u in d.unrendered] for d in loose_deliveries(context, (), ())}
    assert found == {
        "kustomize:scope/base/ns/spare": [
            "a base that nothing refers to, beside bases that others build on: no environment has it"
        ],
        "kustomize:scope/base/overlays/dev": [],
        "kustomize:scope/overlays/prod": [],
        "kustomize:unused/base/one": [],
    }
    assert broken_references(context) == ()


def test_manifests_that_a_kustomization_forgets_say_so(survey_of: SurveyOf) -> None:
    application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: root}\n"
    names = [f"{name}.yaml" for name in "abcdef"]
    context = survey_of(
        {f"web/{name}": DEPLOY for name in names}
        | {
            "web/kustomization.yaml": "",
            "web/root.yaml": application,
            "web/sealed.yaml": DEPLOY + "sops: {mac: x}\n",
            "web/more/z.yaml": DEPLOY,
            "web/read.yaml": DEPLOY,
        }
    )
    found = {d.id: d for d in loose_deliveries(context, (), {"web/read.yaml"}) if d.kind == "directory"}
    shown = "'a.yaml', 'b.yaml', 'c.yaml', 'd.yaml', 'e.yaml' and 1 more"
    assert {key: (d.units, d.unrendered[0].reason) for key, d in found.items()} == {
        "directory:web": ((), f"nothing reads {shown} in a kustomization's folder: checked as files only"),
        "directory:web/more": ((), "nothing reads 'z.yaml' in a kustomization's folder: checked as files only"),
    }
    assert found["directory:web/more"].span == Span("web/more/z.yaml", 1)


def test_a_chart_by_environment_or_with_its_defaults(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "web/Chart.yaml": CHART,
            "web/values-prod.yaml": "a: 1\n",
            "web/values-dev.yaml": "a: 1\n",
            "plain/Chart.yaml": "name: plain\ndependencies: [{name: part, repository: 'file://../part'}]\n",
            "plain/templates/kustomization.yaml": "x: {{ .Values }}\n",
            "part/Chart.yaml": "name: part\n",
            "lib/Chart.yaml": "{name: lib, type: library}\n",
            "both/Chart.yaml": "name: both\n",
            "both/kustomization.yaml": "",
            "teams/prod/api/Chart.yaml": "name: api\n",
        }
    )
    found = {d.id: d for d in loose_deliveries(context, (), ())}
    assert list(found) == ["helm:plain", "helm:teams/prod/api", "helm:web:dev", "helm:web:prod", "kustomize:both"]
    prod = found["helm:web:prod"]
    layer = ValueLayer("file", "web/values-prod.yaml", Span("web/values-prod.yaml", 1))
    assert prod.units == (HelmUnit("web", "web", "default", (layer,)),)
    assert (prod.name, prod.environment, prod.span) == ("web-prod", "prod", Span("web/values-prod.yaml", 1))
    assert (found["helm:teams/prod/api"].name, found["helm:teams/prod/api"].environment) == ("api-prod", "prod")
    assert found["helm:plain"].span == Span("plain/Chart.yaml", 1)


@pytest.mark.parametrize(
    ("chart", "release"), [("Web_Shop", "web-shop"), ("_", "release"), ("a.b-c", "a-b-c"), (f"{'x' * 52}_y", "x" * 52)]
)
def test_a_release_has_a_name_that_helm_takes(chart: str, release: str, survey_of: SurveyOf) -> None:
    (found,) = loose_deliveries(survey_of({"web/Chart.yaml": f"name: {chart}\n"}), (), ())
    assert [unit.release for unit in found.units if isinstance(unit, HelmUnit)] == [release]


def test_what_is_claimed_is_not_loose(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "apps/ns.yaml": DEPLOY,
            "apps/web/kustomization.yaml": "",
            "other/kustomization.yaml": "resources: [../third]\n",
            "third/kustomization.yaml": "",
            "chart/Chart.yaml": CHART,
            "chart/values-prod.yaml": "a: 1\n",
            "chart/values-dev.yaml": "a: 1\n",
            "bare/Chart.yaml": CHART,
            "manifests/a.yaml": DEPLOY,
            "manifests/b.yaml": DEPLOY,
        }
    )
    claimed = (
        KustomizeUnit("apps"),
        KustomizeUnit("other"),
        HelmUnit("chart", "web", "default", (ValueLayer("file", "chart/values-prod.yaml"),)),
        HelmUnit("bare", "bare", "default"),
    )
    loose = loose_deliveries(context, claimed, {"manifests/a.yaml"})
    assert [d.id for d in loose] == ["directory:manifests", "helm:chart:dev"]
    assert loose[0].units == (DirectoryUnit("manifests", include="b.yaml"),)


def test_plain_folders(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "root-app.yaml": DEPLOY,
            ".github/workflows/ci.yaml": "on: push\n",
            ".github/deploy.yaml": DEPLOY,
            "docker-compose.yaml": "services: {}\n",
            "values.yaml": "a: 1\n",
            "whole/a.yaml": DEPLOY,
            "whole/sub/deep/b.yaml": DEPLOY,
            "mixed/a.yaml": DEPLOY,
            "mixed/odd,name.yaml": DEPLOY,
            "mixed/values.yaml": "a: 1\n",
            "mixed/kind.yaml": "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nmetadata: {name: x}\n",
            "mixed/kustomized/kustomization.yaml": "resources: [c.yaml]\n",
            "mixed/kustomized/c.yaml": DEPLOY,
            "mixed/sub/d.yaml": DEPLOY,
            "site/x.yaml": DEPLOY,
            "site/prod/y.yaml": DEPLOY,
            "site/prod/more/z.yaml": DEPLOY,
            "site/dev/y.yaml": DEPLOY,
            "chart/Chart.yaml": "{name: c, type: library}\n",
            "chart/crds/crd.yaml": DEPLOY,
            "chart/examples/e.yaml": "kind: List\napiVersion: v1\nitems: []\n",
        }
    )
    units = {d.id: d.units[0] for d in loose_deliveries(context, (), ()) if d.kind == "directory"}
    assert units == {
        "directory:.": DirectoryUnit(".", include="root-app.yaml"),
        "directory:chart/examples": DirectoryUnit("chart/examples"),
        "directory:mixed": DirectoryUnit("mixed", include="{a.yaml,odd\\,name.yaml}"),
        "directory:mixed/sub": DirectoryUnit("mixed/sub"),
        "directory:site": DirectoryUnit("site"),
        "directory:site/dev": DirectoryUnit("site/dev"),
        "directory:site/prod": DirectoryUnit("site/prod", recurse=True),
        "directory:whole": DirectoryUnit("whole", recurse=True),
    }
    assert _ids(context)[-1] == "kustomize:mixed/kustomized"


def test_the_include_reads_exactly_the_files(survey_of: SurveyOf) -> None:
    context = survey_of({"m/a[1],{b}.yaml": DEPLOY, "m/c!*.yaml": DEPLOY, "m/values.yaml": "a: 1\n"})
    (delivery,) = loose_deliveries(context, (), ())
    (unit,) = delivery.units
    assert isinstance(unit, DirectoryUnit)
    answer = context.engine.call("directory", path="m", include=unit.include)
    assert [o["path"] for o in answer["origins"]] == ["m/a[1],{b}.yaml", "m/c!*.yaml"]


def test_an_empty_repository_has_none(survey_of: SurveyOf) -> None:
    assert _ids(survey_of({"README.md": "# nothing\n"})) == []


def test_what_only_looks_like_manifests_says_so(survey_of: SurveyOf) -> None:
    to_fill = "apiVersion: v1\nkind: Namespace\nmetadata: {name: $NAMESPACE}\n"
    context = survey_of(
        {
            "tools/a.yaml": DEPLOY,
            "tools/b.yaml": to_fill,
            "tools/c.json": '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "uid": "1-2"}}',
            "templates/ns/kustomization.yaml": "resources: [b.yaml]\n",
            "templates/ns/b.yaml": to_fill,
            "apps/kustomization.yaml": "resources: [b.yaml]\n",
            "apps/b.yaml": to_fill,
        }
    )
    found = {d.id: [u.reason for u in d.unrendered] for d in loose_deliveries(context, (), ())}
    assert found == {
        "kustomize:apps": [],
        "directory:tools": [],
        "directory:tools:templates": ["the name of its object is still to be filled in, and nothing delivers it"],
        "directory:tools:records": ["a cluster printed it (it has the uid of a live object), and nothing delivers it"],
        "kustomize:templates/ns": ["a template of an environment, which nothing refers to: it holds placeholders"],
    }
