from __future__ import annotations

from dataclasses import replace

from gitlint_ops.report.scope import in_environments, within_folder
from tests.report import samples

PATHS = {"argocd/web-prod": {"apps/web/overlays/prod", "clusters/prod/web.yaml"}}


def kept(folder: str) -> list[str]:
    report = samples.report(samples.IMAGE, samples.NEAREST, samples.SECRET)
    return [finding.rule for finding in within_folder(report, folder, PATHS).findings]


def test_the_whole_repository_keeps_all() -> None:
    assert kept(".") == ["mutable-image-tag", "not-rendered", "secret-value"]


def test_a_place_a_related_place_or_a_delivery_concerns_a_folder() -> None:
    assert kept("apps/web/overlays/prod") == ["mutable-image-tag", "not-rendered"]
    assert kept("apps/web/base") == ["mutable-image-tag"]
    assert kept("clusters") == ["mutable-image-tag", "not-rendered"]
    assert kept("values.yaml") == ["secret-value"]


def test_a_folder_is_not_its_namesake() -> None:
    assert kept("apps/web/overlays/pro") == []


def test_the_coverage_stays_whole() -> None:
    report = samples.report(samples.IMAGE, coverage=samples.GAPS)
    assert within_folder(report, "nowhere", {}).coverage == samples.GAPS


def test_environments_keep_their_own_findings_and_those_of_none() -> None:
    report = samples.report(samples.IMAGE, samples.SECRET, replace(samples.IMAGE, environments=("dev",)))
    given = in_environments(report, ["prod"]).findings
    assert [finding.environments for finding in given] == [("stage", "prod"), ()]
    assert in_environments(report, []) is report
