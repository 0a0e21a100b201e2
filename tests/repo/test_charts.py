from __future__ import annotations

from collections.abc import Callable, Mapping

from gitlint_ops.repo import Context
from gitlint_ops.repo.charts import missing_dependencies
from gitlint_ops.source import SourceTree
from tests.repo.conftest import SurveyOf


def _values(context: Context, folder: str) -> list[tuple[str, str]]:
    return [(v.environment, v.path) for v in context.charts[folder].values_files]


def test_charts_and_what_is_vendored(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "web/Chart.yaml": """
                apiVersion: v2
                name: shop
                version: 1.2.3
                dependencies:
                  - {name: redis, version: 17.x, repository: "https://charts.example.com"}
                  - {name: kafka, version: 1.0.0, repository: "oci://r.example.com/x"}
                  - {name: common, version: 0.1.0, repository: "file://../lib"}
                  - {name: alias-me, alias: other}
                """,
            "web/charts/redis-17.0.1.tgz": "",
            "web/charts/sub/Chart.yaml": "name: alias-me\n",
            "web/charts/kafka-ui-2.0.tgz": "",
            "lib/Chart.yaml": "{name: common, type: library}\n",
            "old/Chart.yaml": "name: old\n",
            "old/requirements.yaml": "dependencies: [{name: gone, version: '1'}]\n",
            "odd/Chart.yaml": "- list\n",
        }
    )
    assert sorted(context.charts) == ["lib", "odd", "old", "web"]
    shop = context.charts["web"]
    assert (shop.name, shop.version, shop.type) == ("shop", "1.2.3", "application")
    assert shop.missing_dependencies == (
        "kafka 1.0.0 (helm dependency build would fetch it from oci://r.example.com/x)",
        "common 0.1.0 (helm dependency build would pack it from lib)",
    )
    assert context.charts["old"].missing_dependencies == ("gone 1 (no repository is given: it must lie in old/charts)",)
    assert (context.charts["lib"].type, context.charts["odd"].name) == ("library", "odd")


def test_dependencies_whose_fields_are_lists(open_files: Callable[[Mapping[str, str]], SourceTree]) -> None:
    chart = "name: web\ndependencies: [{name: [redis]}, {name: kafka}]\n"
    lock = "dependencies: [{name: [redis], version: '1'}, 3, {name: kafka, version: 2.0.0}]\n"
    tree = open_files({"web/Chart.yaml": chart, "web/Chart.lock": lock})
    assert [locked for _, locked in missing_dependencies(tree, "web")] == ["1", "2.0.0"]


def test_values_files_in_the_chart(survey_of: SurveyOf) -> None:
    names = ["values.yaml", "values-prod.yaml", "values.staging.yml", "dev-values.yaml", "values-ha.yaml"]
    names += [
        "values/qa.yaml",
        "values/common.yaml",
        "environments/eu-live/values.yaml",
        "envs/uat.yaml",
        "test/values.yaml",
    ]
    context = survey_of({"web/Chart.yaml": "name: web\n"} | {f"web/{name}": "a: 1\n" for name in names})
    assert _values(context, "web") == [
        ("dev", "web/dev-values.yaml"),
        ("test", "web/test/values.yaml"),
        ("qa", "web/values/qa.yaml"),
        ("uat", "web/envs/uat.yaml"),
        ("staging", "web/values.staging.yml"),
        ("eu-live", "web/environments/eu-live/values.yaml"),
        ("prod", "web/values-prod.yaml"),
    ]


def test_values_around_an_only_chart(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "app/chart/Chart.yaml": "name: app\n",
            "app/envs/prod/values.yaml": "a: 1\n",
            "app/envs/load-gpu/values.yaml": "a: 1\n",
            "app/common/values.yaml": "a: 1\n",
        }
    )
    assert _values(context, "app/chart") == [
        ("load-gpu", "app/envs/load-gpu/values.yaml"),
        ("prod", "app/envs/prod/values.yaml"),
    ]


def test_values_that_several_charts_share_folders_for(survey_of: SurveyOf) -> None:
    application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\n"
    context = survey_of(
        {
            "charts/web/Chart.yaml": "name: web\n",
            "charts/api/Chart.yaml": "name: api\n",
            "environments/prod/web.yaml": "a: 1\n",
            "environments/prod/api/values.yaml": "a: 1\n",
            "environments/dev/web.yaml": application,
            "environments/dev/values.yaml": "a: 1\n",
        }
    )
    assert _values(context, "charts/web") == [("prod", "environments/prod/web.yaml")]
    assert _values(context, "charts/api") == [("prod", "environments/prod/api/values.yaml")]


def test_values_for_a_test_of_the_chart_are_no_environment(survey_of: SurveyOf) -> None:
    context = survey_of({"web/Chart.yaml": "name: web\n", "web/values-test.yaml": "", "web/values-local.yaml": ""})
    assert _values(context, "web") == []
