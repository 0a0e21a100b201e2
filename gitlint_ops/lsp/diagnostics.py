"""Findings as the protocol has them: diagnostics, and quick fixes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from lsprotocol import types
from pygls.workspace import PositionCodec

from gitlint_ops.lint.model import Finding, Fix, Severity
from gitlint_ops.report.escape import printable
from gitlint_ops.source import SourceTree, Span

SOURCE = "gitlint-ops"
_SEVERITIES: dict[Severity, types.DiagnosticSeverity] = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}


class Places:
    """Writes the repository's places as the client counts them: 0-based, in units of its encoding.

    ``root`` is where the client has the files; ``tree`` may be of a copy.
    """

    def __init__(self, root: Path, tree: SourceTree, codec: PositionCodec) -> None:
        self._root = root
        self._tree = tree
        self._codec = codec

    def range(self, span: Span) -> types.Range:
        """Give a span as a range."""
        lines = self._tree.lines(span.path)
        ends = ((span.line, span.column), (span.end_line, span.end_column))
        start, end = (types.Position(line - 1, max(column - 1, 0)) for line, column in ends)
        return self._codec.range_to_client_units(lines, types.Range(start, end))

    def column(self, path: str, position: types.Position) -> int:
        """Give the 1-based column, in code points, of a position in a file."""
        return self._codec.position_from_client_units(self._tree.lines(path), position).character + 1

    def uri(self, path: str) -> str:
        """Give the URI of a repository-relative path; a name need not be UTF-8."""
        return Path(self._root, path).absolute().as_uri()

    def location(self, span: Span) -> types.Location:
        """Give a span as a location."""
        return types.Location(self.uri(span.path), self.range(span))


def diagnostics_of(findings: Iterable[Finding], places: Places) -> list[types.Diagnostic]:
    """Give the diagnostics of a file's findings."""
    return [_diagnostic(finding, places) for finding in findings]


def _diagnostic(finding: Finding, places: Places) -> types.Diagnostic:
    environments = f" (in {', '.join(finding.environments)})" if finding.environments else ""
    return types.Diagnostic(
        range=places.range(finding.span),
        message=printable(finding.message + environments),
        severity=_SEVERITIES[finding.severity],
        code=finding.rule,
        code_description=types.CodeDescription(finding.help_uri) if finding.help_uri else None,
        source=SOURCE,
        related_information=[
            types.DiagnosticRelatedInformation(places.location(related.span), printable(related.message))
            for related in finding.related
        ],
    )


def quick_fixes(
    findings: Iterable[Finding], shown: Sequence[types.Diagnostic], places: Places
) -> Iterator[types.CodeAction]:
    """Give the fix of each finding that has one, tied to its diagnostic among ``shown`` (what the client asks about).

    A fix that changes what is applied says so. ``check --fix`` proves a fix by rendering, an editor does not.
    """
    for finding in findings:
        if finding.fix is not None:
            wanted = (SOURCE, finding.rule, places.range(finding.span))
            asked = (one for one in shown if (one.source, one.code, one.range) == wanted)
            yield from (_quick_fix(finding.fix, diagnostic, places) for diagnostic in asked)


def _quick_fix(fix: Fix, diagnostic: types.Diagnostic, places: Places) -> types.CodeAction:
    changes: dict[str, list[types.TextEdit]] = {}
    for edit in fix.edits:
        changes.setdefault(places.uri(edit.span.path), []).append(types.TextEdit(places.range(edit.span), edit.text))
    return types.CodeAction(
        title=printable(fix.description) + ("" if fix.safe else " (changes what is applied)"),
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic],
        is_preferred=fix.safe,
        edit=types.WorkspaceEdit(changes=changes),
    )
