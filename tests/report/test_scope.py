from __future__ import annotations

from dataclasses import replace

from gitlint_ops.report.scope import active, counts, in_environments, within
from tests.report import samples

PATHS = {"argocd/web-prod": {"apps/web/overlays/prod", "clusters/prod/web.yaml"}}


def kept(*scopes: str) -> list[str]:
    report = samples.report(samples.IMAGE, samples.NEAREST, samples.SECRET)
    return [finding.rule for finding in within(report, scopes, PATHS).findings]


def test_the_whole_repository_keeps_all() -> None:
    assert kept(".") == ["mutable-image-tag", "not-rendered", "secret-value"]


def test_a_place_a_related_place_or_a_delivery_concerns_a_folder() -> None:
    assert kept("apps/web/overlays/prod") == ["mutable-image-tag", "not-rendered"]
    assert kept("apps/web/base") == ["mutable-image-tag"]
    assert kept("clusters") == ["mutable-image-tag", "not-rendered"]
    assert kept("values.yaml") == ["secret-value"]


def test_several_paths_keep_what_concerns_any_of_them_and_none_keeps_nothing() -> None:
    assert kept("apps/web/base", "values.yaml") == ["mutable-image-tag", "secret-value"]
    assert kept("nowhere", ".") == ["mutable-image-tag", "not-rendered", "secret-value"]
    assert kept() == []


def test_a_folder_is_not_its_namesake() -> None:
    assert kept("apps/web/overlays/pro") == []


def test_the_coverage_stays_whole() -> None:
    report = samples.report(samples.IMAGE, coverage=samples.GAPS)
    assert within(report, ["nowhere"], {}).coverage == samples.GAPS


def test_environments_keep_their_own_findings_and_those_of_none() -> None:
    report = samples.report(samples.IMAGE, samples.SECRET, replace(samples.IMAGE, environments=("dev",)))
    given = in_environments(report, ["prod"]).findings
    assert [finding.environments for finding in given] == [("stage", "prod"), ()]
    assert in_environments(report, []) is report


def test_what_counts_is_not_suppressed_and_the_heaviest_comes_first() -> None:
    report = samples.report(samples.NEAREST, samples.ACCEPTED, samples.SECRET)
    assert [finding.rule for finding in active(report)] == ["secret-value", "not-rendered"]
    assert counts(report) == {"error": 1, "warning": 0, "info": 1}
