"""A report as SARIF 2.1.0, in the subset and under the limits of GitHub code scanning.

Source: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support.
"""

from __future__ import annotations

import gzip
import json
import os
import posixpath
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gitlint_ops.lint.merging import HELP
from gitlint_ops.lint.model import Finding, Related, Report, Rule, Severity
from gitlint_ops.report.escape import printable, safe_json
from gitlint_ops.report.scope import active
from gitlint_ops.source.model import Span

if TYPE_CHECKING:
    import sarif_om

SCHEMA_URI = "https://json.schemastore.org/sarif-2.1.0.json"
INFORMATION_URI = "https://github.com/gitlint-ops/gitlint-ops"
FINGERPRINT_KEY = "gitlintOps/v1"
"""A key of our own: GitHub's own line hash is added by its upload action."""

MAX_RESULTS = 25_000
"""More are refused; of these, code scanning keeps the first 5,000 by severity."""
MAX_GZIP_BYTES = 10_000_000
"""A larger upload is refused; the upload action compresses it at gzip's default level, 6."""
MAX_TAGS = 10
MAX_NAME = 255
MAX_DESCRIPTION = 1024
MAX_RELATED = 100

_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEM_SEVERITY: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "recommendation"}
_SECURITY_SEVERITY: dict[Severity, str] = {"error": "8.0", "warning": "5.0", "info": "2.0"}
_LINK = re.compile(r"\[([^\[\]]*)\]\(")


def render_sarif(report: Report) -> str:
    """Give ``report`` as a SARIF log with a final newline, the heaviest findings first.

    Suppressed findings are left out: code scanning would open them as alerts. So are the lightest where the log would
    be refused as a whole, for their number or for its size.
    """
    limit = min(len(active(report)), MAX_RESULTS)
    text = _text_of(report, limit)
    while limit and not _fits(text):
        limit //= 2
        text = _text_of(report, limit)
    return text


def _text_of(report: Report, limit: int) -> str:
    return safe_json(json.dumps(_plain(_log(report, limit)), indent=2, ensure_ascii=True)) + "\n"


def _fits(text: str) -> bool:
    return len(text) <= MAX_GZIP_BYTES or len(gzip.compress(text.encode(), compresslevel=6)) <= MAX_GZIP_BYTES


def _plain(value: Any) -> Any:
    """Turn sarif-om's objects into plain values: schema names, properties at their default left out.

    ``level`` is always written: a result without it takes its rule's, not the default.
    """
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    attributes = getattr(value, "__attrs_attrs__", None)
    if attributes is None:
        return value
    plain: dict[str, Any] = {}
    for attribute in attributes:
        given = getattr(value, attribute.name)
        default = getattr(attribute.default, "factory", lambda fixed=attribute.default: fixed)()
        if given is not None and (given != default or attribute.name == "level"):
            plain[attribute.metadata["schema_property_name"]] = _plain(given)
    return plain


def _log(report: Report, limit: int) -> sarif_om.SarifLog:
    import sarif_om

    findings = active(report)
    kept = findings[:limit]
    rules = _rules(report, kept)
    index = {rule.id: number for number, rule in enumerate(rules)}
    driver = sarif_om.ToolComponent(
        name="gitlint-ops", semantic_version=report.tool_version, information_uri=INFORMATION_URI, rules=rules
    )
    run = sarif_om.Run(
        tool=sarif_om.Tool(driver=driver),
        column_kind="unicodeCodePoints",
        invocations=[_invocation(report, left_out=len(findings) - len(kept))],
        results=[_result(finding, index[finding.rule], report) for finding in kept],
    )
    return sarif_om.SarifLog(version="2.1.0", schema_uri=SCHEMA_URI, runs=[run])


def _invocation(report: Report, *, left_out: int) -> sarif_om.Invocation:
    """Say that the run ended well, and what it could not check."""
    import sarif_om

    gaps = [*report.coverage.failed, *report.coverage.unreadable]
    texts = [f"Not checked: {gap.path or gap.unit}: {gap.reason}" for gap in gaps]
    if left_out:
        texts.append(
            f"{left_out} findings of the lowest severity are left out: code scanning would refuse a longer log."
        )
    notes = [sarif_om.Notification(message=_message(text), level="warning") for text in texts]
    return sarif_om.Invocation(execution_successful=True, tool_execution_notifications=notes or None)


def _rules(report: Report, findings: Sequence[Finding]) -> list[sarif_om.ReportingDescriptor]:
    """Describe every rule that ran, and every rule that a finding names."""
    known = {rule.name: rule for rule in report.rules}
    described = [_rule(rule) for rule in known.values()]
    unlisted = {finding.rule: finding for finding in findings if finding.rule not in known}
    return described + [_unlisted_rule(finding) for finding in unlisted.values()]


def _rule(rule: Rule) -> sarif_om.ReportingDescriptor:
    import sarif_om

    link = HELP.format(rule.name)
    text = f"{rule.why.strip()}\n\nHow to fix: {rule.fix.strip()}"
    markdown = f"{rule.why.strip()}\n\n**How to fix**\n\n{rule.fix.strip()}\n\n[About {rule.name}]({link})"
    return sarif_om.ReportingDescriptor(
        id=rule.name,
        name=_friendly(rule.name),
        short_description=_described(rule.summary),
        full_description=_described(f"{rule.summary} {' '.join(rule.why.split())}"),
        help=sarif_om.MultiformatMessageString(text=text, markdown=markdown),
        help_uri=link,
        default_configuration=sarif_om.ReportingConfiguration(level=_LEVELS[rule.severity]),
        properties=_rule_properties(rule),
    )


def _rule_properties(rule: Rule) -> dict[str, Any]:
    """Give what code scanning shows of a rule.

    A security severity makes each result a security alert: only true security rules have one.
    """
    tags = [rule.category, *(["security"] if rule.security else [])]
    properties: dict[str, Any] = {"precision": rule.confidence, "tags": tags[:MAX_TAGS]}
    if rule.security:
        properties["security-severity"] = _SECURITY_SEVERITY[rule.severity]
    else:
        properties["problem.severity"] = _PROBLEM_SEVERITY[rule.severity]
    return properties


def _unlisted_rule(finding: Finding) -> sarif_om.ReportingDescriptor:
    import sarif_om

    return sarif_om.ReportingDescriptor(
        id=finding.rule,
        name=_friendly(finding.rule),
        short_description=_described(finding.rule),
        full_description=_described(finding.rule),
        help=sarif_om.MultiformatMessageString(text=finding.rule, markdown=finding.rule),
        default_configuration=sarif_om.ReportingConfiguration(level=_LEVELS[finding.severity]),
        properties={"tags": [finding.category]},
    )


def _friendly(rule: str) -> str:
    """Give the rule's name as SARIF has it beside the id: ``MutableImageTag`` (3.49.7: the two must differ)."""
    return "".join(part.capitalize() for part in rule.split("-"))[:MAX_NAME]


def _described(text: str) -> sarif_om.MultiformatMessageString:
    import sarif_om

    cut = text if len(text) <= MAX_DESCRIPTION else text[: MAX_DESCRIPTION - 3] + "..."
    return sarif_om.MultiformatMessageString(text=cut)


def _result(finding: Finding, rule_index: int, report: Report) -> sarif_om.Result:
    import sarif_om

    related = finding.related[:MAX_RELATED]
    return sarif_om.Result(
        rule_id=finding.rule,
        rule_index=rule_index,
        level=_LEVELS[finding.severity],
        message=_message(_text(finding), links=_links(related)),
        locations=[_location(finding.span, report)],
        related_locations=[_related(number, place, report) for number, place in enumerate(related, 1)] or None,
        partial_fingerprints={FINGERPRINT_KEY: finding.fingerprint} if finding.fingerprint else None,
        baseline_state="new" if finding.status == "new" else None,
    )


def _text(finding: Finding) -> str:
    """Give the alert's text; its first sentence, the alert's title, stands alone."""
    text = finding.message if finding.message.endswith((".", "!", "?")) else finding.message + "."
    if finding.environments:
        text += f" Environments: {', '.join(finding.environments)}."
    if not finding.exact:
        text += " This is the nearest place: the field itself is not written here."
    return text


def _message(text: str, links: str = "") -> sarif_om.Message:
    import sarif_om

    return sarif_om.Message(text=_LINK.sub(r"\\[\1\\](", printable(text)) + links)


def _links(related: Sequence[Related]) -> str:
    """Link each related place from the message: code scanning shows only those."""
    places = [f"[{_link_text(place.message or place.span.path)}]({number})" for number, place in enumerate(related, 1)]
    return f" See {', '.join(places)}." if places else ""


def _link_text(text: str) -> str:
    return re.sub(r"([\\\[\]])", r"\\\1", printable(text))


def _related(number: int, related: Related, report: Report) -> sarif_om.Location:
    location = _location(related.span, report)
    location.id = number
    location.message = _message(related.message or related.span.path)
    return location


def _location(span: Span, report: Report) -> sarif_om.Location:
    import sarif_om

    place = sarif_om.PhysicalLocation(
        artifact_location=sarif_om.ArtifactLocation(uri=path_uri(span.path)), region=_region(span, report)
    )
    return sarif_om.Location(physical_location=place)


def _region(span: Span, report: Report) -> sarif_om.Region:
    """Give the span on its first line alone: a pull request shows an alert only where all its lines were edited."""
    import sarif_om

    line, column = max(span.line, 1), max(span.column, 1)
    end = span.end_column
    if span.end_line > span.line:
        end = len(report.lines.get(span.path, {}).get(span.line, "")) + 1
    return sarif_om.Region(start_line=line, start_column=column, end_line=line, end_column=max(end, column + 1))


def path_uri(path: str) -> str:
    """Give a repository-relative path as a relative URI: normalised, within the repository, percent-encoded."""
    confined = posixpath.normpath("/" + path).lstrip("/")
    return quote(os.fsencode(confined))
