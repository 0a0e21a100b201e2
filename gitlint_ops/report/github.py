"""A report as GitHub workflow commands: annotations on the lines of a change, the heaviest first.

Source: actions/toolkit, packages/core/src/command.ts (escapes); docs/problem-matchers.md (limits).
"""

from __future__ import annotations

from gitlint_ops.lint.model import SEVERITIES, Finding, Report, Severity, Skipped
from gitlint_ops.report.escape import break_commands, printable
from gitlint_ops.report.excerpt import clip
from gitlint_ops.report.page import NOUNS, plural
from gitlint_ops.report.scope import active, counts

MAX_ANNOTATIONS = 10
"""Annotations of each kind that a step shows; later ones are dropped."""
MAX_MESSAGE = 4000
"""The runner cuts a message at 4,096 characters; escapes are undone before it counts."""

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def render_github(report: Report) -> str:
    """Give at most ten commands a severity, and lines for the log: what was left out or not checked, and the counts.

    Suppressed findings are left out.
    """
    findings = active(report)
    lines: list[str] = []
    for severity in SEVERITIES:
        group = [finding for finding in findings if finding.severity == severity]
        lines += map(_annotation, group[:MAX_ANNOTATIONS])
        lines += _left_out(len(group) - MAX_ANNOTATIONS, severity)
    lines += [_log_line(f"not checked: {gap.path or gap.unit}: {gap.reason}") for gap in _gaps(report)]
    tally = [plural(count, *NOUNS[severity]) for severity, count in counts(report).items() if count]
    lines.append(_log_line(", ".join(tally) or "no findings"))
    return "".join(f"{line}\n" for line in lines)


def _annotation(finding: Finding) -> str:
    """Give one command. It names the place's first line alone: the runner drops the columns of a longer one."""
    span = finding.span
    properties = {
        "file": span.path,
        "line": str(max(span.line, 1)),
        "col": str(max(span.column, 1)),
        "title": f"gitlint-ops: {finding.rule}",
    }
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {listed}::{_data(_text(finding))}"


def _text(finding: Finding) -> str:
    """Give the message and, on lines of their own, the environments, the repair and the rule's page."""
    lines = [finding.message]
    lines += [f"In {', '.join(finding.environments)}"] if finding.environments else []
    lines += [f"Fix: {finding.fix.description}"] if finding.fix else []
    lines += [finding.help_uri] if finding.help_uri else []
    return clip("\n".join(map(_harmless, lines)), MAX_MESSAGE)


def _harmless(line: str) -> str:
    return break_commands(printable(line))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape a property; a line end in a path stays one, so that the path stays the file's."""
    shown = "\n".join(map(printable, text.split("\n")))
    return _data(shown).replace(":", "%3A").replace(",", "%2C")


def _left_out(count: int, severity: Severity) -> list[str]:
    if count <= 0:
        return []
    return [f"gitlint-ops: {plural(count, f'more {severity}')} without an annotation: GitHub shows ten a step."]


def _gaps(report: Report) -> list[Skipped]:
    return [*report.coverage.failed, *report.coverage.unreadable]


def _log_line(text: str) -> str:
    return _harmless(f"gitlint-ops: {text}")
