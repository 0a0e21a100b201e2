"""A report on its way between processes and into a state folder: as it is stored, our own rules by name alone.

They are the bulk of a report, the same in each, and both sides have them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gitlint_ops.lint.model import Report, Rule
from gitlint_ops.report.stored import StoredReportError, from_plain, to_plain


def packed(report: Report) -> dict[str, Any]:
    """Give a report as a value that JSON can hold. Its defects cannot: one with any raises ValueError."""
    own = tuple(rule for rule in report.rules if not rule.builtin)
    return {"rules": [rule.name for rule in report.rules], "report": to_plain(replace(report, rules=own))}


def unpacked(value: Mapping[str, Any], ours: Mapping[str, Rule]) -> Report:
    """Give the report that was packed, with ``ours``, our rules by name. Raises StoredReportError for anything else."""
    try:
        report, names = from_plain(value["report"]), value["rules"]
        known = {**ours, **{rule.name: rule for rule in report.rules}}
        return replace(report, rules=tuple(known[name] for name in names))
    except (KeyError, TypeError) as error:
        raise StoredReportError("not a packed report") from error
