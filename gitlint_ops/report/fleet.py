"""The figures of a report on several repositories: what was found where, what took long, what was not checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gitlint_ops.lint.model import SEVERITIES, Finding, Member, Report, Severity
from gitlint_ops.report.page import STYLES, Page, plural
from gitlint_ops.report.scope import active

SLOWEST = 5
"""So many of the repositories that took longest are named."""
_LIMIT = 20
"""Rules, and repositories that were not checked, that a page for people names at first."""


@dataclass(frozen=True, slots=True)
class RuleFigure:
    """What one rule found with one severity: how many findings, in how many repositories."""

    rule: str
    severity: Severity
    findings: int
    repositories: int


@dataclass(frozen=True)
class Figures:
    """What a report on several repositories comes to; suppressed findings do not count."""

    report: Report

    @cached_property
    def by_repository(self) -> Mapping[tuple[str, Severity], int]:
        """How many findings of a severity a repository has."""
        return Counter((finding.repository, finding.severity) for finding in active(self.report))

    @cached_property
    def rules(self) -> tuple[RuleFigure, ...]:
        """The heaviest severity first, in it what was found most often."""
        groups: dict[tuple[Severity, str], list[Finding]] = {}
        for finding in active(self.report):
            groups.setdefault((finding.severity, finding.rule), []).append(finding)
        figures = [
            RuleFigure(rule, severity, len(found), len({finding.repository for finding in found}))
            for (severity, rule), found in groups.items()
        ]
        return tuple(sorted(figures, key=lambda it: (SEVERITIES.index(it.severity), -it.findings, it.rule)))

    @cached_property
    def slowest(self) -> tuple[Member, ...]:
        """The repositories that took longest, the slowest first."""
        timed = (member for member in self.report.fleet if member.elapsed_ms)
        return tuple(sorted(timed, key=lambda member: (-member.elapsed_ms, member.name))[:SLOWEST])

    @cached_property
    def unchecked(self) -> tuple[Member, ...]:
        """The repositories that were not checked, or not wholly; those that make the run fail first."""
        told = (member for member in self.report.fleet if member.reason)
        return tuple(sorted(told, key=lambda member: (-member.exit_code, member.name)))

    @property
    def headline(self) -> str:
        """How many repositories were checked, and what was in them."""
        count, coverage = len(self.report.fleet), self.report.coverage
        whole = count - len(self.unchecked)
        return (
            f"{whole:,} of {plural(count, 'repository', 'repositories')} checked: "
            f"{coverage.rendered:,} of {plural(coverage.units, 'unit')} rendered, {plural(coverage.objects, 'object')}."
        )

    def of(self, member: Member) -> dict[Severity, int]:
        """Give the number of a repository's findings, the heaviest severity first."""
        return {severity: self.by_repository.get((member.name, severity), 0) for severity in SEVERITIES}


def fleet_data(report: Report) -> dict[str, Any] | None:
    """Give the figures as JSON has them, None for a report on one repository; times are in milliseconds."""
    if not report.fleet:
        return None
    figures = Figures(report)
    return {
        "repositories": [_repository(member, figures) for member in report.fleet],
        "rules": [
            {"rule": it.rule, "severity": it.severity, "findings": it.findings, "repositories": it.repositories}
            for it in figures.rules
        ],
    }


def _repository(member: Member, figures: Figures) -> dict[str, Any]:
    return {
        "name": member.name,
        "files": member.files,
        "units": member.units,
        "rendered": member.rendered,
        "objects": member.objects,
        "findings": figures.of(member),
        "elapsed_ms": member.elapsed_ms,
        "not_checked": member.reason or None,
    }


def seconds(member: Member) -> str:
    """Give how long a repository took."""
    return f"{member.elapsed_ms / 1000:.1f} s"


def write_fleet(page: Page, report: Report, *, verbose: bool) -> None:
    """Write the figures onto ``page``; nothing for a report on one repository. ``verbose`` cuts no list."""
    if not report.fleet:
        return
    figures, limit = Figures(report), None if verbose else _LIMIT
    page.line(("Fleet", "bold"))
    page.line(figures.headline, indent=2)
    _write_unchecked(page, figures.unchecked, limit)
    _write_rules(page, figures.rules, limit)
    if figures.slowest:
        page.line("Slowest", indent=2)
    for member in figures.slowest:
        page.raw((f"{seconds(member):>9} ", ""), (member.name, "bold"), indent=2)
    page.line()


def _write_unchecked(page: Page, members: Iterable[Member], limit: int | None) -> None:
    told = list(members)
    for member in told[:limit]:
        page.line((member.name, "bold red" if member.exit_code else "bold"), f": {member.reason}", indent=4, hanging=2)
    _write_rest(page, len(told[:limit]), len(told), ("repository", "repositories"))


def _write_rules(page: Page, rules: Iterable[RuleFigure], limit: int | None) -> None:
    figures = list(rules)
    shown = figures[:limit]
    for it in shown:
        where = plural(it.repositories, "repository", "repositories")
        severity = (f"{it.severity:<7} ", STYLES[it.severity])
        page.raw((f"{it.findings:>9,} ", ""), severity, (it.rule, "bold"), (f"  in {where}", "dim"), indent=2)
    _write_rest(page, len(shown), len(figures), ("rule", ""))


def _write_rest(page: Page, shown: int, count: int, noun: tuple[str, str]) -> None:
    if shown < count:
        page.line((f"and {plural(count - shown, f'more {noun[0]}', noun[1] and f'more {noun[1]}')}", "dim"), indent=4)
