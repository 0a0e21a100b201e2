"""Answers of the engine, as they are read."""

from __future__ import annotations

import gc
import signal
import sys
from types import FrameType

import pytest

from gitlint_ops.engine_answers import decoded


@pytest.mark.parametrize("line", [None, b"", b'{"id": 1, "ok": tr', b"\xff"])
def test_what_is_no_answer_is_none(line: bytes | None) -> None:
    assert decoded(line) is None
    assert gc.isenabled()


def test_an_answer_is_what_was_written() -> None:
    assert decoded(b'{"id": 1, "objects": [{"a": {"b": [1, "x", null]}}]}\n') == {
        "id": 1,
        "objects": [{"a": {"b": [1, "x", None]}}],
    }


@pytest.mark.skipif(sys.platform == "win32", reason="there is no timer that sends a signal")
def test_a_signal_is_heard_while_a_large_answer_is_read() -> None:
    line = b"[" + b'{"a": [1]},' * 1_000_000 + b"1]"
    heard: list[str] = []

    def hear(_number: int, frame: FrameType | None) -> None:
        heard.append(frame.f_code.co_name if frame else "")

    before = signal.signal(signal.SIGALRM, hear)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
        decoded(line)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert "_as_read" in heard
