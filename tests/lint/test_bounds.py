from __future__ import annotations

from dataclasses import replace

from gitlint_ops.lint.bounds import bounded
from gitlint_ops.lint.model import Skipped
from tests.report.samples import IMAGE, report


def test_a_report_within_its_limit_is_as_it_was() -> None:
    whole = report(IMAGE)
    assert bounded(whole, len(whole.findings)) is whole


def test_what_is_left_out_is_counted() -> None:
    whole = report(IMAGE)
    many = replace(whole, findings=whole.findings[:1] * 1_500)
    kept = bounded(many, 20)
    assert kept.findings == many.findings[:20]
    reason = "1,480 more findings, none more severe, are left out: limits.findings is 20"
    assert kept.coverage.unchecked == (*whole.coverage.unchecked, Skipped("findings", "", reason))
