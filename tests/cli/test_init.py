from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from gitlint_ops.cli import main
from gitlint_ops.cli.group import cli
from gitlint_ops.config import load_config

Write = Callable[[Mapping[str, str]], Path]

FILES = {
    "base/kustomization.yaml": "resources: [config.yaml]\n",
    "base/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n",
    "overlays/dev/kustomization.yaml": "resources: [../../base]\n",
    "overlays/prod/kustomization.yaml": "resources: [../../base]\n",
}


@pytest.fixture
def repo(write: Write) -> Path:
    root = write(FILES)
    (root / ".git").mkdir()
    return root


def test_a_configuration_is_written_that_can_be_read(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(repo / "base")]) == 0
    out = capfd.readouterr().out
    assert out.startswith("Wrote .gitlint-ops.yaml: read it, and correct what is wrong in it.\n")
    assert "        - id: gitlint-ops\n" in out
    assert [(e.name, e.production) for e in load_config(repo).environments] == [("dev", False), ("prod", True)]
    assert main(["check", str(repo), "--quiet", "--fail-on", "error"]) == 0


def test_what_is_there_is_replaced_only_by_force(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = repo / ".gitlint-ops.yaml"
    file.write_text("exclude: []\n", "utf-8")
    assert main(["init", str(repo)]) == 2
    assert capfd.readouterr().err == (
        f"gitlint-ops: '{file}' is there already\nhelp: edit it, or replace it with 'gitlint-ops init --force'\n"
    )
    assert file.read_text("utf-8") == "exclude: []\n"
    assert main(["init", str(repo), "--force"]) == 0
    assert "environments:" in file.read_text("utf-8")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert f"_GITLINT_OPS_COMPLETE={shell}_complete" in capfd.readouterr().out


def test_an_unknown_shell(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "cmd"]) == 2
    assert "'cmd' is not one of 'bash', 'zsh', 'fish'" in capfd.readouterr().err


def test_a_mistyped_option_names_the_nearest(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--statistic"]) == 2
    assert "--statistics" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("check --rule schema-", ["schema-error"]),
        ("explain mutable-i", ["mutable-image-tag"]),
        ("check --profile s", ["strict"]),
    ],
)
def test_names_are_completed(typed: str, offered: list[str]) -> None:
    *before, last = typed.split()
    assert [item.value for item in BashComplete(cli, {}, "gitlint-ops", "_X").get_completions(before, last)] == offered
