"""How the Action installs itself: what is asked of pip, and what makes the wheel another one."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.action.test_metadata import ROOT


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"action_{name}", ROOT / "action" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[ModuleType, list[list[str]]]:
    """Give the module with its commands recorded; building a wheel leaves a file."""
    module = load("install")
    commands: list[list[str]] = []

    def record(*command: str) -> None:
        commands.append(list(command))
        if "wheel" in command:
            (tmp_path / "gitlint_ops-0.1.0-py3-none-any.whl").touch()

    monkeypatch.setattr(module, "_run", record)
    return module, commands


def test_a_wheel_is_built_once_and_installed_with_pinned_dependencies(
    asked: tuple[ModuleType, list[list[str]]], tmp_path: Path
) -> None:
    module, commands = asked
    python = module.install(tmp_path, tmp_path / "venv")
    pip = [str(python), "-I", "-m", "pip", "--isolated", "--disable-pip-version-check", "--quiet"]
    wheel = str(tmp_path / "gitlint_ops-0.1.0-py3-none-any.whl")
    install = [*pip, "install", "--force-reinstall", "--constraint", str(ROOT / "constraints-dev.txt"), wheel]
    assert commands == [
        [sys.executable, "-I", "-m", "venv", str(tmp_path / "venv")],
        [*pip, "wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)],
        install,
    ]
    commands.clear()
    module.install(tmp_path, tmp_path / "venv")
    assert commands[1:] == [install]


def test_a_release_installs_the_wheels_that_it_lists(
    asked: tuple[ModuleType, list[list[str]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, commands = asked
    released = tmp_path / "released.txt"
    released.touch()
    monkeypatch.setattr(module, "RELEASED", released)
    module.install(tmp_path, tmp_path / "venv")
    assert commands[-1][-6:] == [
        "install",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "--requirement",
        str(released),
    ]
    assert not any("wheel" in command for command in commands)


def test_the_key_changes_with_each_source_and_with_nothing_that_is_made(tmp_path: Path) -> None:
    module = load("key")
    for name in ("engine/main.go", "gitlint_ops/a.py", "pyproject.toml", "hatch_build.py", "constraints-dev.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "rules").mkdir()
    first = module.digest(tmp_path)
    for made in ("gitlint_ops/_engine", "gitlint_ops/__pycache__", "docs"):
        (tmp_path / made).mkdir()
        (tmp_path / made / "x").write_text("x")
    assert module.digest(tmp_path) == first
    (tmp_path / "engine" / "main.go").rename(tmp_path / "engine" / "other.go")
    assert module.digest(tmp_path) != first
