"""The hooks, run by pre-commit itself in a temporary repository; the program is this one: nothing is installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("pre_commit")

MANIFEST: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / ".pre-commit-hooks.yaml").read_text("utf-8")
)
CLEAN = {
    "apps/web/kustomization.yaml": "resources: [config.yaml]\n",
    "apps/web/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n",
}


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(("GIT_", "PRE_COMMIT"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "config", "user.name", "a")
    git(root, "config", "user.email", "a@example.com")
    local = [{**hook, "language": "system", "entry": here(hook["entry"])} for hook in MANIFEST]
    write(root, {".pre-commit-config.yaml": yaml.safe_dump({"repos": [{"repo": "local", "hooks": local}]}), **CLEAN})
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--no-verify", "--message", "x")
    return root


def here(entry: str) -> str:
    """Run the manifest's command with this interpreter."""
    program, _, arguments = entry.partition(" ")
    assert program == "gitlint-ops"
    return f"'{sys.executable}' -I -m gitlint_ops {arguments}"


def write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


def run(root: Path, hook: str, *arguments: str) -> tuple[str, str]:
    """Give what became of the hook (Passed, Failed or Skipped) and its output."""
    command = [sys.executable, "-m", "pre_commit", "run", "--color=never", hook, *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    verdicts = re.findall(r"\.(Passed|Failed|\(no files to check\)Skipped)$", done.stdout, re.MULTILINE)
    assert len(verdicts) == 1, done.stdout + done.stderr
    return verdicts[0].rpartition(")")[2], done.stdout


def test_a_commit_of_a_defect_fails_both(repo: Path) -> None:
    write(repo, {"apps/web/kustomization.yaml": "resources: [gone.yaml]\n"})
    git(repo, "add", "--all")
    verdict, output = run(repo, "gitlint-ops")
    assert verdict == "Failed"
    assert "error missing-file apps/web/kustomization.yaml:1:13" in output
    verdict, output = run(repo, "gitlint-ops-changed")
    assert verdict == "Failed"
    assert "Only findings that concern 'apps/web/kustomization.yaml' are shown" in output


def test_a_deletion_is_seen_by_the_whole_and_not_by_the_changed_files(repo: Path) -> None:
    git(repo, "rm", "--quiet", "apps/web/config.yaml")
    assert run(repo, "gitlint-ops")[0] == "Failed"
    assert run(repo, "gitlint-ops-changed")[0] == "Skipped"


def test_changes_that_are_not_staged_do_not_count_and_new_files_do(repo: Path) -> None:
    write(repo, {"apps/web/kustomization.yaml": "resources: [gone.yaml]\n"})
    assert run(repo, "gitlint-ops")[0] == "Passed"
    assert "gone.yaml" in (repo / "apps/web/kustomization.yaml").read_text("utf-8"), "the change came back"
    git(repo, "checkout", "--", "apps")
    write(repo, {"apps/api/kustomization.yaml": "resources: [gone.yaml]\n"})
    assert run(repo, "gitlint-ops")[0] == "Failed"
    assert run(repo, "gitlint-ops-changed")[0] == "Skipped"


def test_all_files_and_the_other_stages(repo: Path) -> None:
    for hook in ("gitlint-ops", "gitlint-ops-changed"):
        assert run(repo, hook, "--all-files")[0] == "Passed"
        assert run(repo, hook, "--hook-stage", "manual", "--all-files")[0] == "Passed"
    pushed = ("--hook-stage", "pre-push", "--from-ref", "HEAD", "--to-ref", "HEAD")
    assert run(repo, "gitlint-ops", *pushed)[0] == "Passed"
    assert run(repo, "gitlint-ops-changed", *pushed)[0] == "Skipped"


def test_a_name_that_reads_as_an_option_is_not_handed_over(repo: Path) -> None:
    write(repo, {"--output=pwned.yaml": "a: 1\n", "apps/web/$(touch pwned).yaml": "a: 1\n"})
    git(repo, "add", "--all")
    assert run(repo, "gitlint-ops-changed")[0] == "Passed"
    assert not (repo / "pwned.yaml").exists()
    assert not (repo / "pwned").exists()


def test_files_that_are_looked_at_are_those_that_run_the_quick_hook() -> None:
    from gitlint_ops.cli.check import is_checked

    (pattern,) = [re.compile(hook["files"]) for hook in MANIFEST if "files" in hook]
    for name in ("a.yaml", "a/b.yml", "c.json", "t/_helpers.tpl"):
        assert is_checked(name)
        assert pattern.search(name)
    assert not pattern.search("a.md")
    assert not pattern.search("--config=x.yaml")
