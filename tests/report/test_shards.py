from __future__ import annotations

import dataclasses
import json

import pytest

from gitlint_ops.lint.errors import InternalError
from gitlint_ops.lint.model import Report, Shard
from gitlint_ops.report import render_json
from gitlint_ops.report.shards import MergeError, ShardReport, merged, read_shard
from tests.report.samples import ACCEPTED, GAPS, IMAGE, NEAREST, SECRET, report

FULL = report(IMAGE, NEAREST, SECRET, ACCEPTED, coverage=GAPS)

AGAIN = "run all shards anew, at one commit and with the same options"


def shard(index: int, of: Report = FULL, *, count: int = 2, tree: str = "t", run: str = "r") -> ShardReport:
    written = dataclasses.replace(of, shard=Shard(index, count, tree, run, (f"kustomize:{index}",)))
    return read_shard(f"{index}.json", render_json(written))


def test_the_report_is_that_of_the_shard_that_judged_everything() -> None:
    assert merged([shard(2), shard(1)]) == FULL


@pytest.mark.parametrize(
    ("shards", "message", "advice"),
    [
        ([shard(1)], "of 2 shards 2 is missing", "name the report of 'gitlint-ops check --shard 2/2' too"),
        ([shard(2)], "of 2 shards 1 is missing", "name the report of 'gitlint-ops check --shard 1/2' too"),
        (
            [shard(3, count=4)],
            "of 4 shards 1, 2, 4 are missing",
            "name the report of 'gitlint-ops check --shard 1/4' too",
        ),
        (
            [shard(1), dataclasses.replace(shard(1), name="again.json"), shard(2)],
            "'1.json' and 'again.json' are both shard 1 of 2",
            "name each report once",
        ),
        ([shard(1), shard(2, count=3)], "'2.json' is shard 2 of 3, '1.json' one of 2", AGAIN),
        ([shard(1), shard(2, tree="u")], "'2.json' is of another state of the repository than '1.json'", AGAIN),
        (
            [shard(1), shard(2, run="s")],
            "'2.json' is of a run with other options, or on another system, than '1.json'",
            AGAIN,
        ),
        (
            [shard(1), shard(2, dataclasses.replace(FULL, tool_version="9.9.9"))],
            f"'2.json' was written by version 9.9.9, '1.json' by {FULL.tool_version}",
            AGAIN,
        ),
        (
            [shard(1), shard(2, dataclasses.replace(FULL, defects=(InternalError("the rule x crashed: y"),)))],
            "'2.json': shard 2 ended with a defect of ours: the rule x crashed",
            "check the repository without --shard; please open an issue",
        ),
        ([dataclasses.replace(shard(1), report={"findings": 3}), shard(2)], "'1.json' is not as it was written", AGAIN),
    ],
)
def test_what_does_not_belong_together_is_named(shards: list[ShardReport], message: str, advice: str) -> None:
    with pytest.raises(MergeError) as caught:
        merged(shards)
    assert (caught.value.message, caught.value.advice) == (message, advice)


def whole() -> dict[str, object]:
    value: dict[str, object] = json.loads(render_json(FULL))
    return value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "'a.json' is no JSON report of 'gitlint-ops check'"),
        ("[]", "'a.json' is no JSON report of 'gitlint-ops check'"),
        ("{}", "'a.json' is no JSON report of 'gitlint-ops check'"),
        ("[" * 100_000, "'a.json' is no JSON report of 'gitlint-ops check'"),
        (render_json(FULL), "'a.json' is the report of a whole run, not of a shard"),
        (json.dumps({**whole(), "shard": {"index": 1}}), "'a.json' does not say which shard it is of"),
        (json.dumps({**whole(), "shard": {"index": "x"}}), "'a.json' does not say which shard it is of"),
    ],
)
def test_a_file_that_is_none_is_named(text: str, message: str) -> None:
    with pytest.raises(MergeError) as caught:
        read_shard("a.json", text)
    assert caught.value.message == message
