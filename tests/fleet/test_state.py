from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from gitlint_ops.fleet import Answer, State

KEPT = Answer({"report": {}, "rules": []}, {"digest": "0", "reads": []})


def test_an_answer_comes_back_under_its_name(tmp_path: Path) -> None:
    state = State(tmp_path / "not" / "there")
    assert state.recall("team/web") is None
    state.keep("team/web", KEPT)
    assert state.recall("team/web") == KEPT
    assert state.recall("team/api") is None


def test_a_later_answer_takes_the_place_of_the_first(tmp_path: Path) -> None:
    state, later = State(tmp_path), replace(KEPT, basis={"digest": "1", "reads": []})
    state.keep("web", KEPT)
    state.keep("web", later)
    assert state.recall("web") == later
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_its_user_reads_it(tmp_path: Path) -> None:
    State(tmp_path).keep("web", KEPT)
    assert [stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()] == [0o600]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"report": 1}', replace(KEPT, version="0.0.1").line(), replace(KEPT, basis=None).line()],
)
def test_what_cannot_be_used_is_as_good_as_nothing(text: str, tmp_path: Path) -> None:
    State(tmp_path).keep("web", KEPT)
    next(tmp_path.iterdir()).write_text(text)
    assert State(tmp_path).recall("web") is None


def test_what_was_half_written_does_not_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="No space left"):
        State(tmp_path).keep("web", KEPT)
    assert list(tmp_path.iterdir()) == []
