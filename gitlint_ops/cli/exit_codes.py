"""What the program's exit code means, and how a report becomes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitlint_ops.lint.model import Report

OK = 0
"""Nothing at or above ``--fail-on``."""
FINDINGS = 1
"""Findings at or above ``--fail-on``."""
USAGE = 2
"""A usage or configuration error."""
NOTHING_CHECKED = 3
"""Nothing could be checked."""
DEFECT = 4
"""A defect of ours; a log for a report of it was saved."""

FAIL_ON = ("error", "warning", "info", "never")
"""The choices of ``--fail-on``, the most lenient last."""


def judge(report: Report, fail_on: str) -> tuple[int, str]:
    """Give the exit code of ``report`` and the sentence that explains it."""
    if not report.coverage.files:
        return NOTHING_CHECKED, "Nothing could be checked: exit 3"
    if report.shard is not None:
        return OK, f"Shard {report.shard.index} of {report.shard.count}; 'merge-reports' judges them all: exit 0"
    failed = [member.exit_code for member in report.fleet if member.exit_code]
    if failed:
        number = f"{len(failed):,} of {len(report.fleet):,} repositories"
        return max(failed), f"{number} could not be checked, or not wholly: exit {max(failed)}"
    if fail_on == "never":
        return OK, "--fail-on never: exit 0"
    counted = FAIL_ON[: FAIL_ON.index(fail_on) + 1]
    heavy = [f.severity for f in report.findings if f.suppression is None and f.severity in counted]
    if not heavy:
        return OK, f"Nothing at or above --fail-on {fail_on}: exit 0"
    noun = "error" if fail_on == "error" else "finding"
    return FINDINGS, f"{len(heavy):,} {noun}{'' if len(heavy) == 1 else 's'} at or above --fail-on {fail_on}: exit 1"
