"""The Action's metadata, the workflows and the examples: what is pinned, and what could be injected."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "guides" / "github-actions.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
OWN = re.compile(r"uses: (?:gitlint-ops/gitlint-ops@COMMIT # v\d+\.\d+\.\d+|\./ .*)$")


WORKFLOWS = [path.read_text("utf-8") for path in sorted((ROOT / ".github/workflows").glob("*.yaml"))]


@pytest.mark.parametrize("text", [(ROOT / "action.yml").read_text("utf-8"), *WORKFLOWS, *EXAMPLES])
def test_what_others_wrote_is_pinned_by_its_commit(text: str) -> None:
    uses = [line.strip().removeprefix("- ") for line in text.splitlines() if "uses:" in line]
    assert uses
    assert [line for line in uses if not PINNED.match(line) and not OWN.match(line)] == []


def test_no_expression_reaches_a_shell() -> None:
    scripts = [step["run"] for step in STEPS if "run" in step]
    scripts += [
        step["run"] for text in (*WORKFLOWS, *EXAMPLES) for job in jobs(text) for step in job["steps"] if "run" in step
    ]
    assert len(scripts) >= 4
    assert not any("${{" in script for script in scripts)


def test_every_input_is_used_and_every_output_is_given() -> None:
    text = (ROOT / "action.yml").read_text("utf-8")
    assert [name for name in ACTION["inputs"] if f"inputs.{name}" not in text] == []
    script = (ROOT / "action" / "check.py").read_text("utf-8")
    given = set(re.findall(r"``([\w-]+)``", script.split('"""')[1]))
    assert set(ACTION["outputs"]) == given


def test_the_guide_names_every_input_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.*) \|$", GUIDE, re.MULTILINE))
    assert list(rows) == list(ACTION["inputs"])
    for name, declared in ACTION["inputs"].items():
        assert not declared["default"] or rows[name].endswith(f"`{declared['default']}`"), name


def test_the_jobs_of_the_examples_ask_for_little() -> None:
    for text in EXAMPLES:
        assert yaml.safe_load(text)["permissions"] == {}
        assert all(
            set(job["permissions"]) <= {"contents", "security-events", "actions", "pull-requests"} for job in jobs(text)
        )
        assert "pull_request_target" not in text


def jobs(text: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load(text)["jobs"].values())
