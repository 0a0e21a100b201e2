import re
from pathlib import Path

import pytest

from gitlint_ops.cache import versions

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def test_the_libraries_are_those_that_are_required() -> None:
    required = re.findall(r'^  "([\w.-]+)>=', PROJECT.read_text("utf-8"), re.MULTILINE)
    assert set(versions.LIBRARIES) <= set(required)


def test_each_source_counts_and_nothing_that_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "gitlint_ops"
    for name in ("cache/versions.py", "_engine/source.sha256", "_engine/gitlint-ops-engine", "data/a.json"):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text("1")
    (tmp_path / "rules" / "images").mkdir(parents=True)
    (tmp_path / "rules" / "images" / "a.yaml").write_text("1")
    monkeypatch.setattr(versions, "__file__", str(package / "cache" / "versions.py"))
    seen = {versions.made_by.__wrapped__()}
    for name in ("cache/versions.py", "_engine/source.sha256", "data/a.json", "../rules/images/a.yaml"):
        (package / name).write_text("2")
        seen.add(versions.made_by.__wrapped__())
    assert len(seen) == 5
    (package / "_engine" / "gitlint-ops-engine").write_text("2")
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "x.py").write_text("2")
    assert versions.made_by.__wrapped__() in seen


def test_an_upgraded_library_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = set()
    for name in ("detect_secrets-1.5.0", "detect_secrets-1.6.0", "Ruamel.yaml-1.0"):
        (tmp_path / f"{name}.dist-info").mkdir()
        monkeypatch.setattr("sys.path", [str(tmp_path)])
        seen.add(versions.made_by.__wrapped__())
    (tmp_path / "unrelated-1.0.dist-info").mkdir()
    assert len(seen) == 3
    assert versions.made_by.__wrapped__() in seen
