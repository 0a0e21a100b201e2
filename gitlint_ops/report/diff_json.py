"""A diff as JSON: a contract with its readers. Keys are only ever added, and all of them are always there."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gitlint_ops.lint.diff import Diff, Group
from gitlint_ops.report.json_report import SCHEMA_VERSION, TOOL_NAME, dumps


def render_diff_json(diff: Diff) -> str:
    """Give ``diff`` as one JSON object with a final newline; lines and columns are 1-based."""
    return dumps(diff_data(diff))


def diff_data(diff: Diff) -> dict[str, Any]:
    """Give ``diff`` as the plain value that ``render_diff_json`` serialises."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": TOOL_NAME, "version": diff.tool_version},
        "base": {"ref": diff.ref, "commit": diff.commit},
        "score": diff.score,
        "reach": _lists(asdict(diff.reach)),
        "changes": [_group(group) for group in diff.groups],
        "not_compared": [asdict(gap) for gap in diff.not_compared],
        "submodules": [asdict(change) for change in diff.submodules],
    }


def _group(group: Group) -> dict[str, Any]:
    cause = group.cause
    return {
        "kind": group.kind,
        "title": group.title,
        "score": group.score,
        "dangers": [asdict(danger) for danger in group.dangers],
        "environments": list(group.environments),
        "objects": [asdict(place) for place in group.places],
        "fields": [asdict(field) for field in group.fields],
        "cause": {"path": cause.span.path, "line": cause.span.line, "side": cause.side} if cause else None,
    }


def _lists(values: dict[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
