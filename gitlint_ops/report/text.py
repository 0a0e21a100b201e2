"""A report for people: findings by file, each with its source line, then what was checked and what not, the count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from gitlint_ops.lint.model import Comparison, Finding, Related, Report, Rule
from gitlint_ops.report.coverage import write_coverage
from gitlint_ops.report.excerpt import clip, excerpt, secret_lines
from gitlint_ops.report.fixable import fix_hint
from gitlint_ops.report.fleet import write_fleet
from gitlint_ops.report.page import NOUNS, STYLES, Page, Part, plural
from gitlint_ops.report.scope import counts
from gitlint_ops.report.statistics import write_statistics

_LIST_LIMIT = 8
_DELIVERY_LIMIT = 3
_FEW_INFOS = 5
_INFO_LIMIT = 4
_RELATED_LIMIT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a text report shows, beyond its colour and width."""

    quiet: bool = False
    """Leave out the coverage, and everything where nothing was found."""
    show_suppressed: bool = False
    statistics: bool = False
    """Count the findings of each rule instead of showing them."""
    explain: bool = False
    """Say below each rule's first finding why it matters and how to fix it."""
    full_infos: bool = False
    """Show each info like an error; else many infos are listed by rule, without their source lines."""
    note: str = ""
    """Said before the count: that only a part is shown."""
    verdict: str = ""
    """The last line: what the exit code means."""
    unicode: bool = True


def render_text(report: Report, *, color: bool, width: int, verbose: bool, layout: Layout | None = None) -> str:
    """Give ``report`` as text of at most ``width`` cells a line (source lines and paths are never broken).

    ``verbose`` cuts no list.
    """
    layout = layout or Layout()
    page = Page(color=color, width=width, unicode=layout.unicode)
    shown = [f for f in report.findings if layout.show_suppressed or f.suppression is None]
    if layout.statistics:
        write_statistics(page, shown)
    else:
        _write_findings(page, report, shown, layout, verbose=verbose)
    if not layout.quiet:
        write_fleet(page, report, verbose=verbose)
        write_coverage(page, report.coverage, verbose=verbose)
        page.line()
    if not layout.quiet or shown:
        _write_end(page, report, layout)
    return page.text()


def _write_findings(page: Page, report: Report, findings: list[Finding], layout: Layout, *, verbose: bool) -> None:
    shown, listed = (findings, []) if verbose or layout.full_infos else _without_many_infos(findings)
    secret = secret_lines(report.findings)
    untold = {rule.name: rule for rule in report.rules} if layout.explain else {}
    for path, group in _by_file(shown):
        _write_file(page, report, path, group, verbose=verbose, secret=secret, untold=untold)
    _write_infos(page, listed, untold)


def _without_many_infos(findings: list[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Give the findings to show whole, and the infos that are only listed: all, where there are more than a few."""
    infos = [f for f in findings if f.severity == "info"]
    return ([f for f in findings if f.severity != "info"], infos) if len(infos) > _FEW_INFOS else (findings, [])


def _write_infos(page: Page, infos: Sequence[Finding], untold: dict[str, Rule]) -> None:
    """List infos by rule, a few of each, one line each."""
    if not infos:
        return
    page.line(("Infos", STYLES["info"]), f" ({len(infos):,}; --verbose shows each like the findings above)")
    rules: dict[str, list[Finding]] = {}
    for finding in infos:
        rules.setdefault(finding.rule, []).append(finding)
    for rule, findings in rules.items():
        page.line((rule, "bold"), f" ({len(findings):,})", indent=2)
        for finding in findings[:_INFO_LIMIT]:
            place = f"{finding.span.path}:{finding.span.line}:{finding.span.column}"
            page.raw((clip(f"{place}  {finding.message}", page.width - 4), ""), indent=4)
        if len(findings) > _INFO_LIMIT:
            page.line((f"and {len(findings) - _INFO_LIMIT} more", "dim"), indent=4)
        _write_explanation(page, untold.pop(rule, None))
    page.line()


def _by_file(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """Group by file: files in the report's order (worst first), each file's findings by line."""
    files: dict[str, list[Finding]] = {}
    for finding in findings:
        files.setdefault(finding.span.path, []).append(finding)
    return [(path, sorted(group, key=lambda f: f.span)) for path, group in files.items()]


def _write_file(
    page: Page,
    report: Report,
    path: str,
    findings: Sequence[Finding],
    *,
    verbose: bool,
    secret: frozenset[tuple[str, int]],
    untold: dict[str, Rule],
) -> None:
    """Write a file's findings; rules are taken out of ``untold`` where they are explained."""
    page.raw((path, "bold underline"))
    for _, same in groupby(findings, key=lambda f: (f.rule, f.span, f.message)):
        for finding in same:
            _write_heading(page, finding)
            if (path, finding.span.line) not in secret:
                _write_excerpt(page, report.lines.get(path, {}).get(finding.span.line), finding)
            _write_facts(page, finding, verbose=verbose)
            _write_explanation(page, untold.pop(finding.rule, None))
            page.line()


def _write_explanation(page: Page, rule: Rule | None) -> None:
    for title, prose in (("why it matters", rule.why), ("how to fix it", rule.fix)) if rule else ():
        page.line((title, "dim"), indent=6)
        page.prose(prose, indent=8)


def _write_heading(page: Page, finding: Finding) -> None:
    span = finding.span
    page.raw(
        (finding.severity, STYLES[finding.severity]),
        " ",
        (finding.rule, "bold"),
        " ",
        (f"{span.path}:{span.line}:{span.column}", "dim"),
        indent=2,
    )
    page.line(finding.message, indent=4)


def _write_excerpt(page: Page, line: str | None, finding: Finding) -> None:
    if line is None or not line.strip():
        return
    number = str(finding.span.line)
    gutter = " " * len(number)
    bar = " │ " if page.unicode else " | "
    shown = excerpt(line, finding.span, page.width - 6 - len(number) - len(bar))
    style = STYLES[finding.severity]
    page.raw((number + bar, "dim"), shown.before, (shown.marked, style), shown.after, indent=6)
    page.raw((gutter + bar, "dim"), " " * shown.offset, ("^" * shown.length, style), indent=6)


def _write_facts(page: Page, finding: Finding, *, verbose: bool) -> None:
    """Write the lines below the excerpt: environments, how sure the place is, other places, fix, suppression."""
    if finding.environments:
        _fact(page, "in", listing(finding.environments, verbose=verbose))
    elif finding.deliveries:
        _fact(page, "through", listing(finding.deliveries, verbose=verbose, limit=_DELIVERY_LIMIT))
    if not finding.exact:
        _fact(page, "note", "this is the nearest place; the exact line is not known")
    _write_related(page, finding, verbose=verbose)
    if finding.fix:
        _fact(page, "fix", finding.fix.description)
    if verbose:
        _write_details(page, finding)
    if finding.suppression:
        until = f", until {finding.suppression.until}" if finding.suppression.until else ""
        _fact(
            page,
            "suppressed",
            f"by {finding.suppression.kind}: {finding.suppression.reason or 'no reason given'}{until}",
        )


def _write_related(page: Page, finding: Finding, *, verbose: bool) -> None:
    own = (finding.span.path, finding.span.line)
    others = [related for related in finding.related if (related.span.path, related.span.line) != own]
    shown = others if verbose else others[:_RELATED_LIMIT]
    for related in shown:
        _fact(page, "see", _place(related), ("  " + related.message, ""))
    if len(others) > len(shown):
        _fact(page, "see", f"{len(others) - len(shown)} more places (--verbose lists them)")


def _write_details(page: Page, finding: Finding) -> None:
    if finding.object:
        ref = finding.object
        name = f"{ref.namespace}/{ref.name}" if ref.namespace else ref.name
        _fact(page, "object", f"{ref.kind} {name} ({ref.api_version})" + (f", field {ref.field}" if ref.field else ""))
    if finding.environments and finding.deliveries:
        _fact(page, "through", ", ".join(finding.deliveries))


def _fact(page: Page, label: str, *parts: Part) -> None:
    page.line((f"{label} ", "dim"), *parts, indent=6, hanging=len(label) + 1)


def _place(related: Related) -> Part:
    return (f"{related.span.path}:{related.span.line}:{related.span.column}", "cyan")


def listing(names: Sequence[str], *, verbose: bool, limit: int = _LIST_LIMIT) -> str:
    """Give ``a, b, c``, cut to ``limit`` names with the number of those left out unless ``verbose``."""
    if verbose or len(names) <= limit + 1:
        return ", ".join(names)
    return f"{', '.join(names[:limit])} and {len(names) - limit} more"


def _comparison(compared: Comparison) -> str:
    """Say what the findings are new against, and what became of the others."""
    unchanged = sum(1 for finding in compared.unchanged if finding.suppression is None)
    return (
        f"Compared with {compared.ref} (merge base {compared.commit[:12]}): only new findings are shown; "
        f"{plural(len(compared.fixed), 'finding')} fixed, {unchanged:,} unchanged."
    )


def _write_end(page: Page, report: Report, layout: Layout) -> None:
    """Write the note, ``2 errors, 1 warning (3 suppressed) in 1.2 s``, and what the exit code means."""
    if layout.note:
        page.line(layout.note)
    parts: list[Part] = []
    for severity, count in counts(report).items():
        if count:
            parts += [", "] if parts else []
            parts.append((plural(count, *NOUNS[severity]), STYLES[severity]))
    suppressed = sum(1 for f in report.findings if f.suppression)
    note = f" ({suppressed} suppressed)" if suppressed else ""
    page.line(*(parts or [("No findings", "bold green")]), f"{note} in {report.elapsed_ms / 1000:.1f} s.")
    if report.compared:
        page.line(_comparison(report.compared))
    hint = "" if report.fleet else fix_hint(report)
    if hint and not layout.quiet:
        page.line(hint)
    if report.findings and not layout.quiet:
        page.line(("'gitlint-ops explain RULE' says why it matters and how to fix or accept it.", "dim"))
    if layout.verdict:
        page.line(layout.verdict)
