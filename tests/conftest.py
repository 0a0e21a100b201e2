"""What every test has: a home of its own, no network, and an engine that ends with the test."""

from __future__ import annotations

import socket
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.source import SourceTree, open_tree

# A test that waits for a busy machine has not failed.
settings.register_profile("unhurried", settings(deadline=None))
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def _alone(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test reads and writes no home, no Git configuration of the machine, and connects to loopback at most."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("GITLINT_OPS_CACHE_DIR", str(home / "cache"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GITHUB_ACTIONS", "CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "GITLINT_OPS_CACHE_URL"):
        monkeypatch.delenv(name, raising=False)

    connect = socket.socket.connect

    def within_this_machine(own: socket.socket, address: object) -> None:
        if not (isinstance(address, tuple) and address[0] == "127.0.0.1"):
            raise AssertionError(f"a test tried to open a network connection to {address}")
        connect(own, address)

    monkeypatch.setattr(socket.socket, "connect", within_this_machine)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Write files (path to text, dedented) below a temporary root, and give the root."""
    root = tmp_path / "repo"
    root.mkdir()

    def write_files(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip("\n"), "utf-8", newline="\n")
        return root

    return write_files


@pytest.fixture
def open_files(write: Callable[[Mapping[str, str]], Path]) -> Iterator[Callable[[Mapping[str, str]], SourceTree]]:
    """Write files and open them as a source tree with a real engine, which ends with the test."""
    clients: list[EngineClient] = []

    def open_them(files: Mapping[str, str]) -> SourceTree:
        root = write(files)
        clients.append(EngineClient(root))
        return open_tree(root, clients[-1], Config())

    yield open_them
    for client in clients:
        client.close()
