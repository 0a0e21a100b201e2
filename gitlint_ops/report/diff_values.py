"""How a diff's values read: scalars as YAML has them, texts of several lines as the lines that differ."""

from __future__ import annotations

import difflib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gitlint_ops.lint.diff import Diff, FieldDiff, Group
from gitlint_ops.lint.diff.model import NotCompared
from gitlint_ops.report.page import plural
from gitlint_ops.source.submodules import SubmoduleChange

MAX_VALUE = 160
"""A longer value is cut, in characters."""
_MAX_LINES = 12
"""Lines of a text or of a structure that are shown; ``None`` shows all."""
_COMMIT = 12
"""How much of a commit's hash is shown."""
_VERBS = {"added": "new", "removed": "gone", "changed": "changed"}


def headline(diff: Diff) -> str:
    """Say in one sentence what a merge touches and does."""
    reach = diff.reach
    if not diff.groups:
        return "Nothing that is rendered changes."
    names = f"{plural(len(reach.environments), 'environment')} ({', '.join(reach.environments)})"
    touched = [
        *([names] if reach.environments else []),
        *([plural(len(reach.clusters), "cluster")] if reach.clusters else []),
        plural(reach.deliveries, "delivery", "deliveries"),
        plural(reach.workloads, "workload"),
    ]
    counts = ((reach.created, "created"), (reach.changed, "changed"), (reach.removed, "removed"))
    what = [f"{count:,} {word}" for count, word in counts if count]
    what += [f"{plural(reach.restarted, 'workload')} restarted"] if reach.restarted else []
    return f"Touches {', '.join(touched[:-1])} and {touched[-1]}: {', '.join(what)}."


def verb(group: Group) -> str:
    """Say what happens to a group's objects."""
    return _VERBS[group.kind]


def where(group: Group, limit: int) -> str:
    """Name the environments of a group, else its deliveries, at most ``limit`` of them."""
    names = group.environments or tuple(dict.fromkeys(place.delivery for place in group.places))
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


def gaps_by_reason(gaps: Iterable[NotCompared], head: str) -> Mapping[str, Sequence[str]]:
    """Give the deliveries that are not compared by the reason, as a sentence; ``head`` names the newer side."""
    found: dict[str, list[str]] = defaultdict(list)
    for gap in gaps:
        side = "the base commit" if gap.side == "base" else head
        found[f"not rendered in {side}: {gap.reason}"].append(gap.delivery)
    return found


def submodule_line(change: SubmoduleChange) -> str:
    """Say which commits a submodule goes between, and whether what that brings is in the diff."""
    commits = f"{change.before[:_COMMIT] or 'new'} -> {change.after[:_COMMIT] or 'gone'}"
    compared = f"its content is not compared: {change.gap}" if change.gap else "its content is compared"
    return f"{change.path}: {commits}; {compared}"


def field_lines(field: FieldDiff, limit: int | None = _MAX_LINES) -> list[str]:
    """Give a changed field as the lines of a unified diff: ``-`` before, ``+`` after, the field's name on the first."""
    note = f"  ({field.note})" if field.note else ""
    if field.note and field.kind == "changed" and isinstance(field.after, list):
        return [f"  {field.field}:{note}"]
    before, after = _lines(field.before), _lines(field.after)
    if field.kind == "changed" and len(before) == len(after) == 1:
        return [f"- {field.field}: {before[0]}", f"+ {field.field}: {after[0]}{note}"]
    sign = {"added": "+", "removed": "-", "changed": " "}[field.kind]
    if (
        field.kind != "changed"
        and not isinstance(field.before or field.after, dict | list)
        and len(before or after) == 1
    ):
        return [f"{sign} {field.field}: {(before or after)[0]}"]
    body = (
        list(_changed(before, after)) if field.kind == "changed" else [f"{sign}   {line}" for line in before or after]
    )
    left = len(body) - limit if limit is not None else 0
    shown = [*body[:limit], f"    ... {plural(left, 'more line')}"] if left > 0 else body
    return [f"{sign} {field.field}:{note}", *shown]


def _changed(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    for line in difflib.unified_diff(before, after, n=1, lineterm=""):
        if not line.startswith(("---", "+++", "@@")):
            yield f"{line[:1]}   {line[1:]}"


def _lines(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, dict | list):
        return [_cut(line) for line in _yaml(value)] or [json.dumps(value)]
    if isinstance(value, str) and "\n" in value:
        return [_cut(line) for line in value.rstrip("\n").split("\n")]
    return [_cut(_scalar(value))]


def _yaml(value: Any) -> list[str]:
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text = yaml.dump(value, Dumper=dumper, sort_keys=False, default_flow_style=False, allow_unicode=True, width=10_000)
    return str(text).rstrip("\n").split("\n")


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value if value and value == value.strip() and value.lower() not in _WORDS else json.dumps(value)
    return json.dumps(value)


_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "~"})


def _cut(text: str) -> str:
    return text if len(text) <= MAX_VALUE else f"{text[: MAX_VALUE - 1]}…"
