"""A diff as GitHub Flavored Markdown, for a pull request: the most dangerous change first, within a comment's size."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gitlint_ops.lint.diff import Diff, Group
from gitlint_ops.lint.diff.model import NotCompared
from gitlint_ops.report.diff_values import field_lines, gaps_by_reason, headline, submodule_line, verb, where
from gitlint_ops.report.escape import printable
from gitlint_ops.report.markdown import MAX_BYTES, byte_size, code_of, text_of
from gitlint_ops.report.page import plural
from gitlint_ops.source.submodules import SubmoduleChange

_RESERVE = 200
"""Bytes kept for the sentence that says what is left out."""
_LARGE = MAX_BYTES // 3
"""Fields of one change that take more are left out, so that they push out no other change."""
_ENVIRONMENTS = 12
_FIELDS = 20
_DANGERS = 8
_GAPS = 10
_FENCE = re.compile(r"`{3,}")


def render_diff_markdown(diff: Diff) -> str:
    """Give ``diff`` in at most ``MAX_BYTES`` bytes of UTF-8; what does not fit is counted, the least dangerous last."""
    text, foot = _head(diff), _gaps(diff.not_compared) + _submodules(diff.submodules)
    for number, group in enumerate(diff.groups):
        part = _group(group)
        if byte_size(text) + byte_size(part) + byte_size(foot) + _RESERVE > MAX_BYTES:
            left = plural(len(diff.groups) - number, "more change")
            return f"{text}\n{left} left out here, none more dangerous: `gitlint-ops diff` shows all.\n{foot}"
        text += part
    return text + foot


def _head(diff: Diff) -> str:
    reach = diff.reach
    production = f" **Production: {text_of(', '.join(reach.production))}.**" if reach.production else ""
    base = f"Compared with {code_of(diff.ref)} (merge base {code_of(diff.commit[:12])}); danger score {diff.score:,}."
    return f"## What this merge changes\n\n{text_of(headline(diff))}{production}\n\n{base}\n"


def _group(group: Group) -> str:
    names = sorted({danger.name for danger in group.dangers})
    label = f" — **{', '.join(names)}**" if names else ""
    lines = [f"\n### {text_of(group.title)} {verb(group)} in {text_of(where(group, _ENVIRONMENTS))}{label}\n"]
    lines += [f"- **{danger.name}**: {text_of(danger.reason)}" for danger in group.dangers[:_DANGERS]]
    if len(group.dangers) > _DANGERS:
        lines.append(f"- {plural(len(group.dangers) - _DANGERS, 'more reason')}")
    lines += [f"- it {text_of(fate)}" for fate in dict.fromkeys(place.fate for place in group.places if place.fate)]
    if group.cause:
        gone = " in the base commit" if group.cause.side == "base" else ""
        lines.append(f"- caused by {code_of(f'{group.cause.span.path}:{group.cause.span.line}')}{gone}")
    fields = _fields(group)
    if byte_size(fields) > _LARGE:
        left = plural(len(group.fields), "changed field")
        fields = f"\n{left} left out here, for their size: `gitlint-ops diff` shows all.\n"
    return "\n".join([*lines, fields])


def _fields(group: Group) -> str:
    """Give the fields as a diff in a fence that nothing in them can close."""
    if not group.fields:
        return ""
    body = [printable(line) for field in group.fields[:_FIELDS] for line in field_lines(field)]
    if len(group.fields) > _FIELDS:
        body.append(f"  ... {plural(len(group.fields) - _FIELDS, 'more field')}")
    longest = max((len(found) for line in body for found in _FENCE.findall(line)), default=2)
    fence = "`" * (longest + 1)
    return "\n".join(["", f"{fence}diff", *body, fence, ""])


def _gaps(gaps: Sequence[NotCompared]) -> str:
    if not gaps:
        return ""
    reasons = gaps_by_reason(gaps, "this branch")
    lines = [f"- {text_of(reason)}: {_named(deliveries)}" for reason, deliveries in list(reasons.items())[:_GAPS]]
    more = [f"- {plural(len(reasons) - _GAPS, 'more reason')}"] if len(reasons) > _GAPS else []
    return "\n".join(["", "**Not compared:**", "", *lines, *more, ""])


def _submodules(changes: Sequence[SubmoduleChange]) -> str:
    lines = [f"- {text_of(submodule_line(change))}" for change in changes[:_GAPS]]
    more = [f"- {plural(len(changes) - _GAPS, 'more submodule')}"] if len(changes) > _GAPS else []
    return "\n".join(["", "**Submodules:**", "", *lines, *more, ""]) if changes else ""


def _named(deliveries: Sequence[str]) -> str:
    more = f" and {len(deliveries) - _GAPS} more" if len(deliveries) > _GAPS else ""
    return ", ".join(map(code_of, deliveries[:_GAPS])) + more
