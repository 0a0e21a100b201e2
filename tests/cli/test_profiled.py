from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from gitlint_ops.config import Config
from gitlint_ops.lint import load_rules
from tests.cli.support import run

Write = Callable[[Mapping[str, str]], Path]
Event = Mapping[str, Any]
FILES = {
    ".gitlint-ops.yaml": "{}\n",
    "a/kustomization.yaml": "resources: [b.yaml]\n",
    "a/b.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n",
    "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
    "chart/templates/b.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: c}\nspec: {ports: [{port: none}]}\n",
}


@pytest.fixture
def events(write: Write, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Sequence[Event]:
    file = tmp_path / "trace.json"
    plain = run(capfd, "check", write(FILES), "--no-cache", "--format", "json")
    assert run(capfd, "check", write(FILES), "--no-cache", "--format", "json", "--profile-run", file) == plain
    found: Sequence[Event] = json.loads(file.read_text("utf-8"))["traceEvents"]
    return [event for event in found if event["ph"] == "X"]


def names(events: Sequence[Event], kind: str) -> list[str]:
    return [event["name"] for event in events if event["cat"] == kind]


def test_phases_rules_and_units_are_all_there(events: Sequence[Event]) -> None:
    assert list(dict.fromkeys(names(events, "phase"))) == ["run", "survey", "rendering", "rules", "report"]
    enabled = {rule.name for rule in load_rules(Config(), Path()) if rule.enabled and not rule.needs_base}
    assert set(names(events, "rule")) == enabled
    assert {"kustomize a", "helm chart chart"} <= set(names(events, "request"))
    assert names(events, "provenance")


def test_events_of_a_line_lie_within_each_other_or_apart(events: Sequence[Event]) -> None:
    lines: dict[tuple[int, int], list[Event]] = defaultdict(list)
    for event in events:
        lines[event["pid"], event["tid"]].append(event)
    for line in lines.values():
        around: list[float] = []
        for event in line:
            start, end = event["ts"], event["ts"] + event["dur"]
            while around and around[-1] <= start:
                around.pop()
            assert not around or end <= around[-1], event
            around.append(end)


def test_a_file_that_cannot_be_written_is_an_error(
    write: Write, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "none" / "trace.json"
    code, _, err = run(capfd, "check", write(FILES), "--no-cache", "--profile-run", file)
    assert (code, err.splitlines()) == (
        2,
        [
            f"gitlint-ops: cannot write '{file}': No such file or directory",
            "help: name a file in a folder that can be written",
        ],
    )
