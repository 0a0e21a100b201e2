from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.cli.support import run

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
BROKEN = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {container: []}\n"


@pytest.fixture
def clones(tmp_path: Path) -> Path:
    """A folder of notes, and of repositories: a good one, one with an error, one of no YAML, one of a wrong setting."""
    files = {
        "good/a.yaml": CONFIG_MAP,
        "team/bad/a.yaml": BROKEN,
        "empty/README.md": "",
        "wrong/a.yaml": CONFIG_MAP,
    }
    for name, text in files.items():
        file = tmp_path / "clones" / name
        file.parent.mkdir(parents=True)
        file.write_text(text)
        (file.parent / ".git").mkdir()
    (tmp_path / "clones/wrong/.gitlint-ops.yaml").write_text("profil: strict\n")
    (tmp_path / "clones" / "notes").mkdir()
    return tmp_path / "clones"


def test_each_repository_counts_in_one_report(
    clones: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rest = ("--workers", "1", "--state", "state", "--rule", "schema-error")
    code, out, err = run(capfd, "fleet", "clones", *rest, "--format", "json")
    data = json.loads(out)
    assert (code, err) == (2, "")
    assert [(item["rule"], item["repository"], item["location"]["path"]) for item in data["findings"]] == [
        ("schema-error", "team/bad", "team/bad/a.yaml"),
    ]
    assert [(one["name"], one["not_checked"]) for one in data["fleet"]["repositories"]] == [
        ("clones/notes", "there is no repository in it"),
        ("empty", "there is no YAML, JSON or chart file in it"),
        ("good", None),
        ("team/bad", None),
        (
            "wrong",
            (
                ".gitlint-ops.yaml:1: unknown key 'profil'; did you mean 'profile'?; "
                "correct the configuration, or run with --no-config"
            ),
        ),
    ]
    again, text, _ = run(capfd, "fleet", "clones", *rest)
    assert again == 2
    assert "3 of 4 repositories are as an earlier run found them." in text
    assert text.endswith("1 of 5 repositories could not be checked, or not wholly: exit 2\n")
    (clones / "team/bad/a.yaml").write_text(CONFIG_MAP)
    shutil.rmtree(clones / "wrong")
    code, out, _ = run(capfd, "fleet", "clones", *rest)
    assert code == 0
    assert "2 of 3 repositories are as an earlier run found them." in out


def test_a_list_names_repositories_from_where_it_lies(
    clones: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (clones / "list.txt").write_text("# ours\ngood\n\ngood\ngone\n")
    monkeypatch.chdir(clones / "notes")
    code, out, _ = run(capfd, "fleet", "--list", "../list.txt", "--format", "json", "--fail-on", "never")
    assert code == 2
    assert [(one["name"], one["not_checked"]) for one in json.loads(out)["fleet"]["repositories"]] == [
        ("gone", "it is no repository; it has neither .git nor .gitlint-ops.yaml"),
        ("good", None),
    ]


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ((), 3, "there is no repository to check"),
        (("notes",), 3, "there is no repository to check"),
        (("gone",), 2, f"cannot list 'gone': {os.strerror(2)}"),
        (("--list", "gone"), 2, f"cannot read the list 'gone': {os.strerror(2)}"),
        (("good", "--state", "s", "--no-cache"), 2, "--state keeps results for later runs, --no-cache uses none"),
        (
            ("good", "--workers", "2", "--cluster", "tcp://127.0.0.1:1"),
            2,
            "--workers is for this machine, --cluster for another",
        ),
    ],
)
def test_options_that_do_not_fit_are_refused(
    options: tuple[str, ...],
    code: int,
    message: str,
    clones: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(clones)
    ended, out, err = run(capfd, "fleet", *options)
    assert (ended, out, err.splitlines()[0]) == (code, "", f"gitlint-ops: {message}")


def test_a_state_that_cannot_be_kept_is_told_at_once(clones: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = clones / "good/a.yaml"
    code, out, err = run(capfd, "fleet", clones / "good", "--state", file / "state")
    assert (code, out) == (2, "")
    assert err.startswith(f"gitlint-ops: cannot keep the state in '{file / 'state'}': ")
