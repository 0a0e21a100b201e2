from __future__ import annotations

from dataclasses import replace

import pytest

from gitlint_ops.cli.exit_codes import judge
from tests.report import samples

WARNING = replace(samples.IMAGE, severity="warning")


@pytest.mark.parametrize(
    ("fail_on", "expected"),
    [
        ("error", (1, "1 error at or above --fail-on error: exit 1")),
        ("warning", (1, "3 findings at or above --fail-on warning: exit 1")),
        ("info", (1, "4 findings at or above --fail-on info: exit 1")),
        ("never", (0, "--fail-on never: exit 0")),
    ],
)
def test_severities_at_or_above_count(fail_on: str, expected: tuple[int, str]) -> None:
    report = samples.report(samples.IMAGE, WARNING, WARNING, samples.NEAREST, samples.ACCEPTED)
    assert judge(report, fail_on) == expected


def test_lighter_and_suppressed_findings_do_not_count() -> None:
    report = samples.report(WARNING, samples.ACCEPTED)
    assert judge(report, "error") == (0, "Nothing at or above --fail-on error: exit 0")
