from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from gitlint_ops.lint.errors import InternalError
from gitlint_ops.lint.model import Baseline, Comparison, Edit, Effect, Entry, Fix, Match, Report
from gitlint_ops.report.stored import StoredReportError, from_bytes, to_bytes
from gitlint_ops.source.model import Span
from tests.report.samples import ACCEPTED, GAPS, IMAGE, NEAREST, SECRET, report

ENTRY = Entry("a.yaml", "mutable-image-tag", "Deployment/web", "error", "0" * 32)
EFFECT = Effect((("spec", "containers", 0), ()), ("a", "b"), renders=True, targets=frozenset({("d", "Pod", "", "x")}))
FIX = Fix("Mend it.", (Edit(Span("a.yaml", 1), "x\ud800é"),), safe=False, effect=EFFECT)
FULL = dataclasses.replace(
    report(dataclasses.replace(IMAGE, fix=FIX, status="new"), NEAREST, SECRET, ACCEPTED, coverage=GAPS),
    layout={"roots": [{"delivery": "x", "children": 2}], "none": None},
    baseline=Match(Baseline("b.json", (ENTRY,), {"0" * 32: 3}), (ENTRY,), ()),
    compared=Comparison("main", "f00", (IMAGE,), (NEAREST,)),
)


@pytest.mark.parametrize("stored", [Report((), GAPS), FULL], ids=["empty", "full"])
def test_a_report_is_the_same_when_it_is_read_back(stored: Report) -> None:
    assert from_bytes(to_bytes(stored)) == stored


def test_a_report_with_defects_is_not_stored() -> None:
    with pytest.raises(ValueError, match="a report with defects is not stored"):
        to_bytes(dataclasses.replace(FULL, defects=(InternalError("x"),)))


def damaged(*path: Any, value: Any) -> bytes:
    """Give the stored report with one place of its JSON replaced."""
    data = json.loads(to_bytes(FULL))
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(data).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"null",
        b"[]",
        b"5",
        b"[" * 100_000,
        to_bytes(FULL)[:-1],
        damaged("other", value=1),
        damaged("findings", value=1),
        damaged("findings", 0, value={}),
        damaged("findings", 0, "rule", value=5),
        damaged("findings", 0, "severity", value="fatal"),
        damaged("findings", 0, "span", "line", value="1"),
        damaged("findings", 0, "fix", "effect", "fields", 0, 0, value=[]),
        damaged("findings", 0, "fix", "effect", "text", value=["a"]),
        damaged("lines", "values.yaml", value={"x": "y"}),
        damaged("lines", "values.yaml", value=[]),
        damaged("coverage", value=[]),
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(StoredReportError):
        from_bytes(data)
