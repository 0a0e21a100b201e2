from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NoReturn

import click
import pytest

from gitlint_ops.cli.boundary import run_guarded
from gitlint_ops.cli.errors import CommandError
from gitlint_ops.config import ConfigError
from gitlint_ops.engine import EngineUnavailableError
from gitlint_ops.lint import InternalError


def ending(error: BaseException) -> int:
    def run() -> NoReturn:
        raise error

    return run_guarded(run)


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (
            ConfigError("unknown key 'rulse'; did you mean 'rules'?", ".gitlint-ops.yaml", 3),
            2,
            (
                "gitlint-ops: .gitlint-ops.yaml:3: unknown key 'rulse'; did you mean 'rules'?\n"
                "help: correct the configuration, or run with --no-config\n"
            ),
        ),
        (
            ConfigError("the configuration file is over 1 MiB", "c.yaml"),
            2,
            (
                "gitlint-ops: c.yaml: the configuration file is over 1 MiB\n"
                "help: correct the configuration, or run with --no-config\n"
            ),
        ),
        (
            EngineUnavailableError("the engine is not built"),
            3,
            (
                "gitlint-ops: the engine is not built\n"
                "help: without its engine the program cannot read or render anything; reinstall it\n"
            ),
        ),
        (CommandError("no such thing", "name another", 3), 3, "gitlint-ops: no such thing\nhelp: name another\n"),
        (
            click.UsageError("no such option"),
            2,
            "gitlint-ops: no such option\nhelp: 'gitlint-ops --help' shows what is accepted\n",
        ),
        (
            CommandError("bad \x1b[2J\n::error::name", "x"),
            2,
            "gitlint-ops: bad \\e[2J\\n::error::name\nhelp: x\n",
        ),
    ],
)
def test_known_errors_are_short(error: Exception, code: int, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending(error) == code
    assert capsys.readouterr() == ("", told)


def test_a_defect_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert ending(KeyError("boom \x1b[2J")) == 4
    (log,) = tmp_path.iterdir()
    told = capsys.readouterr().err
    assert told.startswith(
        f"gitlint-ops: a defect of ours: KeyError (the details are in {log})\nhelp: please open an issue"
    )
    text = log.read_text("utf-8")
    assert text.startswith("gitlint-ops ")
    assert "Traceback (most recent call last):" in text
    assert "KeyError: 'boom \\x1b[2J'" in text
    assert "\x1b" not in text


def test_a_rule_that_crashes_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert ending(InternalError("the rule x-y crashed: KeyError: 'a value'")) == 4
    told = capsys.readouterr().err
    assert told.startswith("gitlint-ops: a defect of ours: the rule x-y crashed (the details are in ")
    assert "a value" not in told


def test_a_folder_that_may_not_be_read_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending(PermissionError(13, "Permission denied", "apps")) == 3
    assert capsys.readouterr().err == (
        "gitlint-ops: cannot read 'apps': Permission denied\nhelp: run it as a user who can read the repository\n"
    )


def test_an_interrupt_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending(KeyboardInterrupt()) == 130
    assert capsys.readouterr() == ("", "")


def test_a_command_gives_its_own_code() -> None:
    assert run_guarded(lambda: 1) == 1
    assert run_guarded(lambda: None) == 0
