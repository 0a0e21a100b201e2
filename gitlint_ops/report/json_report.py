"""A report as JSON: a contract with its readers. Keys are only ever added, and all of them are always there."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

from gitlint_ops.lint.model import (
    SEVERITIES,
    Comparison,
    Coverage,
    Finding,
    Fix,
    ObjectRef,
    Related,
    Report,
    Shard,
    Skipped,
    Suppression,
)
from gitlint_ops.report.escape import safe_json
from gitlint_ops.report.fleet import fleet_data
from gitlint_ops.report.stored import to_plain
from gitlint_ops.source.model import Span

SCHEMA_VERSION = 1
TOOL_NAME = "gitlint-ops"


def render_json(report: Report) -> str:
    """Give ``report`` as one JSON object with a final newline; suppressed findings are in it, marked.

    Lines and columns are 1-based.
    """
    return dumps(report_data(report))


def dumps(value: Any) -> str:
    """Serialise ``value`` as indented ASCII JSON that is safe to print, with a final newline."""
    return safe_json(json.dumps(value, indent=2, ensure_ascii=True)) + "\n"


def report_data(report: Report) -> dict[str, Any]:
    """Give ``report`` as the plain value that ``render_json`` serialises."""
    active = [f.severity for f in report.findings if f.suppression is None]
    summary = {severity: active.count(severity) for severity in SEVERITIES}
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": TOOL_NAME, "version": report.tool_version},
        "root": report.root,
        "summary": {**summary, "suppressed": len(report.findings) - len(active)},
        "coverage": {**_coverage(report.coverage), "defects": [defect_name(defect) for defect in report.defects]},
        "findings": [_finding(finding) for finding in report.findings],
        "base": _compared(report.compared) if report.compared else None,
        "shard": _shard(report, report.shard) if report.shard else None,
        "fleet": fleet_data(report),
    }


def defect_name(defect: Exception) -> str:
    """Name a defect of ours without the error's text, which may quote a value of the repository."""
    return str(defect).partition(":")[0]


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "units": coverage.units,
        "rendered": coverage.rendered,
        "skipped": [_gap(gap) for gap in coverage.skipped],
        "failed": [_gap(gap) for gap in coverage.failed],
        "files": coverage.files,
        "objects": coverage.objects,
        "unreadable": [_gap(gap) for gap in coverage.unreadable],
        "assumptions": list(coverage.assumptions),
        "unchecked": [_gap(gap) for gap in coverage.unchecked],
    }


def _gap(gap: Skipped) -> dict[str, str]:
    return {"unit": gap.unit, "path": gap.path, "reason": gap.reason}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "category": finding.category,
        "severity": finding.severity,
        "message": finding.message,
        "location": _location(finding.span),
        "exact": finding.exact,
        "related": [_related(related) for related in finding.related],
        "object": _object(finding.object) if finding.object else None,
        "deliveries": list(finding.deliveries),
        "environments": list(finding.environments),
        "fingerprint": finding.fingerprint,
        "suppressed": _suppressed(finding.suppression) if finding.suppression else None,
        "fix": _fix(finding.fix) if finding.fix else None,
        "help_uri": finding.help_uri,
        "status": finding.status or None,
        "repository": finding.repository or None,
    }


def _compared(compared: Comparison) -> dict[str, Any]:
    return {
        "ref": compared.ref,
        "commit": compared.commit,
        "unchanged": [_finding(finding) for finding in compared.unchanged],
        "fixed": [_finding(finding) for finding in compared.fixed],
    }


def _shard(report: Report, shard: Shard) -> dict[str, Any]:
    """Give what ``merge-reports`` needs: of the run that judged everything, all that JSON leaves out too."""
    kept = to_plain(replace(report, shard=None)) if shard.index == 1 and not report.defects else None
    return {**asdict(shard), "units": list(shard.units), "report": kept}


def _location(span: Span) -> dict[str, Any]:
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _related(related: Related) -> dict[str, Any]:
    span = related.span
    return {"path": span.path, "line": span.line, "column": span.column, "message": related.message}


def _object(ref: ObjectRef) -> dict[str, str]:
    return {
        "apiVersion": ref.api_version,
        "kind": ref.kind,
        "namespace": ref.namespace,
        "name": ref.name,
        "field": ref.field,
    }


def _suppressed(suppression: Suppression) -> dict[str, str]:
    return {"kind": suppression.kind, "reason": suppression.reason, "until": suppression.until}


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [{**_location(edit.span), "text": edit.text} for edit in fix.edits]
    return {"description": fix.description, "applicability": "safe" if fix.safe else "unsafe", "edits": edits}
