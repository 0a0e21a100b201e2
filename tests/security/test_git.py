"""What a repository's Git configuration names is not run, and what its objects hide is not followed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repositories import Repository

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")

PROGRAMS = (
    "core.fsmonitor",
    "core.sshCommand",
    "core.pager",
    "core.editor",
    "core.askPass",
    "core.gitProxy",
    "core.alternateRefsCommand",
    "credential.helper",
    "diff.external",
    "diff.own.command",
    "diff.own.textconv",
    "filter.own.clean",
    "filter.own.smudge",
    "filter.own.process",
    "gpg.program",
    "interactive.diffFilter",
    "merge.own.driver",
    "pager.diff",
    "pager.ls-files",
    "remote.origin.uploadpack",
    "remote.origin.vcs",
    "uploadpack.packObjectsHook",
)
HOOKS = ("fsmonitor-watchman", "post-checkout", "post-index-change", "pre-auto-gc", "reference-transaction")
OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {0}\ndata:\n  a: b\n"
COMMANDS = (
    ("check", "."),
    ("check", ".", "--base", "HEAD~1"),
    ("check", "apps", "--base", "HEAD~1"),
    ("diff", ".", "--base", "HEAD~1"),
    ("inspect", "."),
    ("check", "bare"),
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Give a repository that names a program wherever Git takes one, and the file that the program makes."""
    folder = tmp_path_factory.mktemp("git")
    made, program = folder / "executed", folder / "program"
    program.write_text(f"#!/bin/sh\ntouch {made}\n", "utf-8")
    program.chmod(0o755)
    repository = Repository(folder / "repo")
    bare = {
        "HEAD": "ref: refs/heads/main\n",
        "config": f"[core]\n\tbare = true\n\trepositoryformatversion = 0\n\tfsmonitor = {program}\n",
        "objects/info/keep": "",
        "refs/heads/keep": "",
        "web.yaml": OBJECT.format("bare"),
    }
    files = {
        ".gitattributes": "*.yaml diff=own filter=own merge=own ident export-subst\n",
        "apps/a.yaml": OBJECT.format("a"),
    }
    files |= {f"bare/{name}": text for name, text in bare.items()}
    repository.commit(files)
    repository.commit(files | {"apps/a.yaml": OBJECT.format("b"), "apps/new.yaml": OBJECT.format("c")})
    repository.write(files | {"apps/a.yaml": OBJECT.format("edited")})
    _configure(repository.root, program, folder / "outside.config")
    return repository.root, made


def _configure(root: Path, program: Path, outside: Path) -> None:
    outside.write_text(f"[alias]\n\trev-parse = !{program}\n\tls-files = !{program}\n", "utf-8")
    lines = [f"\tpath = {outside}"]
    text = f"[include]\n{lines[0]}\n"
    for key in PROGRAMS:
        section, _, name = key.rpartition(".")
        head, _, sub = section.partition(".")
        text += f'[{head} "{sub}"]\n' if sub else f"[{head}]\n"
        text += f"\t{name} = {program}\n"
    hooks = root / ".git/own-hooks"
    hooks.mkdir()
    for hook in HOOKS:
        (hooks / hook).symlink_to(program)
    with (root / ".git/config").open("a", encoding="utf-8") as config:
        config.write(f"{text}[core]\n\thooksPath = {hooks}\n")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_that_the_configuration_names_is_run(command: tuple[str, ...], hostile: tuple[Path, Path]) -> None:
    root, made = hostile
    environment = {**os.environ, "GIT_EXTERNAL_DIFF": str(made.with_name("program")), "GIT_SSH_COMMAND": "false"}
    done = subprocess.run(
        [sys.executable, "-m", "gitlint_ops", *command], cwd=root, env=environment, capture_output=True, check=False
    )
    assert done.returncode in {0, 1}, done.stderr
    assert not made.exists()


def test_the_program_would_have_run(hostile: tuple[Path, Path]) -> None:
    root, made = hostile
    subprocess.run(["git", "status"], cwd=root, capture_output=True, check=False)
    assert made.exists()
    made.unlink()


def test_a_replaced_object_is_not_read(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo")
    good = repository.commit({"a.yaml": OBJECT.format("good")})
    repository.write({"a.yaml": OBJECT.format("good")})
    bad = repository.commit({"a.yaml": OBJECT.format("bad")})
    repository.write({"a.yaml": OBJECT.format("good")})
    repository.git("reset", "--quiet", "--hard", good)
    repository.git("replace", good, bad)
    command = [sys.executable, "-m", "gitlint_ops", "diff", ".", "--base", "HEAD"]
    done = subprocess.run(command, cwd=repository.root, capture_output=True, text=True, check=False)
    assert "bad" not in done.stdout + done.stderr
