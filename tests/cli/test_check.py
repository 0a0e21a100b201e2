from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from gitlint_ops.cli import main
from tests.cli.support import run

Write = Callable[[Mapping[str, str]], Path]

FILES = {
    "apps/web/base/kustomization.yaml": "resources: [deployment.yaml]\n",
    "apps/web/base/deployment.yaml": """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: web
        """,
    "apps/web/overlays/dev/kustomization.yaml": "resources: [../../base]\nnamespace: dev\n",
    "apps/web/overlays/prod/kustomization.yaml": "resources: [../../base]\nnamespace: prod\n",
    "apps/api/kustomization.yaml": "resources: [config.yaml]\n",
    "apps/api/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: 'api\n",
}


@pytest.fixture
def repo(write: Write) -> Path:
    root = write(FILES)
    (root / ".git").mkdir()
    return root


def found(out: str) -> list[tuple[str, str]]:
    data: dict[str, Any] = json.loads(out)
    return [(finding["rule"], finding["location"]["path"]) for finding in data["findings"]]


def test_findings_give_one(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "check", repo, "--rule", "invalid-yaml")
    assert (code, err) == (1, "")
    assert "  error invalid-yaml apps/api/config.yaml:" in out
    assert "Only findings of invalid-yaml are shown; the whole repository was rendered.\n" in out
    assert out.endswith("\n1 error at or above --fail-on error: exit 1\n")


def test_explain_adds_why_and_how(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _, plain, _ = run(capfd, "check", repo, "--rule", "invalid-yaml", "--quiet")
    _, explained, _ = run(capfd, "check", repo, "--rule", "invalid-yaml", "--quiet", "--explain")
    assert "      why it matters\n" not in plain
    assert explained.index("      why it matters\n") < explained.index("      how to fix it\n")


def test_fail_on_never_gives_zero(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "check", repo, "--rule", "invalid-yaml", "--fail-on", "never")
    assert code == 0
    assert out.endswith("\n--fail-on never: exit 0\n")


def test_json_goes_to_stdout_alone(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "check", repo, "--format", "json", "--rule", "invalid-yaml")
    assert (code, err) == (1, "")
    assert json.loads(out)["root"] == "."
    assert found(out) == [("invalid-yaml", "apps/api/config.yaml")]
    assert json.loads(out)["coverage"]["files"] == 6


def test_a_part_of_the_repository_keeps_the_whole_graph(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ("--format", "json", "--rule", "invalid-yaml")
    code, out, _ = run(capfd, "check", repo / "apps" / "web", *arguments)
    assert (code, found(out)) == (0, [])
    assert json.loads(out)["coverage"]["files"] == 6
    code, out, _ = run(capfd, "check", repo / "apps" / "api", *arguments)
    assert (code, found(out)) == (1, [("invalid-yaml", "apps/api/config.yaml")])


def test_a_part_can_be_its_own_root(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    part = repo / "apps" / "api"
    _, out, _ = run(capfd, "check", part, "--root", part, "--format", "json", "--rule", "invalid-yaml")
    assert found(out) == [("invalid-yaml", "config.yaml")]


def test_a_report_file_is_written_and_stdout_stays_empty(
    repo: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "report.sarif"
    code, out, err = run(capfd, "check", repo, "--format", "sarif", "--rule", "invalid-yaml", "--output", target)
    assert (code, out, err) == (1, "", "")
    (sarif_run,) = json.loads(target.read_text("utf-8"))["runs"]
    assert [result["ruleId"] for result in sarif_run["results"]] == ["invalid-yaml"]
    assert [rule["id"] for rule in sarif_run["tool"]["driver"]["rules"]] == ["invalid-yaml"]


def test_an_empty_folder_gives_three(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "check", tmp_path)
    assert (code, out) == (3, "")
    assert err == (
        f"gitlint-ops: nothing to check: there is no YAML, JSON or chart file in '{tmp_path}' (exit 3)\n"
        "help: name the folder of a GitOps repository; files that Git ignores are not read\n"
    )


def test_an_empty_folder_still_gives_a_whole_json_report(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "check", tmp_path, "--format", "json")
    assert (code, json.loads(out)["findings"]) == (3, [])
    assert err.startswith("gitlint-ops: nothing to check:")


def test_an_unknown_rule_names_the_nearest(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "check", repo, "--rule", "invalid-yml")
    assert (code, out) == (2, "")
    assert "there is no rule 'invalid-yml'; did you mean 'invalid-yaml'?" in err


def test_an_unknown_environment_names_those_there_are(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "check", repo, "--environment", "prd")
    assert (code, out) == (2, "")
    assert err == (
        "gitlint-ops: there is no environment 'prd'; did you mean 'prod'?\n"
        "help: 'gitlint-ops inspect' shows the layout\n"
    )


def test_a_wrong_configuration_gives_two(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (repo / ".gitlint-ops.yaml").write_text("exclude: []\nrulse: {}\n", "utf-8")
    code, out, err = run(capfd, "check", repo)
    assert (code, out) == (2, "")
    assert err.startswith("gitlint-ops: .gitlint-ops.yaml:2: unknown key 'rulse'")
    assert run(capfd, "check", repo, "--no-config", "--rule", "invalid-yaml")[0] == 1


def test_a_rule_asked_for_runs_though_the_configuration_turned_it_off(
    repo: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (repo / ".gitlint-ops.yaml").write_text("rules:\n  invalid-yaml: false\n", "utf-8")
    assert run(capfd, "check", repo, "--rule", "invalid-yaml")[0] == 1


def test_the_repository_around_the_current_folder_is_the_default(
    repo: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repo / "apps" / "api")
    _, out, _ = run(capfd, "check", "--format", "json", "--rule", "invalid-yaml")
    assert found(out) == [("invalid-yaml", "apps/api/config.yaml")]


def test_a_reader_that_leaves_ends_it_quietly(repo: Path) -> None:
    import sys

    command = [sys.executable, "-m", "gitlint_ops", "check", str(repo), "--verbose"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 1


def test_a_defect_of_ours_is_told_after_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(_: object) -> object:
        raise KeyError("a value")

    monkeypatch.setattr("gitlint_ops.lint.checks.images.mutable_image_tag", crash)
    (tmp_path / "kustomization.yaml").write_text("resources: [gone.yaml]\n", "utf-8")
    assert main(["check", str(tmp_path), "--format", "json"]) == 4
    shown = capsys.readouterr()
    report = json.loads(shown.out)
    assert report["coverage"]["defects"] == ["the rule mutable-image-tag crashed"]
    assert [finding["rule"] for finding in report["findings"]] == ["missing-file"]
    assert "gitlint-ops: a defect of ours: the rule mutable-image-tag crashed (the details are in " in shown.err
    assert "a value" not in shown.err
