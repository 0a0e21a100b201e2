"""How often each rule found something, for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from gitlint_ops.lint.model import SEVERITIES, Finding, Severity
from gitlint_ops.report.page import STYLES, Page, plural


def write_statistics(page: Page, findings: Iterable[Finding]) -> None:
    """Write one line a rule and severity onto ``page``: the heaviest severity first, in it the most frequent rule."""
    found = list(findings)
    tally: Counter[tuple[Severity, str]] = Counter((finding.severity, finding.rule) for finding in found)
    if not tally:
        return
    files = {key: len({f.span.path for f in found if (f.severity, f.rule) == key}) for key in tally}
    width = max(len(f"{count:,}") for count in tally.values())
    name = max(len(rule) for _, rule in tally)
    order = sorted(tally.items(), key=lambda item: (SEVERITIES.index(item[0][0]), -item[1], item[0][1]))
    for (severity, rule), count in order:
        parts = (f"{count:>{width},} ", (f"{severity:<7} ", STYLES[severity]), (rule.ljust(name), "bold"))
        page.raw(*parts, (f"  in {plural(files[severity, rule], 'file')}", "dim"))
    page.line()
