"""How many findings a fix would mend, in words."""

from __future__ import annotations

from gitlint_ops.lint.model import Report
from gitlint_ops.report.page import plural


def fix_hint(report: Report) -> str:
    """Give the line that tells what ``--fix`` may mend, '' where it is nothing; suppressed findings do not count."""
    fixes = [finding.fix for finding in report.findings if finding.fix is not None and finding.suppression is None]
    safe = sum(fix.safe for fix in fixes)
    unsafe = len(fixes) - safe
    if safe and unsafe:
        return f"{safe:,} fixable with --fix, {unsafe:,} more with --fix --unsafe-fixes; --diff shows the changes."
    if fixes:
        also = "" if safe else " --unsafe-fixes"
        count = plural(len(fixes), "finding is", "findings are")
        return f"{count} fixable with --fix{also}; --diff{also} shows the changes."
    return ""
