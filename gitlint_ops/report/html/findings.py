"""The findings of the page: one article each, and the form that filters them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from gitlint_ops.lint.model import SEVERITIES, Finding, Report
from gitlint_ops.report.excerpt import excerpt, secret_lines
from gitlint_ops.report.html.markup import Markup, element, join
from gitlint_ops.report.page import plural
from gitlint_ops.report.scope import active

MAX_FINDINGS = 5_000
"""More would make a page that browsers take long to open; the lightest are left out."""
_LINE_CELLS = 400
_RELATED_LIMIT = 20
_SECRET_RULES = frozenset({"plaintext-secret", "secret-value"})
"""Where these have not run, a neighbouring line may hold a secret that nobody has found."""


@dataclass(frozen=True)
class _Choices:
    """What can be filtered by; names stand in the page once, elsewhere by their number."""

    findings: Sequence[Finding]

    @cached_property
    def rules(self) -> Mapping[str, int]:
        return _numbered(finding.rule for finding in self.findings)

    @cached_property
    def environments(self) -> Mapping[str, int]:
        return _numbered(name for finding in self.findings for name in finding.environments)

    @cached_property
    def apps(self) -> Mapping[str, int]:
        return _numbered(name for finding in self.findings for name in finding.deliveries)


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted(set(names)))}


def findings_section(report: Report) -> Markup:
    """Give the section with all findings that count, the heaviest first."""
    findings = active(report)
    shown = findings[:MAX_FINDINGS]
    choices = _Choices(shown)
    secret = secret_lines(report.findings)
    left_out = len(findings) - len(shown)
    more = [element("p", f"{plural(left_out, 'more finding')} of the lowest severity left out.")] if left_out else []
    return element(
        "section",
        element("h2", "Findings", id="findings", tabindex=-1),
        *([_filters(choices)] if shown else [element("p", "No findings.")]),
        element("div", *(_article(finding, report, choices, secret) for finding in shown), id="list"),
        *more,
        aria_labelledby="findings",
    )


def _filters(choices: _Choices) -> Markup:
    """Give the form; the script shows it, since without one it would do nothing."""
    severities = [_severity_box(severity, choices.findings) for severity in SEVERITIES]
    return element(
        "form",
        element("label", "Search ", element("input", type="search", id="search", autocomplete="off")),
        element("fieldset", element("legend", "Severity"), *severities),
        _select("environment", "Environment", choices.environments),
        _select("app", "App", choices.apps),
        _select("rule", "Rule", choices.rules),
        element("button", "Clear", type="reset"),
        element("p", plural(len(choices.findings), "finding"), role="status", id="status"),
        id="filters",
        role="search",
        hidden=True,
        aria_label="Filter the findings",
    )


def _severity_box(severity: str, findings: Sequence[Finding]) -> Markup:
    count = sum(finding.severity == severity for finding in findings)
    box = element("input", type="checkbox", name="severity", value=severity, checked=True)
    return element("label", box, f" {severity} ({count:,})")


def _select(identifier: str, title: str, names: Mapping[str, int]) -> Markup:
    options = [element("option", name, value=number) for name, number in names.items()]
    select = element("select", element("option", "all", value=""), *options, id=identifier)
    return element("label", f"{title} ", select, hidden=not names)


def _article(finding: Finding, report: Report, choices: _Choices, secret: frozenset[tuple[str, int]]) -> Markup:
    return element(
        "article",
        element("h3", element("span", finding.severity, class_="severity"), " ", finding.message),
        _place(finding),
        *_source(finding, report, secret),
        element("dl", *_facts(finding)),
        class_=f"finding {finding.severity}",
        data_severity=finding.severity,
        data_rule=choices.rules[finding.rule],
        data_environment=_numbers(finding.environments, choices.environments),
        data_app=_numbers(finding.deliveries, choices.apps),
    )


def _numbers(names: Iterable[str], known: Mapping[str, int]) -> str:
    return " ".join(str(known[name]) for name in names)


def _place(finding: Finding) -> Markup:
    place = element("code", f"{finding.span.path}:{finding.span.line}:{finding.span.column}")
    sure = "" if finding.exact else " (the nearest place; the exact line is not known)"
    # Only our own pages are linked: the address of a rule of the repository's own could be anything.
    known = finding.help_uri.startswith("https://")
    rule = element("a", finding.rule, href=finding.help_uri) if known else element("span", finding.rule)
    return element("p", place, sure, " ", rule, class_="place")


def _source(finding: Finding, report: Report, secret: frozenset[tuple[str, int]]) -> list[Markup]:
    """Give the source line and its neighbours, the place marked; nothing of a line that may hold a secret."""
    span = finding.span
    lines = report.lines.get(span.path, {})
    if span.line not in lines or (span.path, span.line) in secret:
        return []
    context = 2 if {rule.name for rule in report.rules} >= _SECRET_RULES else 0
    around = range(span.line - context, span.line + context + 1)
    near = [n for n in around if n in lines and (span.path, n) not in secret]
    return [element("pre", *(_line(finding, number, lines[number]) for number in near), tabindex=0)]


def _line(finding: Finding, number: int, text: str) -> Markup:
    shown = element("span", f"{number:>5} ", class_="number")
    if number != finding.span.line:
        return join([shown, text.rstrip()[:_LINE_CELLS], Markup("\n")])
    parts = excerpt(text, finding.span, _LINE_CELLS)
    return element("b", shown, parts.before, element("mark", parts.marked), parts.after, Markup("\n"))


def _facts(finding: Finding) -> list[Markup]:
    facts: list[tuple[str, str]] = []
    facts += [("Environments", ", ".join(finding.environments))] if finding.environments else []
    facts += [("Apps", ", ".join(finding.deliveries))] if finding.deliveries else []
    facts += [("Object", _object(finding))] if finding.object else []
    facts += [("See", _see(finding))] if finding.related else []
    facts += [("Fix", finding.fix.description)] if finding.fix else []
    return [join([element("dt", term), element("dd", text)]) for term, text in facts]


def _object(finding: Finding) -> str:
    ref = finding.object
    if ref is None:
        return ""
    name = f"{ref.namespace}/{ref.name}" if ref.namespace else ref.name
    return f"{ref.kind} {name} ({ref.api_version})" + (f", {ref.field}" if ref.field else "")


def _see(finding: Finding) -> Markup:
    items = [
        element("li", element("code", f"{related.span.path}:{related.span.line}"), f" {related.message}")
        for related in finding.related[:_RELATED_LIMIT]
    ]
    left = len(finding.related) - len(items)
    return element("ul", *items, *([element("li", plural(left, "more place"))] if left > 0 else []))
