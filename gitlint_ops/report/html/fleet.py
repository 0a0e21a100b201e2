"""The figures of several repositories on the page: a table of them, and one of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gitlint_ops.lint.model import SEVERITIES, Member, Report
from gitlint_ops.report.fleet import Figures, seconds
from gitlint_ops.report.html.markup import Markup, element
from gitlint_ops.report.page import plural

MAX_REPOSITORIES = 2_000
"""More would make a page that browsers take long to open."""


def fleet_section(report: Report) -> Markup:
    """Give the section; nothing for a report on one repository."""
    if not report.fleet:
        return Markup("")
    figures = Figures(report)
    repositories = [_repository(member, figures) for member in report.fleet[:MAX_REPOSITORIES]]
    left = len(report.fleet) - len(repositories)
    more = [element("p", f"{plural(left, 'more repository', 'more repositories')} left out.")] if left else []
    rules = [[it.rule, it.severity, f"{it.findings:,}", f"{it.repositories:,}"] for it in figures.rules]
    slowest = ", ".join(f"{member.name} ({seconds(member)})" for member in figures.slowest)
    return element(
        "section",
        element("h2", "Repositories", id="fleet-title"),
        element("p", figures.headline),
        _table(("Repository", *SEVERITIES, "Units", "Objects", "Time", "Not checked"), repositories),
        *more,
        element("h3", "By rule"),
        _table(("Rule", "Severity", "Findings", "Repositories"), rules),
        element("p", f"Slowest: {slowest or 'none'}."),
        aria_labelledby="fleet-title",
    )


def _repository(member: Member, figures: Figures) -> list[str]:
    counts = [f"{count:,}" for count in figures.of(member).values()]
    units = f"{member.rendered:,} of {member.units:,}"
    return [member.name, *counts, units, f"{member.objects:,}", seconds(member), member.reason]


def _table(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> Markup:
    """Give a table, the first cell of each row its head."""
    head = element("tr", *(element("th", text, scope="col") for text in heads))
    body = [
        element("tr", element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:])) for row in rows
    ]
    return element("div", element("table", element("thead", head), element("tbody", *body)), class_="wide", tabindex=0)
