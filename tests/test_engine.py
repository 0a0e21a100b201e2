"""The engine's client: order, errors, and what a crash, a silence or a restart costs."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gitlint_ops import engine
from gitlint_ops.engine import EngineClient, EngineError, EngineUnavailableError
from gitlint_ops.engine_time import Budget

FAKE = """
import json, os, sys, time
print(json.dumps({"protocol": PROTOCOL}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    verb = request["verb"]
    if verb == "crash":
        os._exit(2)
    if verb == "crash-in-mid-line":
        print('{"id": 1, "ok": tr', end="", flush=True)
        os._exit(2)
    if verb == "silence":
        time.sleep(60)
    if verb == "refuse":
        answer = {"ok": False, "error": {"kind": "missing-file", "message": "not there", "path": "a.yaml", "line": 3}}
    else:
        answer = {"ok": True, "echo": request.get("text"), "process": os.getpid(), "restart": verb == "restart"}
    print(json.dumps({"id": request["id"], **answer}), flush=True)
"""

Start = Callable[..., EngineClient]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start a client of a small stand-in for the engine that can be told to crash."""
    clients: list[EngineClient] = []

    def start_it(*, protocol: int = 1, **options: Any) -> EngineClient:
        script = tmp_path / "engine.py"
        script.write_text(FAKE.replace("PROTOCOL", str(protocol)), "utf-8")
        monkeypatch.setattr(engine, "engine_command", lambda: [sys.executable, str(script)])
        clients.append(EngineClient(tmp_path, **options))
        return clients[-1]

    yield start_it
    for client in clients:
        client.close()


def test_answers_come_in_request_order(start: Start) -> None:
    answers = start().call_many([{"verb": "echo", "text": str(n)} for n in range(100)])
    assert [a["echo"] for a in answers if isinstance(a, dict)] == [str(n) for n in range(100)]


def test_a_refusal_is_an_error_with_its_place(start: Start) -> None:
    with pytest.raises(EngineError) as caught:
        start().call("refuse")
    error = caught.value
    assert (error.kind, error.message, error.path, error.line) == ("missing-file", "not there", "a.yaml", 3)


def test_a_crash_costs_the_guilty_request_only(start: Start) -> None:
    requests = [{"verb": "crash" if n == 40 else "echo", "text": str(n)} for n in range(80)]
    answers = start().call_many(requests)
    failed = [n for n, answer in enumerate(answers) if isinstance(answer, EngineError)]
    assert failed == [40]
    guilty = answers[40]
    assert isinstance(guilty, EngineError)
    assert guilty.kind == "crashed"


def test_an_answer_that_a_crash_cuts_off_is_lost_alone(start: Start) -> None:
    first, second = start().call_many([{"verb": "crash-in-mid-line"}, {"verb": "echo", "text": "on"}])
    assert isinstance(first, EngineError)
    assert first.kind == "crashed"
    assert isinstance(second, dict)
    assert second["echo"] == "on"


def test_two_crashes_cost_two(start: Start) -> None:
    requests = [{"verb": "crash" if n in (1, 2) else "echo", "text": str(n)} for n in range(5)]
    answers = start().call_many(requests)
    assert [isinstance(answer, EngineError) for answer in answers] == [False, True, True, False, False]


def test_a_silent_engine_is_ended(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    client = start(timeout_ms=100)
    client.call("echo")
    monkeypatch.setattr(engine, "_GRACE_SECONDS", 0.2)
    assert isinstance(client.call_many([{"verb": "silence"}])[0], EngineError)
    monkeypatch.setattr(engine, "_GRACE_SECONDS", 20.0)
    assert client.call("echo", text="again")["echo"] == "again"


def test_an_engine_that_asks_for_it_is_replaced(start: Start) -> None:
    client = start()
    before = client.call("echo")["process"]
    assert client.call("restart")["process"] == before
    assert client.call("echo")["process"] != before


def test_another_protocol_is_refused(start: Start) -> None:
    with pytest.raises(EngineUnavailableError, match="the engine speaks protocol 99, this version needs 1"):
        start(protocol=99).call("echo")


def test_a_missing_binary_says_how_to_build_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "engine_folder", lambda: tmp_path)
    with pytest.raises(EngineUnavailableError, match="the engine is not built: install the package with 'pip install"):
        EngineClient(tmp_path).call("read", files=[])


def test_the_real_engine_greets_and_answers(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n", "utf-8")
    with EngineClient(tmp_path) as client:
        assert client.call("read", files=["a.yaml"])["files"][0]["documents"][0]["value"] == {"a": 1}
    assert engine.engine_versions()["protocol"] == engine.PROTOCOL


def test_an_engine_that_ends_at_once_is_started_again(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = start()
    mark = tmp_path / "started"
    dying = f"import os, pathlib\nmark = pathlib.Path({str(mark)!r})\n"
    dying += "if not mark.exists():\n    mark.touch()\n    os._exit(9)\n"
    script = tmp_path / "engine.py"
    script.write_text(dying + script.read_text("utf-8"), "utf-8")
    assert client.call("echo", text="on")["echo"] == "on"
    script.write_text("import os\nos._exit(9)\n", "utf-8")
    client.close()
    with pytest.raises(EngineUnavailableError, match="the engine ended as soon as it was started"):
        client.call("echo")


def test_a_batch_ends_with_the_time_that_all_have_together(start: Start) -> None:
    client = start(budget=Budget(0.0))
    answers = client.call_many([{"verb": "echo"}, {"verb": "read"}, {"verb": "echo"}])
    late, read, later = answers
    assert isinstance(late, EngineError)
    assert isinstance(later, EngineError)
    assert (late.kind, late.message) == (
        "out-of-time",
        "not rendered: the 0 s that all units have together (limits.total_seconds) are over",
    )
    assert not isinstance(read, EngineError)


def test_what_nobody_waits_for_is_not_sent(start: Start) -> None:
    budget = Budget()
    client = start(budget=budget)
    wanted = iter([True, False])
    budget.wanted = lambda: next(wanted)
    first, second = client.call_many([{"verb": "echo"}, {"verb": "echo"}])
    assert not isinstance(first, EngineError)
    assert isinstance(second, EngineError)


def test_time_is_spent_over_batches_and_roots(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count(step=2.0)
    monkeypatch.setattr("gitlint_ops.engine_time.time", SimpleNamespace(monotonic=lambda: next(ticks)))
    client = start(budget=Budget(10.0))
    kinds = []
    # Each batch lasts for two ticks, and asks at the first of them.
    for at in (client, client.at(tmp_path), client):
        with at:
            (answer,) = at.call_many([{"verb": "echo"}])
        kinds.append(answer.kind if isinstance(answer, EngineError) else "")
    assert kinds == ["", "", "out-of-time"]
