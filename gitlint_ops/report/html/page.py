"""The page around the findings and the layout: the counts, and what was not checked."""

from __future__ import annotations

from collections.abc import Sequence

from gitlint_ops.lint.model import Report, Skipped
from gitlint_ops.report.coverage import group_by_reason
from gitlint_ops.report.html.document import document, theme_button
from gitlint_ops.report.html.findings import findings_section
from gitlint_ops.report.html.fleet import fleet_section
from gitlint_ops.report.html.layout import layout_section
from gitlint_ops.report.html.markup import Markup, element, join
from gitlint_ops.report.page import NOUNS, plural
from gitlint_ops.report.scope import counts

_UNIT_LIMIT = 20


def render_html(report: Report) -> str:
    """Give ``report`` as one HTML page that loads nothing and needs no script to be read."""
    return document(
        "gitlint-ops report",
        element("a", "Skip to the findings", href="#findings", class_="skip"),
        _header(report),
        element(
            "main",
            fleet_section(report),
            findings_section(report),
            layout_section(report.layout),
            _coverage_section(report),
        ),
        _footer(report),
    )


def _header(report: Report) -> Markup:
    coverage = report.coverage
    checked = f"{plural(coverage.files, 'file')}, {coverage.rendered:,} of {plural(coverage.units, 'unit')} rendered"
    tally = [_count(severity, count) for severity, count in counts(report).items()]
    suppressed = sum(finding.suppression is not None for finding in report.findings)
    accepted = f"; {suppressed:,} suppressed" if suppressed else ""
    return element(
        "header",
        element("h1", "gitlint-ops"),
        element("ul", *tally, class_="tally"),
        element("p", f"{checked}, {plural(coverage.objects, 'object')}{accepted}."),
        theme_button(),
    )


def _count(severity: str, count: int) -> Markup:
    words = plural(count, *NOUNS[severity]) if severity in NOUNS else f"{count} {severity}"
    return element("li", words, class_=f"{severity if count else 'none'}")


def _coverage_section(report: Report) -> Markup:
    coverage = report.coverage
    groups = (("Failed to render", coverage.failed), ("Not read", coverage.unreadable))
    skipped = (("Not rendered", coverage.skipped), ("Not checked", coverage.unchecked))
    parts = [_gaps(title, gaps) for title, gaps in (*groups, *skipped) if gaps]
    assumed = [element("li", text) for text in coverage.assumptions]
    parts += [join([element("h3", "Assumed"), element("ul", *assumed)])] if assumed else []
    parts += [element("p", f"{plural(len(report.defects), 'check')} of ours crashed.")] if report.defects else []
    return element(
        "section",
        element("h2", "What was not checked", id="coverage-title"),
        *(parts or [element("p", "Everything was checked.")]),
        aria_labelledby="coverage-title",
    )


def _gaps(title: str, gaps: Sequence[Skipped]) -> Markup:
    items = [element("li", reason, element("br"), _units(units)) for reason, units in group_by_reason(gaps)]
    return join([element("h3", f"{title}: {len(gaps):,}"), element("ul", *items)])


def _units(gaps: Sequence[Skipped]) -> Markup:
    names = sorted({gap.path or gap.unit for gap in gaps})
    more = f" and {len(names) - _UNIT_LIMIT:,} more" if len(names) > _UNIT_LIMIT else ""
    return element("code", ", ".join(names[:_UNIT_LIMIT]) + more)


def _footer(report: Report) -> Markup:
    seconds = f"{report.elapsed_ms / 1000:.1f} s"
    return element("footer", f"gitlint-ops {report.tool_version}, {seconds}. A secret's value is in no report.")
