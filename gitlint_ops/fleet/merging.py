"""The reports of many repositories become one, in which each path begins with the name of its repository."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gitlint_ops import __version__
from gitlint_ops.fleet.model import Outcome
from gitlint_ops.lint.model import SEVERITIES, Coverage, Finding, Fix, Member, Report, Rule, Skipped
from gitlint_ops.source.model import Span


def merged(outcomes: Iterable[Outcome]) -> Report:
    """Give the report on all repositories, whatever the order of the outcomes.

    A repository that was not checked is a gap in its coverage: one that nobody read where that makes the run fail.
    """
    ordered = sorted(outcomes, key=lambda outcome: outcome.name)
    reports = {outcome.name: outcome.report for outcome in ordered if outcome.report is not None}
    findings = [_finding(finding, name) for name, report in reports.items() for finding in report.findings]
    return Report(
        findings=tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))),
        coverage=_coverage(reports, ordered),
        rules=_rules(reports.values()),
        tool_version=__version__,
        lines={f"{name}/{path}": lines for name, report in reports.items() for path, lines in report.lines.items()},
        fleet=tuple(map(_member, ordered)),
    )


def _finding(finding: Finding, name: str) -> Finding:
    """Give a finding with its places in the fleet; the same defect of two repositories stays two findings."""
    fingerprint = hashlib.sha256(f"{name}\0{finding.fingerprint}".encode("utf-8", "backslashreplace")).hexdigest()
    return replace(
        finding,
        repository=name,
        span=_span(finding.span, name),
        related=tuple(replace(related, span=_span(related.span, name)) for related in finding.related),
        fix=_fix(finding.fix, name) if finding.fix else None,
        fingerprint=fingerprint[: len(finding.fingerprint)],
    )


def _fix(fix: Fix, name: str) -> Fix:
    return replace(fix, edits=tuple(replace(edit, span=_span(edit.span, name)) for edit in fix.edits))


def _span(span: Span, name: str) -> Span:
    return replace(span, path=f"{name}/{span.path}")


def _coverage(reports: Mapping[str, Report], outcomes: Sequence[Outcome]) -> Coverage:
    covered = {name: report.coverage for name, report in reports.items()}
    failures = [_gap(outcome) for outcome in outcomes if outcome.exit_code]
    passed_over = [_gap(outcome) for outcome in outcomes if outcome.reason and not outcome.exit_code]

    def gaps(kind: str) -> tuple[Skipped, ...]:
        return tuple(_gap_in(gap, name) for name, coverage in covered.items() for gap in getattr(coverage, kind))

    return Coverage(
        units=sum(coverage.units for coverage in covered.values()),
        rendered=sum(coverage.rendered for coverage in covered.values()),
        skipped=gaps("skipped"),
        failed=gaps("failed"),
        files=sum(coverage.files for coverage in covered.values()),
        objects=sum(coverage.objects for coverage in covered.values()),
        unreadable=(*failures, *gaps("unreadable")),
        assumptions=tuple(f"{name}: {text}" for name, coverage in covered.items() for text in coverage.assumptions),
        unchecked=(*passed_over, *gaps("unchecked")),
    )


def _gap(outcome: Outcome) -> Skipped:
    return Skipped("repository", outcome.name, outcome.reason)


def _gap_in(gap: Skipped, name: str) -> Skipped:
    return replace(gap, unit=f"{name}: {gap.unit}", path=f"{name}/{gap.path}" if gap.path else "")


def _rules(reports: Iterable[Report]) -> tuple[Rule, ...]:
    """Give every rule that ran anywhere; of those of one name, the first repository's."""
    rules: dict[str, Rule] = {}
    for report in reports:
        for rule in report.rules:
            rules.setdefault(rule.name, rule)
    return tuple(rules[name] for name in sorted(rules))


def _member(outcome: Outcome) -> Member:
    member = Member(outcome.name, reason=outcome.reason, exit_code=outcome.exit_code)
    report = outcome.report
    if report is None:
        return member
    coverage = report.coverage
    return replace(
        member,
        files=coverage.files,
        units=coverage.units,
        rendered=coverage.rendered,
        objects=coverage.objects,
        elapsed_ms=report.elapsed_ms,
    )
