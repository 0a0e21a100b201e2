"""A report as GitHub Flavored Markdown, for a step summary or a comment: the heaviest findings first, within a comment.

A repository's text must stay text: it could otherwise forge a row, a link or an image, or mention a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from gitlint_ops.lint.model import Coverage, Finding, Report, Skipped
from gitlint_ops.report.escape import printable
from gitlint_ops.report.excerpt import clip
from gitlint_ops.report.fleet import Figures, seconds
from gitlint_ops.report.page import NOUNS, plural
from gitlint_ops.report.scope import active, counts

MAX_BYTES = 60_000
"""A comment takes 65,536 characters, and a step summary 1 MiB, above which GitHub shows nothing of it."""
MAX_MESSAGE = 600
_GAP_LIMIT = 10
_ENVIRONMENT_LIMIT = 6
_RULE_LIMIT = 20

_ACTIVE = re.compile(r"[!-'*+:-@\[-`{-~]|(?<=www)\.")
"""ASCII punctuation that Markdown, its extensions (tables, maths, emoji, links) or HTML may obey."""
_WORD = re.compile(r"\S+")
_REFERENCE = re.compile(r"[@#]|\bGH-\d")
"""What a word has that could mention a person or an issue: nothing is looked for in code."""


def render_markdown(report: Report) -> str:
    """Give counts, a table of the findings, and what was not checked, in at most ``MAX_BYTES`` bytes of UTF-8."""
    findings = active(report)
    head = f"## gitlint-ops\n\n{_headline(report)}\n{_fleet(report)}"
    foot = _gaps(report.coverage) + _defects(report)
    table = _table(findings, MAX_BYTES - byte_size(head) - byte_size(foot)) if findings else ""
    return head + table + foot


def _headline(report: Report) -> str:
    parts = [f"**{plural(count, *NOUNS[severity])}**" for severity, count in counts(report).items() if count]
    suppressed = sum(finding.suppression is not None for finding in report.findings)
    accepted = f" ({suppressed:,} suppressed)" if suppressed else ""
    coverage = report.coverage
    rendered = f"{coverage.rendered:,} of {plural(coverage.units, 'unit')} rendered" if coverage.units else ""
    scope = ", ".join(filter(None, [plural(coverage.files, "file"), rendered]))
    return f"{', '.join(parts) or '**No findings**'}{accepted} in {scope}."


def _fleet(report: Report) -> str:
    """Give the figures of several repositories: what was found most, and what took longest."""
    if not report.fleet:
        return ""
    figures = Figures(report)
    rows = [
        f"| {it.severity} | {text_of(it.rule)} | {it.findings:,} | {it.repositories:,} |"
        for it in figures.rules[:_RULE_LIMIT]
    ]
    table = ["| | Rule | Findings | Repositories |", "|---|---|---|---|", *rows] if rows else []
    slowest = ", ".join(f"{code_of(member.name)} ({seconds(member)})" for member in figures.slowest)
    return _lines(["", figures.headline, "", *table, *([""] if table else []), f"Slowest: {slowest or 'none'}."])


def _table(findings: Sequence[Finding], room: int) -> str:
    """Give as many rows as fit into ``room`` bytes, and the number of those left out."""
    table = "\n| | Rule | Place | Problem |\n|---|---|---|---|\n"
    reserve = 80
    for number, finding in enumerate(findings):
        row = _row(finding)
        if byte_size(table) + byte_size(row) + reserve > room:
            return (
                f"{table}\n{plural(len(findings) - number, 'more finding')} left out here: the full report has all.\n"
            )
        table += row
    return table


def _row(finding: Finding) -> str:
    rule = f"[{text_of(finding.rule)}]({_url(finding.help_uri)})" if finding.help_uri else text_of(finding.rule)
    place = code_of(f"{finding.span.path}:{finding.span.line}")
    return f"| {finding.severity} | {rule} | {place} | {_problem(finding)} |\n"


def _problem(finding: Finding) -> str:
    parts = [text_of(clip(printable(finding.message), MAX_MESSAGE))]
    if finding.environments:
        names = finding.environments[:_ENVIRONMENT_LIMIT]
        more = len(finding.environments) - len(names)
        parts.append(f"in {', '.join(map(text_of, names))}" + (f" and {more} more" if more else ""))
    parts += [f"fix: {text_of(finding.fix.description)}"] if finding.fix else []
    return "<br>".join(parts)


def _gaps(coverage: Coverage) -> str:
    groups = (
        ("Failed to render", coverage.failed),
        ("Not read", coverage.unreadable),
        ("Not rendered", coverage.skipped),
        ("Not checked", coverage.unchecked),
    )
    return "".join(_gap_list(title, gaps) for title, gaps in groups if gaps)


def _gap_list(title: str, gaps: Sequence[Skipped]) -> str:
    shown = ((gap.path or gap.unit, clip(printable(gap.reason), 200)) for gap in gaps[:_GAP_LIMIT])
    lines = [f"- {code_of(place)}: {text_of(reason)}" for place, reason in shown]
    lines += [f"- and {len(gaps) - _GAP_LIMIT:,} more"] if len(gaps) > _GAP_LIMIT else []
    summary = f"<summary>{title}: {len(gaps):,}</summary>"
    return f"\n<details>{summary}\n\n{_lines(lines)}\n</details>\n"


def _defects(report: Report) -> str:
    if not report.defects:
        return ""
    return f"\n**{plural(len(report.defects), 'check')} of ours crashed: the list may be incomplete.**\n"


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def text_of(text: str) -> str:
    """Write a repository's text so that it shows as it is, with what reads as a reference as code."""
    shown = printable(text)
    result, end = "", 0
    for word in (word for word in _WORD.finditer(shown) if _REFERENCE.search(word.group())):
        result += _literal(shown[end : word.start()]) + code_of(word.group())
        end = word.end()
    return result + _literal(shown[end:])


def code_of(text: str) -> str:
    """Give inline code by its tag: backquotes would need to be longer than any in the text."""
    return f"<code>{_literal(printable(text))}</code>"


def _literal(text: str) -> str:
    return _ACTIVE.sub(lambda found: f"&#{ord(found.group())};", text)


def _url(url: str) -> str:
    """Keep a link of ours a link: what could end it early is percent-encoded."""
    return quote(url, safe=":/#?&=%~,;@+")


def byte_size(text: str) -> int:
    """Give the bytes that a text takes in UTF-8."""
    return len(text.encode("utf-8", "backslashreplace"))
