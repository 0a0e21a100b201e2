"""The steps of the Action as the runner runs them: in bash, with what a hostile pull request can put into them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.action.test_metadata import ROOT, STEPS

BASH = shutil.which("bash")
GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
BROKEN = "resources: [gone.yaml]\n"
CLEAN = "resources: []\n"

pytestmark = pytest.mark.skipif(BASH is None, reason="the runner's shell is not here")


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    root = tmp_path / "work space"
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch=main")
    return root


def git(root: Path, *arguments: str) -> str:
    return subprocess.run([*GIT, *arguments], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def commit(root: Path, files: Mapping[str, str]) -> str:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "x")
    return git(root, "rev-parse", "HEAD")


def script(name: str) -> str:
    (run,) = [step["run"] for step in STEPS if step["name"] == name]
    return str(run)


def step(name: str, root: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """Run a step's script as the runner does; give what it printed, and its outputs."""
    temporary = root.parent / "runner temp"
    temporary.mkdir(exist_ok=True)
    outputs = temporary / "outputs"
    outputs.write_text("")
    environment = {
        **os.environ,
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_OUTPUT": str(outputs),
        "GITHUB_STEP_SUMMARY": str(temporary / "summary.md"),
        "GITLINT_OPS_PYTHON": sys.executable,
        "RUNNER_TEMP": str(temporary),
        "RUNNER_OS": "Linux",
        "RUNNER_ARCH": "X64",
        **{f"GITLINT_OPS_{key.upper()}": value for key, value in inputs.items()},
    }
    command = [str(BASH), "--noprofile", "--norc", "-eo", "pipefail", "-c", script(name)]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    return done, dict(line.split("=", 1) for line in outputs.read_text("utf-8").splitlines())


def check(root: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    return step("Check", root, **{"annotations": "true", "summary": "true", "path": ".", **inputs})


def summary(root: Path) -> str:
    return (root.parent / "runner temp" / "summary.md").read_text("utf-8")


def test_findings_are_annotated_summed_up_and_counted(repo: Path) -> None:
    commit(repo, {"kustomization.yaml": BROKEN})
    done, outputs = check(repo)
    assert done.returncode == 0, "the upload comes before the verdict"
    assert (
        "\n::error file=kustomization.yaml,line=1,col=13,title=gitlint-ops%3A missing-file::the resource" in done.stdout
    )
    assert "| error | [missing-file](" in summary(repo)
    assert (outputs["exit-code"], outputs["errors"]) == ("1", "1")
    assert Path(outputs["sarif-file"]).read_text("utf-8").startswith("{")
    assert Path(outputs["html-file"]).read_text("utf-8").startswith("<!DOCTYPE html>")


def test_the_verdict_is_the_exit_code(repo: Path) -> None:
    assert step("Judge", repo, exit_code="0")[0].returncode == 0
    assert step("Judge", repo, exit_code="3")[0].returncode == 3
    assert step("Judge", repo, exit_code="")[0].returncode != 0, "a check that never ran does not pass"


def test_what_is_turned_off_is_not_written(repo: Path) -> None:
    commit(repo, {"kustomization.yaml": BROKEN})
    done, _ = check(repo, annotations="false", summary="false", fail_on="never")
    assert "::error" not in done.stdout
    assert not (repo.parent / "runner temp" / "summary.md").exists()


def test_a_pull_request_is_judged_by_what_it_brings(repo: Path) -> None:
    base = commit(repo, {"old/kustomization.yaml": BROKEN})
    commit(repo, {"new/kustomization.yaml": BROKEN})
    done, outputs = check(repo, event_base=base)
    assert "::error file=new/kustomization.yaml" in done.stdout
    assert "::error file=old/kustomization.yaml" not in done.stdout
    assert outputs["errors"] == "1"
    assert "old/kustomization.yaml" in Path(outputs["sarif-file"]).read_text("utf-8"), "an upload closes what it lacks"
    assert check(repo, event_base=base, base="none")[1]["errors"] == "2"


def test_what_a_pull_request_changes_is_summed_up_and_kept(repo: Path) -> None:
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {level: LEVEL}\n"
    hostile = "'::error::x </script> @admin ${{ x }} $(touch pwned)'"
    base = commit(repo, {"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": config.replace("LEVEL", "info")})
    commit(repo, {"a.yaml": config.replace("LEVEL", hostile)})
    done, outputs = check(repo, event_base=base, fail_on="never")
    assert outputs["exit-code"] == "0", done.stderr
    assert "\n## What this merge changes\n" in summary(repo)
    assert Path(outputs["comment"]).read_text("utf-8") in summary(repo)
    page = Path(outputs["diff-file"]).read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert page.count("</script>") == 1
    assert list(repo.rglob("pwned")) == []
    assert "diff-file" not in check(repo, event_base=base, base="none")[1]


def test_the_base_of_a_shallow_checkout_is_fetched(repo: Path) -> None:
    base = commit(repo, {"old/kustomization.yaml": BROKEN})
    commit(repo, {"new/kustomization.yaml": BROKEN})
    git(repo, "config", "uploadpack.allowAnySHA1InWant", "true")
    shallow = repo.parent / "shallow"
    git(repo.parent, "clone", "--quiet", "--depth=1", repo.as_uri(), str(shallow))
    assert check(shallow, event_base=base)[1]["errors"] == "1"


def test_a_base_that_cannot_be_had_hides_nothing(repo: Path) -> None:
    commit(repo, {"kustomization.yaml": BROKEN})
    done, outputs = check(repo, event_base="0" * 40)
    assert "the base of the change cannot be fetched, so everything is reported" in done.stderr
    assert outputs["errors"] == "1"


def test_a_pull_request_cannot_change_what_judges_it(repo: Path) -> None:
    base = commit(repo, {"kustomization.yaml": CLEAN})
    commit(
        repo, {"kustomization.yaml": BROKEN, ".gitlint-ops.yaml": "rules: {missing-file: off, render-failed: off}\n"}
    )
    assert check(repo, event_base=base)[1]["errors"] == "0"
    assert check(repo, event_base=base, config_from_base="true")[1]["errors"] == "1"
    done, outputs = check(repo, config_from_base="true")
    assert "the input 'config-from-base' needs a base: check pull requests out with fetch-depth: 0" in done.stderr
    assert outputs["exit-code"] == "2"


HOSTILE_INPUTS: list[dict[str, Any]] = [
    {"path": "$(touch pwned)"},
    {"path": "`touch pwned`; touch pwned"},
    {"path": '"; touch pwned; "'},
    {"path": "--output=pwned"},
    {"config": "x\nerrors=999"},
    {"fail_on": "never --output=pwned"},
    {"environments": "$(touch pwned)"},
    {"base": "--upload-pack=touch pwned"},
    {"base": "main; touch pwned"},
    {"base": "--output=pwned"},
    {"base": "gone"},
]


@pytest.mark.parametrize("inputs", HOSTILE_INPUTS, ids=str)
def test_an_input_is_data(repo: Path, inputs: dict[str, str]) -> None:
    commit(repo, {"kustomization.yaml": CLEAN})
    done, outputs = check(repo, **inputs)
    assert list(repo.rglob("pwned")) == []
    # What was rendered before the mistake was met is kept.
    assert outputs.pop("results", "new") == "new"
    assert (done.returncode, outputs) == (0, {"exit-code": "2"})
    assert "The check could not run: see the log." in summary(repo)


def test_names_and_values_of_the_repository_are_data(repo: Path) -> None:
    names = ["$(touch pwned)", "`touch pwned`", "a;touch pwned", "'\"", "::set-output name=errors::9", "a\n::error::b"]
    files = {
        f"{name}/kustomization.yaml": f"resources: ['##[error]{name!r}.yaml']\n".replace("\\n", "")
        for name in names[:3]
    }
    files |= {f"{name}/kustomization.yaml": BROKEN for name in names[3:]}
    commit(repo, files)
    done, outputs = check(repo)
    assert list(repo.rglob("pwned")) == []
    assert outputs["exit-code"] == "1"
    commands = [line for line in done.stdout.splitlines() if line.lstrip().startswith("::")]
    assert len(commands) == int(outputs["errors"]) + int(outputs["warnings"]) + int(outputs["infos"])
    assert all(line.startswith(("::error file=", "::warning file=", "::notice file=")) for line in commands)
    assert "##[" not in done.stdout + done.stderr


def test_the_repository_cannot_stand_in_for_a_module(repo: Path) -> None:
    trap = "raise SystemExit('imported from the repository')\n"
    commit(repo, {"kustomization.yaml": CLEAN, "gitlint_ops/__init__.py": trap, "click.py": trap, "json.py": trap})
    done, outputs = check(repo)
    assert "imported from the repository" not in done.stdout + done.stderr
    assert outputs["exit-code"] == "0"


def test_the_key_is_that_of_the_sources(repo: Path) -> None:
    _, outputs = step("Name the wheel", repo)
    assert outputs["key"].startswith(f"gitlint-ops-Linux-X64-{sys.version_info.major}.{sys.version_info.minor}-")
    assert outputs["folder"] == str(repo.parent / "runner temp" / "gitlint-ops" / "wheels")
    assert outputs["results"] == str(repo.parent / "runner temp" / "gitlint-ops" / "results")
    assert step("Name the wheel", repo)[1] == outputs


def test_results_are_kept_where_there_are_new_ones(repo: Path) -> None:
    commit(repo, {"a/kustomization.yaml": CLEAN})
    place = str(repo.parent / "results")
    assert [check(repo, cache_dir=place)[1].get("results") for _ in range(2)] == ["new", None]
    commit(repo, {"a/kustomization.yaml": BROKEN})
    assert check(repo, cache_dir=place)[1]["results"] == "new"
