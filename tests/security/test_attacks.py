"""Every known attack on tools of this kind, on the installed program: refused, told, and nothing comes of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import create_server
from typing import Any

import pytest

from tests.security.hostile import ATTACKS, CANARY, Attack, write_attacks, write_pipes

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the attacks are made of symlinks and FIFOs")

CONFIG = "repository: {urls: ['https://git.example.com/team/hostile']}\n"
HANG_SECONDS = 100
OUTPUTS = ("text", "sarif", "markdown", "html", "junit", "gitlab", "github")


@dataclass(slots=True)
class Run:
    """What a run over a hostile repository gave."""

    report: dict[str, Any]
    outputs: str
    """All that it printed and wrote."""
    asked: list[bytes]
    """What a server on this machine was asked."""
    outside: set[str] = field(default_factory=set)
    """The files that lie beside the repository after the run."""

    def about(self, folder: str) -> list[str]:
        """Give what the findings and the coverage say of a folder."""
        found = [f["message"] for f in self.report["findings"] if f["location"]["path"].startswith(f"{folder}/")]
        gaps = [gap for key in ("skipped", "failed", "unreadable", "unchecked") for gap in self.report["coverage"][key]]
        return found + [gap["reason"] for gap in gaps if gap["path"] == folder or gap["path"].startswith(f"{folder}/")]


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """Listen on a port, and keep what comes in."""
    asked: list[bytes] = []
    with create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        ended = threading.Event()

        def accept() -> None:
            while not ended.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    asked.append(connection.recv(1000) or b"connected")

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server.getsockname()[1], asked
        finally:
            ended.set()
            thread.join()


def check(root: Path, outputs: Path) -> tuple[dict[str, Any], str]:
    """Check a repository into all formats; give the report and all that was printed and written."""
    files = [f"--output={name}={outputs / name}" for name in OUTPUTS]
    command = [sys.executable, "-m", "gitlint_ops", "check", ".", "--format", "json", "--fail-on", "never", *files]
    home = outputs / "home"
    places = dict.fromkeys(("HOME", "USERPROFILE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), str(home))
    environment = {**os.environ, **places, "SECRET_TOKEN": CANARY, "AWS_SECRET_ACCESS_KEY": CANARY}
    done = subprocess.run(
        command,
        cwd=root,
        env=environment,
        capture_output=True,
        check=False,
        timeout=HANG_SECONDS,
        stdin=subprocess.DEVNULL,
    )
    printed = (done.stdout + done.stderr).decode("utf-8", "backslashreplace")
    assert done.returncode == 0, printed[-4000:]
    assert "Traceback" not in printed
    written = "".join((outputs / name).read_text("utf-8") for name in OUTPUTS)
    kept = (path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert CANARY.encode() not in b"".join(kept)
    return json.loads(done.stdout), printed + written


def attacked(folder: Path, *, slow: bool, config: str) -> Run:
    root, outside, outputs = folder / "repo", folder / "outside", folder / "outputs"
    outputs.mkdir()
    with listening() as (port, asked):
        write_attacks(root, outside, port, slow=slow)
        write_pipes(root)
        (root / ".gitlint-ops.yaml").write_text(config, "utf-8")
        report, text = check(root, outputs)
    return Run(report, text, asked, {path.name for path in (*folder.iterdir(), *outside.iterdir())})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """All attacks at once: one that succeeds in hiding another one shows too."""
    return attacked(tmp_path_factory.mktemp("attacks"), slow=False, config=CONFIG)


@pytest.mark.parametrize("attack", [a for a in ATTACKS if not a.slow], ids=lambda attack: attack.name)
def test_the_attack_is_refused_and_told(attack: Attack, run: Run) -> None:
    said = run.about(attack.name)
    assert not attack.said or any(attack.said in text for text in said), said


def test_nothing_is_read_run_asked_or_written(run: Run) -> None:
    assert CANARY.lower() not in run.outputs.lower()
    assert run.asked == []
    assert run.outside == {"repo", "outside", "outputs"} | {
        "values.yaml", "object.yaml", "broken.yaml", "plain.txt", "schema.json", "folder", "run.sh"
    }  # fmt: skip


def test_pipes_are_named_and_not_waited_for(run: Run) -> None:
    assert "'pipes/kustomization.yaml' is not a regular file; nothing in it is checked" in run.about("pipes")


def test_no_output_drives_a_terminal(run: Run) -> None:
    for sequence in ("\x1b", "\x07", "\u202e", "\n::set-output"):
        assert sequence not in run.outputs


def test_what_never_ends_is_ended(tmp_path: Path) -> None:
    began = time.monotonic()
    run = attacked(tmp_path, slow=True, config=f"{CONFIG}limits: {{render_seconds: 1}}\n")
    assert time.monotonic() - began < HANG_SECONDS
    for attack in (attack for attack in ATTACKS if attack.slow):
        said = run.about(attack.name)
        ended = [text for text in said if "no answer within 1s" in text or "the engine ended while" in text]
        assert ended, (attack.name, said)
