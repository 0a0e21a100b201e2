from __future__ import annotations

import pytest

from gitlint_ops.config import Config
from gitlint_ops.repo import loose_deliveries
from gitlint_ops.repo.model import KustomizeUnit
from gitlint_ops.repo.references import broken_references, inflates
from gitlint_ops.repo.remotes import mapped_entry, mapped_repository
from tests.repo.conftest import SurveyOf

REMOTES = {
    "https://github.com/Team/platform.git": "vendor/platform",
    "https://github.com/team/platform//Base?ref=v2": "vendor/platform-v2/Base",
    "oci://registry.example.com/charts": "vendor/charts",
    "https://raw.example.com/o/r/v1/map.yaml": "vendor/map.yaml",
}


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("https://github.com/team/platform//Base?ref=v1", "vendor/platform/Base"),
        ("https://github.com/team/platform//Base?ref=v2", "vendor/platform-v2/Base"),
        ("https://github.com/team/platform/Base/deep?ref=v1", "vendor/platform/Base/deep"),
        ("https://github.com/team/platform.git/Base", "vendor/platform/Base"),
        ("github.com/team/platform//Base", "vendor/platform/Base"),
        ("git@github.com:team/platform.git//Base", "vendor/platform/Base"),
        ("git::https://github.com/team/platform?ref=main", "vendor/platform"),
        ("https://raw.example.com/o/r/v1/map.yaml", "vendor/map.yaml"),
        ("https://github.com/team/platform-other//Base", None),
        ("https://example.com/x.yaml", None),
    ],
)
def test_entries_of_kustomizations(written: str, path: str | None) -> None:
    assert mapped_entry(REMOTES, written) == path


def test_repositories() -> None:
    assert mapped_repository(REMOTES, "git@github.com:team/platform") == "vendor/platform"
    assert mapped_repository(REMOTES, "oci://registry.example.com/charts/") == "vendor/charts"
    assert mapped_repository(REMOTES, "https://github.com/team") is None


FILES = {
    "overlay/kustomization.yaml": "resources: ['https://github.com/team/platform//Base?ref=v1']\n"
    "helmCharts:\n- {name: web, repo: 'oci://registry.example.com/charts', version: 1.0.0}\n",
    "vendor/platform/Base/kustomization.yaml": "resources: [map.yaml]\n",
    "vendor/platform/Base/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n",
    "vendor/charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
}


def test_what_is_mapped_is_a_part_of_its_users(survey_of: SurveyOf) -> None:
    context = survey_of(FILES, Config(remotes=REMOTES))
    deliveries = loose_deliveries(context, (), ())
    assert [delivery.id for delivery in deliveries] == ["kustomize:overlay"]
    unit = deliveries[0].units[0]
    assert isinstance(unit, KustomizeUnit)
    assert unit.enable_helm
    assert unit.remotes == (
        ("https://github.com/team/platform//Base?ref=v1", "vendor/platform/Base"),
        ("oci://registry.example.com/charts", "vendor/charts"),
    )


def test_a_mapped_entry_that_is_not_there_is_broken(survey_of: SurveyOf) -> None:
    context = survey_of(FILES, Config(remotes={"https://github.com/team/platform": "vendor/gone"}))
    assert [(found.written, found.target) for found in broken_references(context)] == [
        ("https://github.com/team/platform//Base?ref=v1", "vendor/gone/Base")
    ]


def test_charts_are_inflated_below_and_by_configured_generators(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "a/kustomization.yaml": "resources: [../b]\n",
            "b/kustomization.yaml": "generators: [chart.yaml]\n",
            "b/chart.yaml": "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: c}\nname: web\n",
            "plain/kustomization.yaml": "namespace: x\n",
        }
    )
    assert inflates(context, "a")
    assert not inflates(context, "plain")
