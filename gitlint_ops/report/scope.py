"""A report narrowed to a part of the repository, to some environments, or to the findings that count."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping

from gitlint_ops.lint.model import SEVERITIES, Finding, Report, Severity


def within(report: Report, scopes: Collection[str], delivery_paths: Mapping[str, Collection[str]]) -> Report:
    """Keep the findings that concern one of ``scopes``: folders and files (POSIX, ``.`` for all; none keeps nothing).

    A finding concerns one where its place, a related place, or a folder that one of its deliveries applies
    (``delivery_paths``, by delivery id) lies in it. The coverage stays that of the whole repository.
    """
    if "." in scopes:
        return report
    kept = tuple(f for f in report.findings if any(_concerns(f, scope, delivery_paths) for scope in scopes))
    return dataclasses.replace(report, findings=kept)


def _concerns(finding: Finding, folder: str, delivery_paths: Mapping[str, Collection[str]]) -> bool:
    paths = [finding.span.path, *(related.span.path for related in finding.related)]
    applied = (path for delivery in finding.deliveries for path in delivery_paths.get(delivery, ()))
    return any(lies_in(path, folder) for path in (*paths, *applied))


def lies_in(path: str, folder: str) -> bool:
    """Tell whether a repository-relative POSIX path is ``folder`` or lies in it."""
    return folder in (".", path) or path.startswith(folder + "/")


def in_environments(report: Report, environments: Collection[str]) -> Report:
    """Keep the findings of ``environments`` (empty: all), and those of none, which may concern any."""
    if not environments:
        return report
    kept = tuple(f for f in report.findings if not f.environments or set(f.environments) & set(environments))
    return dataclasses.replace(report, findings=kept)


def active(report: Report) -> list[Finding]:
    """Give the findings that are not suppressed, the heaviest first, else in the report's order."""
    findings = (finding for finding in report.findings if finding.suppression is None)
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def counts(report: Report) -> dict[Severity, int]:
    """Count the findings that are not suppressed, heaviest severity first."""
    severities = [finding.severity for finding in active(report)]
    return {severity: severities.count(severity) for severity in SEVERITIES}
