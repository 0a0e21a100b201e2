"""Work beside a block: it runs meanwhile, the block's end waits for it, and what it raises is raised there."""

from __future__ import annotations

from contextvars import ContextVar
from threading import Event

import pytest

from gitlint_ops.cli.meanwhile import meanwhile


def test_the_end_of_the_block_waits_for_the_work() -> None:
    begun, go_on, done = Event(), Event(), []

    def work() -> None:
        begun.set()
        done.append(go_on.wait(10))

    with meanwhile(work):
        assert begun.wait(10)
        assert not done
        go_on.set()
    assert done == [True]


def test_what_the_work_raises_is_raised_after_the_block() -> None:
    reached = []
    with pytest.raises(ValueError, match="no number"):  # noqa: SIM117 - the block's own end is what is tested
        with meanwhile(lambda: int("no number")):
            reached.append("end")
    assert reached == ["end"]


def test_the_work_sees_what_the_block_is_done_in() -> None:
    setting: ContextVar[str] = ContextVar("setting", default="default")
    setting.set("own")
    seen: list[str] = []
    with meanwhile(lambda: seen.append(setting.get())):
        pass
    assert seen == ["own"]
