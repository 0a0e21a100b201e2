from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import pytest

from gitlint_ops.cli import streams
from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.streams import Progress, deliver, deliver_exactly, text_width, use_color


class Terminal(io.TextIOWrapper):
    """A terminal of a given encoding."""

    def __init__(self, encoding: str = "utf-8") -> None:
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, encoding=encoding)

    def isatty(self) -> bool:
        return True


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("old")
    deliver("new \udcff\n", target)
    assert target.read_bytes() == b"new \\udcff\n"
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    target = tmp_path / "missing" / "out.json"
    with pytest.raises(CommandError, match=r"cannot write '.*out.json': No such file or directory"):
        deliver("x", target)


def test_on_github_commands_are_broken(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    deliver("::error::x\n", None)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    deliver("::error::x\n", None)
    assert capfd.readouterr().out == "::error::x\n\\x3a:error::x\n"


def test_a_stream_gets_what_its_encoding_lacks_as_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal("cp1252")
    monkeypatch.setattr(sys, "stdout", terminal)
    deliver("ü 日\n", None)
    assert terminal.bytes.getvalue() == b"\xfc \\u65e5\n"


def test_manifests_are_exact_but_for_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    deliver_exactly("a: \x1b[2J\r\nb\n")
    assert capfd.readouterr().out == "a: \x1b[2J\r\nb\n"
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    deliver_exactly("a: \x1b[2J\r\nb\n")
    assert terminal.bytes.getvalue() == b"a: \\e[2J\\r\nb\n"


def test_colour_is_for_terminals_and_for_those_who_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not use_color("auto", None)
    assert use_color("always", Path("x"))
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    assert use_color("auto", None)
    assert not use_color("auto", Path("x"))
    assert not use_color("never", None)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not use_color("auto", None)


def test_the_width_is_the_terminals_within_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "72")
    assert text_width(None) == 72
    assert text_width(Path("x")) == 120
    monkeypatch.setenv("COLUMNS", "400")
    assert text_width(None) == 140


def test_progress_is_for_terminals_and_goes_away(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    Progress(quiet=False).say("Rendering")
    assert capfd.readouterr().err == ""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    Progress(quiet=True).say("Rendering")
    progress = Progress(quiet=False)
    progress.say("Rendering")
    progress.done()
    assert terminal.bytes.getvalue() == b"\r\x1b[KRendering\r\x1b[K"
    monkeypatch.setenv("CI", "true")
    Progress(quiet=False).say("Rendering")
    assert terminal.bytes.getvalue() == b"\r\x1b[KRendering\r\x1b[K"


def test_a_long_run_shows_that_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(streams, "_TICK_SECONDS", 0.01)
    progress = Progress(quiet=False)
    progress.say("Rendering ...")
    deadline = time.monotonic() + 30
    while b"Rendering ... 0 s" not in terminal.bytes.getvalue() and time.monotonic() < deadline:
        time.sleep(0.01)
    progress.done()
    assert terminal.bytes.getvalue().startswith(b"\r\x1b[KRendering ...\r\x1b[KRendering ... 0 s\r\x1b[K")
    assert terminal.bytes.getvalue().endswith(b"\r\x1b[K")
