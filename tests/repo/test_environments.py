from __future__ import annotations

import pytest

from gitlint_ops.config import ClusterSetting, Config, EnvironmentSetting
from gitlint_ops.repo.environments import CATALOGUE_NAMES
from gitlint_ops.repo.model import Environment
from tests.repo.conftest import SurveyOf

FOLDERS = {
    f"{folder}/kustomization.yaml": "resources: []\n"
    for folder in (
        "envs/prod-eu",
        "envs/integration-gpu",
        "clusters/home/apps/dev-portal",
        "clusters/production/infrastructure",
        "apps/web/overlays/minikube",
        "apps/web/overlays/4.12",
        "teams/blue/test",
        "teams/blue/staging",
        "apps/test",
    )
}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("envs/prod-eu", "prod-eu"),
        ("envs/integration-gpu/settings.yaml", "integration-gpu"),
        ("clusters/home/apps/dev-portal", "home"),
        ("clusters/production/infrastructure/controllers", "production"),
        ("apps/web/overlays/minikube", "minikube"),
        ("apps/web/overlays/4.12", ""),
        ("apps/web/base", ""),
        ("teams/blue/test", "test"),
        ("apps/test", ""),
        ("elsewhere/web-prod/x", "prod"),
        ("clusters/prod.yaml", "prod"),
        ("clusters/kustomization.yaml", ""),
        ("clusters/overlays/blue", "blue"),
        ("clusters/overlays/kustomization.yaml", ""),
        ("stages/03-prod/web", "prod"),
        ("stages/04-prod-eu", "prod-eu"),
        (".", ""),
    ],
)
def test_path(survey_of: SurveyOf, path: str, name: str) -> None:
    assert survey_of(FOLDERS).environment([("path", path)]) == name


@pytest.mark.parametrize(
    ("hint", "name"),
    [
        (("values", "charts/web/values-prod.yaml"), "prod"),
        (("values", "envs/prod-eu/values.yaml"), "prod-eu"),
        (("values", "values/staging.yaml"), "staging"),
        (("values", "charts/web/values-ha.yaml"), ""),
        (("cluster", "ocp-prod-smaug"), "ocp-prod-smaug"),
        (("cluster", "https://kubernetes.default.svc"), ""),
        (("cluster", "https://web-staging.example.com:6443"), "staging"),
        (("cluster", "home"), "home"),
        (("label", "homologation"), "homologation"),
        (("label", "default"), ""),
        (("name", "web-prod-eu"), "prod-eu"),
        (("name", "web-prod"), "production"),
        (("name", "home-assistant"), ""),
        (("name", "livenessprobe"), ""),
        (("project", "web-staging"), "staging"),
    ],
)
def test_other_hints(survey_of: SurveyOf, hint: tuple[str, str], name: str) -> None:
    assert survey_of(FOLDERS).environment([hint]) == name


def test_the_strongest_telling_hint_is_recorded(survey_of: SurveyOf) -> None:
    context = survey_of(FOLDERS)
    assert (
        context.environment([("path", "apps/web"), ("name", ""), ("cluster", "prod-us"), ("name", "web-dev")])
        == "prod-us"
    )
    assert context.environment([("path", "teams/blue/staging")]) == "staging"
    assert context.environments == {
        "prod-us": Environment("prod-us", 5, True, "cluster 'prod-us'"),
        "staging": Environment("staging", 4, False, "path 'teams/blue/staging'"),
    }


def test_both_spellings_of_production_are_kept(survey_of: SurveyOf) -> None:
    context = survey_of({"overlays/prod/a.yaml": "", "clusters/production/a.yaml": ""})
    names = [context.environment([("path", path)]) for path in ("overlays/prod", "clusters/production")]
    assert names == ["prod", "production"]
    assert [e.production for e in context.environments.values()] == [True, True]


def test_the_configuration_wins(survey_of: SurveyOf) -> None:
    config = Config(
        environments=(
            EnvironmentSetting("berlin", production=True, rank=9, patterns=("sites/ber*", "apps/*/b/**")),
            EnvironmentSetting("prod", production=False),
        ),
        clusters=(ClusterSetting("c1", "https://10.0.0.1", environment="berlin"),),
    )
    files = {"sites/ber-prod/a.yaml": "", "apps/web/b/values.yaml": "", "overlays/prod/a.yaml": ""}
    context = survey_of(files, config)
    assert context.environment([("name", "x-dev"), ("path", "sites/ber-prod/a.yaml")]) == "berlin"
    assert context.environment([("values", "apps/web/b/values.yaml")]) == "berlin"
    assert context.environment([("cluster", "https://10.0.0.1")]) == "berlin"
    assert context.environment([("path", "overlays/prod")]) == "prod"
    path = "path 'sites/ber-prod/a.yaml' in the configuration"
    assert context.environments == {
        "berlin": Environment("berlin", 9, True, path),
        "prod": Environment("prod", 5, False, "path 'overlays/prod'"),
    }


def test_a_word_for_development_in_a_crowd_is_a_namespace(survey_of: SurveyOf) -> None:
    namespaces = ("ai", "database", "downloads", "media", "network")
    files = {f"kubernetes/apps/{name}/web/a.yaml": "" for name in (*namespaces, "dev")}
    assert survey_of(files).environment([("path", "kubernetes/apps/dev/web")]) == ""
    named = Config(environments=(EnvironmentSetting("dev"),))
    assert survey_of(files, named).environment([("path", "kubernetes/apps/dev/web")]) == "dev"
    beside = files | {"kubernetes/apps/staging/web/a.yaml": ""}
    assert survey_of(beside).environment([("path", "kubernetes/apps/dev/web")]) == "dev"
    few = {f"apps/{name}/a.yaml": "" for name in (*namespaces[1:], "dev")}
    assert survey_of(few).environment([("path", "apps/dev")]) == "dev"
    grouped = {f"env/cert-manager/{name}/a.yaml": "" for name in (*namespaces, "dev")}
    assert survey_of(grouped).environment([("path", "env/cert-manager/dev")]) == "dev"


def test_a_folder_cluster_holds_clusters_beside_a_known_one(survey_of: SurveyOf) -> None:
    one = {"cluster/console/a.yaml": "", "cluster/namespaces/a.yaml": ""}
    assert survey_of(one).environment([("path", "cluster/console")]) == ""
    many = {"cluster/berlin/a.yaml": "", "cluster/prod/a.yaml": ""}
    assert survey_of(many).environment([("path", "cluster/berlin")]) == "berlin"


def test_a_catalogue_has_variants_not_environments(survey_of: SurveyOf) -> None:
    names = [f"flavour-{chr(97 + at)}" for at in range(CATALOGUE_NAMES + 1)]
    context = survey_of(
        {f"app/overlays/{n}/a.yaml": "" for n in [*names, "with-integration"]} | {"b/overlays/prod/a.yaml": ""}
    )
    assert context.environment([("path", "app/overlays/flavour-a")]) == ""
    assert context.environment([("path", "app/overlays/with-integration")]) == ""
    assert context.environment([("path", "b/overlays/prod")]) == "prod"


def named(key: str, *names: str) -> dict[str, str]:
    files = {f"clusters/values-{name}.yaml": f"{{{key}: {name}, replicas: 2}}\n" for name in names}
    return {"clusters/Chart.yaml": "{apiVersion: v2, name: clusters, version: 1.0.0}\n", **files}


def test_values_files_that_say_their_names_are_environments_whatever_these_are(survey_of: SurveyOf) -> None:
    context = survey_of(named("name", "base", "summit", "eu-dev", "eu-prod") | {"apps/web/base/a.yaml": ""})
    assert context.environment([("values", "apps/web/values-base.yaml")]) == "base"
    assert context.environment([("values", "apps/web/values-summit.yaml")]) == "summit"
    assert context.environment([("path", "apps/web/base")]) == ""


@pytest.mark.parametrize(
    "names", [("base", "eu-dev"), ("web", "worker", "cron"), ("base", "worker", "eu-dev")], ids=["few", "apps", "one"]
)
def test_values_files_that_say_their_names_may_be_an_applications(survey_of: SurveyOf, names: tuple[str, ...]) -> None:
    assert survey_of(named("name", *names)).environment([("values", f"apps/values-{names[0]}.yaml")]) == ""


def test_values_files_that_say_another_name_are_a_layer(survey_of: SurveyOf) -> None:
    files = named("name", "base", "eu-dev", "eu-prod", "summit") | {"clusters/values-base.yaml": "replicas: 2\n"}
    assert survey_of(files).environment([("values", "apps/web/values-base.yaml")]) == ""
