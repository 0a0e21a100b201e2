"""Every planted defect of the fixtures is found at its line, and nothing else; the clean twins are clean."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures"
PLANTED = re.compile(r"# planted: ([a-z0-9-]+(?:, [a-z0-9-]+)*)")
SHAPES = sorted(path.name for path in FIXTURES.iterdir() if path.is_dir())


def planted(root: Path) -> list[tuple[str, str, int]]:
    """Give (rule, path, line) of each planted defect, read from the comments that mark them."""
    marks = []
    for path in sorted(p for p in root.rglob("*") if p.is_file() and p.suffix in {".yaml", ".env", ".json"}):
        for line, text in enumerate(path.read_text("utf-8").splitlines(), 1):
            for match in PLANTED.finditer(text):
                marks += [(rule, path.relative_to(root).as_posix(), line) for rule in match[1].split(", ")]
    return sorted(marks)


def check(root: Path) -> tuple[int, dict[str, Any]]:
    """Run the installed program on a folder; give its exit code and its JSON report."""
    command = [sys.executable, "-m", "gitlint_ops", "check", str(root), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def copied(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy of one shape outside any Git repository, as a user's clone would be."""
    return Path(shutil.copytree(FIXTURES / request.param, tmp_path / request.param))


@pytest.mark.parametrize("copied", SHAPES, indirect=True)
def test_what_is_planted_is_what_is_found(copied: Path) -> None:
    code, report = check(copied)
    found = [f for f in report["findings"] if f["severity"] != "info"]
    places = sorted((f["rule"], f["location"]["path"], f["location"]["line"]) for f in found)
    assert places == planted(copied)
    assert code == (1 if any(f["severity"] == "error" for f in found) else 0)


@pytest.mark.parametrize("copied", SHAPES, indirect=True)
def test_each_place_is_exact(copied: Path) -> None:
    _, report = check(copied)
    assert [f for f in report["findings"] if f["severity"] != "info" and not f["exact"]] == []


@pytest.mark.parametrize("copied", [s for s in SHAPES if s.endswith("-clean")], indirect=True)
def test_clean_twins_render_whole(copied: Path) -> None:
    code, report = check(copied)
    assert code == 0
    assert report["coverage"]["failed"] == []
    assert report["coverage"]["units"] == report["coverage"]["rendered"] > 0
