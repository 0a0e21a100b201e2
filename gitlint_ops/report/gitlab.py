"""A report as GitLab Code Quality JSON: https://docs.gitlab.com/ci/testing/code_quality/."""

from __future__ import annotations

from typing import Any

from gitlint_ops.lint.model import Finding, Report, Severity
from gitlint_ops.report.escape import printable
from gitlint_ops.report.json_report import dumps
from gitlint_ops.report.scope import active

_SEVERITIES: dict[Severity, str] = {"error": "critical", "warning": "minor", "info": "info"}


def render_gitlab(report: Report) -> str:
    """Give the findings as one JSON array, the heaviest first; suppressed ones are left out.

    GitLab keys entries by fingerprint, in which no line number may go: the findings' own are of that kind.
    """
    return dumps([_entry(finding) for finding in active(report)])


def _entry(finding: Finding) -> dict[str, Any]:
    return {
        "description": _description(finding),
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": finding.span.path, "lines": {"begin": max(finding.span.line, 1)}},
    }


def _description(finding: Finding) -> str:
    environments = f" (in {', '.join(finding.environments)})" if finding.environments else ""
    return printable(finding.message + environments)
