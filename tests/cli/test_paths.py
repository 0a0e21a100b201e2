from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from gitlint_ops.cli import main, paths

Write = Callable[[Mapping[str, str]], Path]

FILES = {
    "apps/api/kustomization.yaml": "resources: [config.yaml]\n",
    "apps/api/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: 'api\n",
    "apps/web/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: 'web\n",
    "apps/old/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: 'old\n",
    "README.md": "# hello\n",
}


@pytest.fixture
def repo(write: Write, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = write(FILES)
    (root / ".git").mkdir()
    monkeypatch.chdir(root)
    return root


def found(capfd: pytest.CaptureFixture[str], *argv: str) -> tuple[int, list[str]]:
    code = main(["check", "--format", "json", "--rule", "invalid-yaml", *argv])
    out = capfd.readouterr().out
    return code, [finding["location"]["path"] for finding in json.loads(out)["findings"]]


def listed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(data)))


def test_several_paths_are_checked_together(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert found(capfd, "apps/api", "apps/web/config.yaml") == (1, ["apps/api/config.yaml", "apps/web/config.yaml"])


@pytest.mark.parametrize("data", [b"apps/api/config.yaml\nREADME.md\n", b"apps/api/config.yaml\0gone.yaml\0"])
def test_a_dash_reads_the_files_from_standard_input(
    repo: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], data: bytes
) -> None:
    listed(monkeypatch, data)
    assert found(capfd, "-") == (1, ["apps/api/config.yaml"])


@pytest.mark.parametrize("data", [b"", b"README.md\n"])
def test_a_list_without_a_file_to_check_is_no_mistake(
    repo: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], data: bytes
) -> None:
    listed(monkeypatch, data)
    assert found(capfd, "-") == (0, [])


def test_the_note_names_the_first_paths(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    main(["check", "--rule", "invalid-yaml", "README.md", *sorted(FILES)[1:]])
    assert (
        "Only findings that concern 'README.md', 'apps/api/config.yaml', 'apps/api/kustomization.yaml', 2 more paths "
        "and of invalid-yaml are shown; the whole repository was rendered."
    ) in " ".join(capfd.readouterr().out.split())


def test_a_dash_stands_alone(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "-", "apps"]) == 2
    assert "'-' reads the list of files from standard input, so no other path" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b"a.yaml\r\nb c.yaml\n\n", ["a.yaml", "b c.yaml"]),
        (b"a\nb.yaml\0c.yaml\0", ["a\nb.yaml", "c.yaml"]),
        (b'"a".yaml\n', ['"a".yaml']),
        (b"\xff.yaml\n", ["\udcff.yaml"]),
    ],
)
def test_how_a_list_is_read(data: bytes, names: list[str]) -> None:
    assert paths.read_list(data) == tuple(map(Path, names))


def test_names_in_quotes_of_git_are_refused() -> None:
    with pytest.raises(click.BadParameter, match=r"list the names with -z, as in 'git diff -z'"):
        paths.read_list(b'"\\303\\274.yaml"\n')


def test_a_list_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "MAX_LIST_BYTES", 3)
    with pytest.raises(click.BadParameter, match="longer than 3 bytes"):
        paths.read_list(b"abcd")
