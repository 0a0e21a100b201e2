from __future__ import annotations

import json
import subprocess
import sys

import pytest

from gitlint_ops import engine
from gitlint_ops.cli import main, version_text


def test_the_help_names_commands_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    for command in ("check", "inspect", "render", "rules", "explain"):
        assert f"\n  {command} " in out
    assert "\n  Exit codes: 0 nothing at or above --fail-on; 1 findings; 2 usage or configuration error;\n" in out
    assert "\n  3 nothing could be checked; 4 a defect of gitlint-ops.\n" in out


def test_no_command_shows_the_help_and_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Usage: gitlint-ops [OPTIONS] COMMAND [ARGS]...\n")


@pytest.mark.parametrize("command", ["check", "inspect", "render", "rules", "explain"])
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: gitlint-ops {command} ")


def test_an_unknown_command_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chekc"]) == 2
    assert capsys.readouterr().err == (
        "gitlint-ops: there is no command 'chekc'; did you mean 'check'?\n"
        "help: 'gitlint-ops --help' shows what is accepted\n"
    )


def test_an_unknown_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--formatt", "json"]) == 2
    assert "help: 'gitlint-ops check --help' shows what is accepted\n" in capsys.readouterr().err


def test_a_path_that_is_not_there_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "nowhere/at/all"]) == 2
    assert "Path 'nowhere/at/all' does not exist." in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--version"], ["--version", "check"]])
def test_the_version_is_printed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    assert capsys.readouterr().out == version_text() + "\n"


def test_the_version_names_the_engine_and_its_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"engine": "0.1.0", "go": "go1.27.3", "kustomize": "v5.8.1", "helm": "v4.2.4"}
    monkeypatch.setattr(engine, "engine_versions", lambda: versions)
    first, *rest = version_text().split("\n")
    assert first.startswith("gitlint-ops ")
    assert rest == ["engine 0.1.0 (go1.27.3)", "Kustomize v5.8.1", "Helm v4.2.4"]


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (
            {"no_new_privileges": True, "landlock": 7, "seccomp": True},
            (
                "confinement no new privileges, "
                "Landlock 7 (reads below the root only, writes nothing, starts no program), "
                "seccomp (opens no socket, starts no program)"
            ),
        ),
        (
            {
                "no_new_privileges": True,
                "landlock": 0,
                "seccomp": False,
                "lacking": "landlock: function not implemented",
            },
            "confinement no new privileges; lacking: landlock: function not implemented",
        ),
        ({"lacking": "this is darwin/arm64"}, "confinement none; lacking: this is darwin/arm64"),
    ],
)
def test_the_long_version_says_what_the_engine_is_held_to(
    made: dict[str, object], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engine, "engine_confinement", lambda: made)
    assert main(["--version", "--verbose"]) == 0
    assert capsys.readouterr().out == f"{version_text()}\n{told}\n"


def test_the_version_without_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> dict[str, str]:
        raise engine.EngineUnavailableError("the engine is not built")

    monkeypatch.setattr(engine, "engine_versions", missing)
    assert version_text().split("\n")[1:] == ["the engine is not built"]


def test_nothing_heavy_is_imported_for_the_version() -> None:
    code = "import sys, json; from gitlint_ops.cli import main; main(['--version']); print(json.dumps([*sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(json.loads(done.stdout.splitlines()[-1]))
    heavy = {
        "click",
        "rich",
        "jsonschema",
        "jsonschema_rs",
        "ruamel.yaml",
        "yaml",
        "sarif_om",
        "detect_secrets",
        "tempfile",
    }
    assert not modules & (heavy | {"gitlint_ops.lint", "gitlint_ops.render", "gitlint_ops.repo", "gitlint_ops.source"})
