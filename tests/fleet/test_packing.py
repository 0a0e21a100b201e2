from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gitlint_ops.fleet.packing import packed, unpacked
from gitlint_ops.report.stored import StoredReportError
from tests.report import samples

OWN = replace(samples.RULE, name="no-shop", builtin=False)
OURS = {rule.name: rule for rule in (samples.RULE, samples.SECRET_RULE)}


def test_a_report_comes_back_as_it_was() -> None:
    report = samples.report(samples.IMAGE, samples.ACCEPTED, coverage=samples.GAPS, rules=(samples.RULE, OWN))
    value = json.loads(json.dumps(packed(report)))
    assert unpacked(value, OURS) == report


def test_our_own_rules_are_names_alone() -> None:
    assert [rule["name"] for rule in packed(samples.report(rules=(samples.RULE, OWN)))["report"]["rules"]] == [
        "no-shop"
    ]


@pytest.mark.parametrize("value", [{}, {"report": {}, "rules": []}, {**packed(samples.report()), "rules": ["unknown"]}])
def test_what_is_no_packed_report_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(StoredReportError):
        unpacked(value, OURS)
