"""Bad input costs a clear message each: the rest is still checked, the exit code is right, no traceback is shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

Write = Callable[[Mapping[str, str]], Path]

GOOD = {
    "good/kustomization.yaml": "resources: [configmap.yaml, pod.yaml]\n",
    "good/configmap.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: good\ndata:\n  a: b\n",
    "good/pod.yaml": """
        apiVersion: v1
        kind: Pod
        metadata:
          name: good
        spec:
          containers:
            - name: good
              image: nginx:latest
        """,
}
GOOD_FINDING = ("mutable-image-tag", "good/pod.yaml", 8)
"""What must be found in GOOD whatever else is wrong in the repository."""


def run(root: Path, *arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "gitlint_ops", *arguments, str(root)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout, done.stderr


def check(root: Path) -> tuple[int, dict[str, Any]]:
    code, stdout, _ = run(root, "check", "--format", "json")
    return code, json.loads(stdout)


def found(report: dict[str, Any], *, info: bool = False) -> list[tuple[str, str, int]]:
    kept = [f for f in report["findings"] if info or f["severity"] != "info"]
    return [(f["rule"], f["location"]["path"], f["location"]["line"]) for f in kept]


def test_an_empty_folder_is_not_a_success(write: Write) -> None:
    code, stdout, stderr = run(write({}), "check")
    assert code == 3
    assert "nothing" in (stdout + stderr).lower()


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    code, stdout, stderr = run(tmp_path / "gone", "check")
    assert code == 2
    assert stdout == ""
    assert "gone" in stderr


def test_a_folder_without_git_is_checked(write: Write) -> None:
    code, report = check(write(GOOD))
    assert found(report) == [GOOD_FINDING]
    assert code == 0


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root and Windows read every file")
def test_an_unreadable_file_is_named(write: Write) -> None:
    root = write({**GOOD, "secret.yaml": "a: 1\n"})
    (root / "secret.yaml").chmod(0)
    _, report = check(root)
    assert ("unreadable-file", "secret.yaml", 1) in found(report)
    assert GOOD_FINDING in found(report)


def test_broken_yaml_is_found_at_its_line(write: Write) -> None:
    broken = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n   labels: {}\n"
    code, report = check(write({**GOOD, "bad/kustomization.yaml": "resources: [x.yaml]\n", "bad/x.yaml": broken}))
    assert found(report) == [("invalid-yaml", "bad/x.yaml", 5), GOOD_FINDING]
    assert code == 1
    assert [s["path"] for s in report["coverage"]["failed"]] == ["bad"]


def test_bases_in_a_circle_are_said_to_be(write: Write) -> None:
    root = write({**GOOD, "a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a]\n"})
    code, report = check(root)
    (failed, good) = found(report)
    assert failed[0] == "render-failed"
    assert failed[1] in {"a/kustomization.yaml", "b/kustomization.yaml"}
    assert good == GOOD_FINDING
    assert code == 1


def test_a_chart_that_fails_says_why(write: Write) -> None:
    root = write(
        {
            **GOOD,
            ".gitlint-ops.yaml": "repository: {urls: ['https://git.example.com/team/gitops']}\n",
            "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
            "chart/templates/a.yaml": 'a: b\nvalue: {{ required "set the host, please" .Values.host }}\n',
            "app.yaml": """
                apiVersion: argoproj.io/v1alpha1
                kind: Application
                metadata:
                  name: web
                spec:
                  project: default
                  source:
                    repoURL: https://git.example.com/team/gitops
                    targetRevision: v1.0.0
                    path: chart
                  destination:
                    name: in-cluster
                    namespace: web
                """,
        }
    )
    code, report = check(root)
    assert found(report) == [("render-failed", "chart/templates/a.yaml", 2), GOOD_FINDING]
    assert "set the host, please" in report["findings"][0]["message"]
    assert code == 1


def test_a_file_of_fifty_megabytes_is_not_read_but_named(write: Write) -> None:
    root = write(GOOD)
    with (root / "huge.yaml").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    _, report = check(root)
    assert GOOD_FINDING in found(report)
    assert ("unreadable-file", "huge.yaml", 1) in found(report)


@pytest.mark.skipif(sys.platform == "win32", reason="symlinks need a privilege on Windows")
def test_a_symlink_out_of_the_tree_is_not_followed(write: Write, tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text("apiVersion: v1\nkind: Secret\nmetadata: {name: stolen}\n", "utf-8")
    root = write({**GOOD, "link/kustomization.yaml": "resources: [outside.yaml]\n"})
    (root / "link" / "outside.yaml").symlink_to(tmp_path / "outside.yaml")
    _, report = check(root)
    assert "stolen" not in json.dumps(report)
    assert GOOD_FINDING in found(report)
    assert any(path.startswith("link/") for _, path, _ in found(report))


def test_a_mistake_in_the_configuration_is_a_usage_error(write: Write) -> None:
    code, stdout, stderr = run(write({**GOOD, ".gitlint-ops.yaml": "rules:\n  mutable-image-tags: off\n"}), "check")
    assert code == 2
    assert stdout == ""
    assert "mutable-image-tag" in stderr
    assert ".gitlint-ops.yaml:2" in stderr
