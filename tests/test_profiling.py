from __future__ import annotations

import json
from contextlib import suppress

import pytest

from gitlint_ops.profiling import asked, note_answer, recorded, span, unit_of


def test_without_a_recording_nothing_is_kept_and_nothing_is_asked_for() -> None:
    assert span("rule", "a") is span("phase", "b")
    assert asked() == {}
    answer = {"ok": True}
    note_answer({"verb": "read"}, answer)
    assert answer == {"ok": True}


def test_a_span_lies_within_the_one_around_it_even_where_it_ends_in_an_error() -> None:
    with recorded() as trace, span("phase", "outer"), suppress(ValueError), span("rule", "inner", line=3):
        raise ValueError
    inner, outer = trace.events
    assert (inner["name"], inner["cat"], inner["args"]) == ("inner", "rule", {"line": 3})
    assert outer["ts"] <= inner["ts"] <= inner["ts"] + inner["dur"] <= outer["ts"] + outer["dur"]


def test_a_request_is_on_the_line_of_its_worker_at_its_time_and_the_answer_loses_the_timing() -> None:
    answer = {"ok": True, "timing": {"worker": 1, "start_us": 1_000_000, "took_us": 250}}
    with recorded() as trace:
        assert asked() == {"timing": True}
        note_answer({"verb": "kustomize", "path": "a", "edits": [["set", "secret"]]}, answer)
    assert answer == {"ok": True}
    *names, event = json.loads(trace.dumped())["traceEvents"]
    assert [name["args"]["name"] for name in names] == ["gitlint-ops", "engine"]
    assert event == {
        "ph": "X",
        "cat": "request",
        "name": "kustomize a",
        "ts": 0,
        "dur": 250,
        "pid": 2,
        "tid": 2,
        "args": {"verb": "kustomize", "unit": "a"},
    }


@pytest.mark.parametrize(
    ("request_", "unit"),
    [
        ({"path": "apps/web"}, "apps/web"),
        ({"chart": "charts/web", "release": "shop", "layers": [{"inline": "token: x"}]}, "charts/web shop"),
        ({"files": ["a.yaml"]}, "a.yaml"),
        ({"files": ["a.yaml", "b.yaml", "c.yaml"]}, "a.yaml and 2 more"),
        ({"texts": {"x": "y"}}, ""),
    ],
)
def test_a_unit_is_named_without_values(request_: dict[str, object], unit: str) -> None:
    assert unit_of(request_) == unit
