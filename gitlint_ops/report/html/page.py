"""The page around the findings and the layout: its head with the content policy, the counts, what was not checked."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from gitlint_ops.lint.model import Report, Skipped
from gitlint_ops.report.coverage import group_by_reason
from gitlint_ops.report.html.findings import findings_section
from gitlint_ops.report.html.layout import layout_section
from gitlint_ops.report.html.markup import Markup, element, join
from gitlint_ops.report.page import NOUNS, plural
from gitlint_ops.report.scope import counts

_UNIT_LIMIT = 20


def render_html(report: Report) -> str:
    """Give ``report`` as one HTML page that loads nothing and needs no script to be read."""
    body = element(
        "body",
        element("a", "Skip to the findings", href="#findings", class_="skip"),
        _header(report),
        element("main", findings_section(report), layout_section(report.layout), _coverage_section(report)),
        _footer(report),
        element("script", _asset("report.js")),
    )
    page = element("html", _head(), body, lang="en")
    return f"<!DOCTYPE html>\n{page}\n".encode("utf-8", "backslashreplace").decode()


def _head() -> Markup:
    """Give the head; the policy comes first, so that it holds for all that follows."""
    script, style = _asset("report.js"), _asset("report.css")
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", "gitlint-ops report"),
        element("style", style),
    )


@cache
def _asset(name: str) -> Markup:
    """Give the page's own style or script: the only texts that go in as they are."""
    return Markup(resources.files(__package__).joinpath(name).read_text("utf-8"))


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _header(report: Report) -> Markup:
    coverage = report.coverage
    checked = f"{plural(coverage.files, 'file')}, {coverage.rendered:,} of {plural(coverage.units, 'unit')} rendered"
    tally = [_count(severity, count) for severity, count in counts(report).items()]
    suppressed = sum(finding.suppression is not None for finding in report.findings)
    return element(
        "header",
        element("h1", "gitlint-ops"),
        element("ul", *tally, class_="tally"),
        element("p", f"{checked}, {plural(coverage.objects, 'object')}; {suppressed:,} suppressed."),
        element("button", "Light or dark", type="button", id="theme", hidden=True),
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
