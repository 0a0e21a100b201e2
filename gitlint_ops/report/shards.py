"""The JSON reports of several runs over one repository become the report of one run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from gitlint_ops.lint.model import Report
from gitlint_ops.report.json_report import SCHEMA_VERSION
from gitlint_ops.report.stored import StoredReportError, from_plain

_AGAIN = "run all shards anew, at one commit and with the same options"


class MergeError(Exception):
    """Reports that cannot be merged: what is wrong with which file, and how to mend it."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


@dataclass(frozen=True, slots=True)
class ShardReport:
    """One file as read: its name, the run it is of, and what the run that judged everything found."""

    name: str
    version: str
    index: int
    count: int
    tree: str
    run: str
    defects: tuple[str, ...]
    report: Mapping[str, Any] | None


def read_shard(name: str, text: str) -> ShardReport:
    """Read the JSON report of a shard; ``name`` is what errors call it. Raises MergeError."""
    try:
        data = json.loads(text)
        schema, shard = data["schema_version"], data["shard"]
        version, defects = str(data["tool"]["version"]), tuple(map(str, data["coverage"]["defects"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MergeError(f"'{name}' is no JSON report of 'gitlint-ops check'", "write it with --format json") from error
    if schema != SCHEMA_VERSION or not isinstance(shard, dict):
        advice = "write it with 'gitlint-ops check --shard I/N --format json'"
        raise MergeError(f"'{name}' is the report of a whole run, not of a shard", advice)
    try:
        index, count = int(shard["index"]), int(shard["count"])
        return ShardReport(name, version, index, count, str(shard["tree"]), str(shard["run"]), defects, shard["report"])
    except (ValueError, KeyError, TypeError) as error:
        raise MergeError(f"'{name}' does not say which shard it is of", _AGAIN) from error


def merged(shards: Iterable[ShardReport]) -> Report:
    """Give the report of the whole run. Raises MergeError where a shard is missing, doubled, or of another run."""
    given = sorted(shards, key=lambda shard: shard.index)
    for shard in given[1:]:
        _check_alike(given[0], shard)
    _check_complete(given)
    for shard in given:
        if shard.defects:
            message = f"'{shard.name}': shard {shard.index} ended with a defect of ours: {', '.join(shard.defects)}"
            raise MergeError(message, "check the repository without --shard; please open an issue")
    try:
        return from_plain(given[0].report)
    except StoredReportError as error:
        raise MergeError(f"'{given[0].name}' is not as it was written", _AGAIN) from error


def _check_alike(first: ShardReport, other: ShardReport) -> None:
    differences = (
        (first.count != other.count, f"is shard {other.index} of {other.count}, '{first.name}' one of {first.count}"),
        (
            first.version != other.version,
            f"was written by version {other.version}, '{first.name}' by {first.version}",
        ),
        (first.tree != other.tree, f"is of another state of the repository than '{first.name}'"),
        (
            first.run != other.run,
            f"is of a run with other options, or on another system, than '{first.name}'",
        ),
    )
    for differs, told in differences:
        if differs:
            raise MergeError(f"'{other.name}' {told}", _AGAIN)


def _check_complete(given: list[ShardReport]) -> None:
    for one, next_one in pairwise(given):
        if one.index == next_one.index:
            told = f"'{one.name}' and '{next_one.name}' are both shard {one.index} of {one.count}"
            raise MergeError(told, "name each report once")
    count = given[0].count
    missing = sorted(set(range(1, count + 1)) - {shard.index for shard in given})
    if missing or len(given) > count:
        named = ", ".join(map(str, missing))
        told = f"of {count} shards {named} {'is' if len(missing) == 1 else 'are'} missing"
        raise MergeError(told, f"name the report of 'gitlint-ops check --shard {(missing or [1])[0]}/{count}' too")
