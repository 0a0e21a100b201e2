from __future__ import annotations

import pytest

from gitlint_ops.lint.apps import apps_of, layout_key, without_environment, without_hash
from gitlint_ops.repo.model import Delivery, HelmUnit, KustomizeUnit, Unit
from tests.lint.support import delivery


@pytest.mark.parametrize(
    ("name", "environment", "plain"),
    [
        ("web-prod", "prod", "web"),
        ("prod-eu-web", "prod-eu", "web"),
        ("web-prod", "production", "web"),
        ("web.dev.cluster", "dev", "web.cluster"),
        ("web-product", "prod", "web-product"),
        ("devices", "dev", "devices"),
        ("prod", "prod", ""),
        ("web", "", "web"),
        ("Web_PROD", "prod", "Web"),
    ],
)
def test_a_name_without_its_environment(name: str, environment: str, plain: str) -> None:
    assert without_environment(name, environment) == plain


def test_something_in_place_of_the_environment() -> None:
    assert without_environment("web-prod-db", "prod", "*") == "web-*-db"


def test_a_generated_hash_is_no_part_of_a_name() -> None:
    assert without_hash("settings-m2f7h8kg5t") == "settings"
    assert without_hash("web-deployment") == "web-deployment"


def _applied(name: str, environment: str, *units: Unit, namespace: str = "argocd", folder: str = "") -> Delivery:
    return Delivery(
        f"{folder}{namespace}/{name}@{environment}",
        "argocd",
        "Application",
        namespace,
        name,
        units,
        environment=environment,
    )


def _overlay(path: str, environment: str) -> Delivery:
    return delivery(path, environment, units=(KustomizeUnit(path),))


def test_deliveries_are_one_application_by_name_or_by_folder() -> None:
    staging = _applied("web-staging", "staging", KustomizeUnit("apps/web/overlays/staging"))
    prod = _overlay("apps/web/overlays/prod", "prod")
    other = _applied("api-staging", "staging", KustomizeUnit("apps/api/overlays/staging"))
    found = apps_of([staging, prod, other])
    assert found == {staging.id: "web", prod.id: "web", other.id: "api"}


def test_a_chart_that_all_share_is_no_application() -> None:
    releases = [
        _applied(f"{name}-{environment}", environment, HelmUnit("charts/generic", name, "default"))
        for name in ("web", "api")
        for environment in ("staging", "prod")
    ]
    assert sorted(apps_of(releases).values()) == ["api", "api", "web", "web"]


def test_namesakes_in_two_namespaces_are_told_apart() -> None:
    tenants = [
        Delivery(f"{team}-{name}", "flux", "HelmRelease", team, "web", environment=name)
        for team in ("team-a", "team-b")
        for name in ("staging", "prod")
    ]
    assert sorted(set(apps_of(tenants).values())) == ["team-a/web", "team-b/web"]


def test_the_layout_of_a_chart_for_each_environment() -> None:
    unit = HelmUnit("envs/prod/web", "web", "default")
    assert layout_key(_applied("web", "prod", unit)) == ("helm:envs/*/web",)
    assert layout_key(_applied("web", "prod", KustomizeUnit("apps/web"))) == ()
