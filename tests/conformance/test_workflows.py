"""The workflows, the Action and the guide's examples, by actionlint and by zizmor at its strictest.

`make validate-workflows` brings the two and names their folder.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
JUDGES = os.environ.get("GITLINT_OPS_WORKFLOW_JUDGES", "")
SOME_COMMIT = "0123456789abcdef0123456789abcdef01234567"

pytestmark = pytest.mark.skipif(not JUDGES, reason="'make validate-workflows' brings actionlint and zizmor")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Give a repository with our Action, our workflows, and the guide's for users, their commit filled in."""
    root = tmp_path / "repo"
    workflows = Path(shutil.copytree(ROOT / ".github/workflows", root / ".github/workflows"))
    shutil.copy(ROOT / "action.yml", root)
    guide = (ROOT / "docs/guides/github-actions.md").read_text("utf-8")
    for number, text in enumerate(re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)):
        (workflows / f"example-{number}.yaml").write_text(text.replace("@COMMIT", f"@{SOME_COMMIT}"), "utf-8")
    subprocess.run(["git", "init", "--quiet", root], check=True)
    return root


def told(root: Path, program: str, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [Path(JUDGES, program), *arguments], cwd=root, capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, done.stdout


def test_actionlint_has_nothing_to_say(repository: Path) -> None:
    assert told(repository, "actionlint") == (0, "")
    action = repository / ".github/workflows/action.yaml"
    action.write_text(action.read_text("utf-8").replace("base: none", "bass: none", 1), "utf-8")
    code, output = told(repository, "actionlint")
    assert (code, 'input "bass" is not defined in action' in output) == (1, True)


def test_zizmor_has_nothing_to_say(repository: Path) -> None:
    strictest = ("--offline", "--persona", "auditor", "--format", "plain", ".")
    code, output = told(repository, "zizmor", *strictest)
    assert code == 0, output
    (repository / ".github/workflows/pushed.yaml").write_text("on: push\njobs: {}\n", "utf-8")
    assert told(repository, "zizmor", *strictest)[0] != 0
