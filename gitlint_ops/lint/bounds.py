"""How many findings a report holds: what a hostile repository makes a reader, or a server, take in."""

from __future__ import annotations

from dataclasses import replace

from gitlint_ops.lint.model import Report, Skipped


def bounded(report: Report, limit: int) -> Report:
    """Keep the first ``limit`` findings, the most severe ones; the coverage says how many more there were."""
    left_out = len(report.findings) - limit
    if left_out <= 0:
        return report
    reason = f"{left_out:,} more findings, none more severe, are left out: limits.findings is {limit:,}"
    unchecked = (*report.coverage.unchecked, Skipped("findings", "", reason))
    return replace(report, findings=report.findings[:limit], coverage=replace(report.coverage, unchecked=unchecked))
