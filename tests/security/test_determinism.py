"""The same tree gives the same bytes, wherever, whenever and by how many workers it is checked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures"
TWIST = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: twist}\ndata:\n"
    '  password: {{ randAlphaNum 20 | quote }}\n  now: {{ now | date "15:04" }}\n'
    '  zone: {{ dateInZone "15:04" 0 "Asia/Tokyo" }}\n'
)
ENVIRONMENTS: Mapping[str, Mapping[str, str]] = {
    "another hash seed and one worker": {"PYTHONHASHSEED": "4242", "GOMAXPROCS": "1"},
    "another place and time": {
        "LC_ALL": "tr_TR.UTF-8",
        "LANG": "tr_TR.UTF-8",
        "TZ": "Pacific/Kiritimati",
        "TERM": "dumb",
    },
    "no locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "COLUMNS": "40"},
}
FORMATS = ("sarif", "gitlab", "github", "markdown")
"""All but those that tell how long the run took."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Put fixtures of several shapes into one repository, with a chart whose output differs each time."""
    root = tmp_path_factory.mktemp("determinism") / "repo"
    for shape in ("base-overlays", "helm-values", "flux-cluster"):
        shutil.copytree(FIXTURES / shape, root / shape)
    files = {
        "Chart.yaml": "apiVersion: v2\nname: twist\nversion: 1.0.0\n",
        "values.yaml": "",
        "templates/a.yaml": TWIST,
    }
    # It marks the root for whoever looks from below.
    (root / ".gitlint-ops.yaml").write_text("", "utf-8")
    for name, text in files.items():
        (root / "twist" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "twist" / name).write_text(text, "utf-8")
    return root


def outputs(root: Path, folder: Path, given: Mapping[str, str], path: str = ".") -> dict[str, bytes]:
    """Give the bytes of the machine formats of a check without the cache."""
    folder.mkdir()
    files = [f"--output={name}={folder / name}" for name in FORMATS]
    command = [
        sys.executable,
        "-m",
        "gitlint_ops",
        "check",
        path,
        "--format",
        "json",
        "--fail-on",
        "never",
        "--no-cache",
    ]
    environment = {**os.environ, **given, "PYTHONPATH": str(FIXTURES.parent), "HOME": str(folder)}
    done = subprocess.run([*command, *files], cwd=root, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return {"json": done.stdout} | {name: (folder / name).read_bytes() for name in FORMATS}


@pytest.fixture(scope="module")
def first(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return outputs(root, tmp_path_factory.mktemp("first") / "out", {"PYTHONHASHSEED": "1"})


@pytest.mark.parametrize("given", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_the_environment_changes_nothing(
    given: Mapping[str, str], root: Path, first: dict[str, bytes], tmp_path: Path
) -> None:
    assert outputs(root, tmp_path / "out", given) == first


def test_the_working_directory_changes_nothing(root: Path, first: dict[str, bytes], tmp_path: Path) -> None:
    assert outputs(root / "twist/templates", tmp_path / "below", {}, path="../..") == first
    assert outputs(tmp_path, tmp_path / "beside", {}, path=str(root)) == first


def test_another_place_changes_nothing(root: Path, first: dict[str, bytes], tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / "with another name"
    shutil.copytree(root, copy)
    assert outputs(copy, tmp_path / "out", {}) == first
