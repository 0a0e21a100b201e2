from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

from gitlint_ops.lint.model import Report
from gitlint_ops.report.junit import render_junit
from tests.report import samples


def suites(report: Report) -> ET.Element:
    return ET.fromstring(render_junit(report).encode("utf-8"))


def test_a_whole_report() -> None:
    assert render_junit(samples.report(samples.IMAGE, coverage=replace(samples.GAPS, skipped=()))) == (
        """<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="5" failures="1" errors="2">
  <testsuite name="gitlint-ops" tests="2" failures="1" errors="0" skipped="0" time="1.250">
    <testcase classname="mutable-image-tag" name="apps/web/overlays/prod/kustomization.yaml:14:13" time="0">
      <failure message="Deployment web runs ghcr.io/acme/web:latest, a tag that can change under it." type="error">\
apps/web/overlays/prod/kustomization.yaml:14:13: Deployment web runs ghcr.io/acme/web:latest, a tag that can change \
under it.
in stage, prod
see apps/web/base/deployment.yaml:22:16: the container's image in the base
fix: Pin the tag.
https://github.com/gitlint-ops/gitlint-ops/blob/main/docs/rules/mutable-image-tag.md</failure>
    </testcase>
    <testcase classname="secret-value" name="no findings" time="0" />
  </testsuite>
  <testsuite name="gitlint-ops coverage" tests="3" failures="0" errors="2" skipped="0" time="0.000">
    <testcase classname="coverage" name="charts/bad (helm:charts/bad)" time="0">
      <error message="parse error at line 3" />
    </testcase>
    <testcase classname="coverage" name="big.yaml (too-large)" time="0">
      <error message="52,428,800 bytes, the limit is 10,485,760" />
    </testcase>
    <testcase classname="coverage" name="2 of 6 units rendered" time="0" />
  </testsuite>
</testsuites>
"""
    )


def test_suppressed_findings_and_units_left_unrendered_are_skipped() -> None:
    skipped = suites(samples.report(samples.ACCEPTED, coverage=samples.GAPS)).iter("skipped")
    assert [item.get("message") for item in skipped] == [
        "accepted by comment: a demo",
        *["needs the network: https://x.example"] * 5,
    ]


def test_names_differ_within_a_suite() -> None:
    cases = list(suites(samples.report(samples.IMAGE, samples.IMAGE, samples.ACCEPTED)).iter("testcase"))
    names = [(case.get("classname"), case.get("name")) for case in cases]
    assert len(set(names)) == len(names)
    assert names[1] == ("mutable-image-tag", "apps/web/overlays/prod/kustomization.yaml:14:13 (2)")


def test_a_clean_run_has_a_passed_case_a_rule() -> None:
    cases = list(suites(samples.report()).iter("testcase"))
    assert [case.get("classname") for case in cases] == ["mutable-image-tag", "secret-value", "coverage"]
    assert not any(len(case) for case in cases)
