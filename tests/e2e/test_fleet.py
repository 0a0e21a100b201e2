"""The installed program over several repositories, here and on a real Dask cluster on loopback, with workers killed."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures"
SHAPES = ("app-of-apps", "base-overlays", "flux-cluster")
SLOW_SECONDS = 2
"""How long the slow repository's chart may render, which never ends."""
SECONDS_TO_END = 5.0
"""The bar is one second; tests share their machine."""


@pytest.fixture(scope="module")
def clones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three fixtures, and a repository whose check takes some seconds."""
    folder = tmp_path_factory.mktemp("fleet") / "clones"
    for shape in SHAPES:
        shutil.copytree(FIXTURES / shape, folder / shape)
        (folder / shape / ".git").mkdir()
    slow = folder / "slow"
    (slow / "chart/templates").mkdir(parents=True)
    (slow / ".gitlint-ops.yaml").write_text(f"limits: {{render_seconds: {SLOW_SECONDS}}}\n")
    (slow / "chart/Chart.yaml").write_text("apiVersion: v2\nname: slow\nversion: 1.0.0\n")
    loop = "{{ range until 100000000 }}{{ range until 100000 }}{{ end }}{{ end }}"
    (slow / "chart/templates/a.yaml").write_text(f"a: {loop}\n")
    return folder


@pytest.fixture(scope="module")
def report(clones: Path) -> str:
    """The report of a run that nothing disturbs."""
    return ended(start(clones, "--workers", "2"))


def start(clones: Path, *options: str) -> subprocess.Popen[str]:
    command = (sys.executable, "-m", "gitlint_ops", "fleet", str(clones), "--format", "json", "--no-cache", *options)
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def ended(process: subprocess.Popen[str]) -> str:
    """Give the report of a run, without the times."""
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (1, "")
    return re.sub(r'"elapsed_ms": \d+', "", out)


def children(pid: int, *words: str) -> list[int]:
    """Give the processes below one whose commands have all these words, as Linux tells."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, told_by_linux(task).split()):
            command = told_by_linux(Path(f"/proc/{child}/cmdline"))
            found += [*children(child, *words), *([child] if all(word in command for word in words) else [])]
    return found


def told_by_linux(file: Path) -> str:
    """Read about a process; '' where it has ended meanwhile."""
    try:
        return file.read_text()
    except OSError:
        return ""


def until(told: Callable[[], Any]) -> Any:
    """Wait for something to be there, and give it. What changes while it is looked at is looked at again."""
    for _ in range(600):
        with suppress(RuntimeError):
            if found := told():
                return found
        time.sleep(0.05)
    raise AssertionError("it did not come")


def at_the_slow_one(pid: int) -> int | None:
    """Give the resident process, below one, whose engine is at the slow repository."""
    return next((one for one in children(pid, "resident") if children(one, "serve", "/slow")), None)


linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are found as Linux tells")


@linux
def test_a_process_that_is_killed_in_the_middle_changes_nothing(clones: Path, report: str) -> None:
    disturbed = start(clones, "--workers", "2")
    os.kill(until(lambda: at_the_slow_one(disturbed.pid)), signal.SIGKILL)
    assert ended(disturbed) == report


@linux
def test_it_ends_at_a_signal_and_leaves_no_process(clones: Path) -> None:
    run = start(clones, "--workers", "2")
    until(lambda: at_the_slow_one(run.pid))
    below = [*children(run.pid, "resident"), *children(run.pid, "serve")]
    before = time.monotonic()
    run.send_signal(signal.SIGTERM)
    out, err = run.communicate(timeout=60)
    assert time.monotonic() - before < SECONDS_TO_END
    assert (run.returncode, out, err) == (128 + signal.SIGTERM, "", "")
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below))


@pytest.fixture
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=100
    ) as opened:
        yield opened


def test_a_cluster_gives_the_report_of_this_machine(clones: Path, report: str, cluster: Any) -> None:
    run = start(clones, "--cluster", cluster.scheduler_address)
    worker = until(lambda: busy_with_slow(cluster))
    os.kill(worker, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    assert ended(run) == report


def busy_with_slow(cluster: Any) -> int | None:
    """Give the process of the worker that has the slow repository, which comes last."""
    for worker in cluster.scheduler.workers.values():
        if any(state.key.endswith("-3") for state in worker.processing):
            return int(cluster.workers[worker.name].pid)
    return None
