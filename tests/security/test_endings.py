"""However a run ends: in time, with a right report or a clear error, and with nothing left behind."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.repositories import Repository

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found and limited as Linux does")

OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {0}\ndata:\n  a: b\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {{name: {0}}}\nspec:\n  containers: [{{name: a, image: 'nginx:latest'}}]\n"
UNITS = 20
RUNS = int(os.environ.get("GITLINT_OPS_FAULTS", "2"))
"""How many runs are disturbed; ``make faults`` disturbs 200."""
ENGINE_ENDED = "the engine ended while it worked on this (out of memory, or a defect in a library)"
SECONDS_TO_END = 5.0
"""The bar is one second, and what it takes is a fifth of that; tests share their machine. It is printed."""


def repository(folder: Path, *, endless: bool = False) -> Path:
    """Write a repository of many units, one of which never ends if asked for."""
    files = {
        f"apps/a{at}/kustomization.yaml": f"resources: [a.yaml, pod.yaml]\nnamespace: n{at}\n" for at in range(UNITS)
    }
    files |= {f"apps/a{at}/a.yaml": OBJECT.format(f"a{at}") for at in range(UNITS)}
    files |= {f"apps/a{at}/pod.yaml": POD.format(f"a{at}") for at in range(UNITS)}
    if endless:
        files["chart/Chart.yaml"] = "apiVersion: v2\nname: endless\nversion: 1.0.0\n"
        files["chart/values.yaml"] = "t: '{{ tpl .Values.t . }}'\n"
        files["chart/templates/a.yaml"] = "a: {{ range until 100000000 }}{{ range until 100000 }}{{ end }}{{ end }}\n"
    made = Repository(folder / "repo")
    made.commit(files)
    made.write(files)
    return made.root


CHECK = "check . --fail-on never"


def start(root: Path, *options: str, command: str = CHECK, **given: Any) -> subprocess.Popen[bytes]:
    """Start a command, by default a check, whose temporary files have a folder of their own."""
    (root.parent / "tmp").mkdir(exist_ok=True)
    environment = {**os.environ, "TMPDIR": str(root.parent / "tmp")}
    return subprocess.Popen(
        [sys.executable, "-m", "gitlint_ops", *command.split(), "--no-cache", *options],
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        **given,
    )


def engines(root: Path) -> list[int]:
    """Give the process ids of the engines that serve below a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            # It ended while we looked.
            continue
        if b"serve" in words and any(word.startswith(os.fsencode(root.parent)) for word in words):
            found.append(int(process.name))
    return found


def wait_for_engine(root: Path) -> None:
    deadline = time.monotonic() + 20
    while not engines(root) and time.monotonic() < deadline:
        time.sleep(0.02)


def left_behind(root: Path) -> list[str]:
    """Give what lies where a run may leave something: beside the repository, in it, and among what is temporary."""
    return sorted(
        str(path) for path in (*root.parent.glob("tmp/*"), *root.glob(".gitlint-ops*"), *root.parent.glob("out/*"))
    )


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    """Let what is started hear SIGINT, also where the tests run in the background of a script."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def signalled(run: subprocess.Popen[bytes], number: signal.Signals, *, at_work: bool = True) -> None:
    """Send a signal, and see the process end in time and in order.

    One not ``at_work`` yet, or no more, just dies, or has come to its end before the signal.
    """
    began = time.monotonic()
    run.send_signal(number)
    _, err = run.communicate(timeout=20)
    took = time.monotonic() - began
    sys.stderr.write(f"{number.name}: ended after {took * 1000:.0f} ms\n")
    assert took < SECONDS_TO_END
    assert run.returncode in ((128 + number,) if at_work else (128 + number, -number, 0))
    assert b"Traceback" not in err


def wait_for_no_engine(root: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_END
    while engines(root) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert engines(root) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
@pytest.mark.parametrize("options", [(), ("--base", "HEAD")], ids=["check", "base"])
def test_a_signal_ends_the_run(number: signal.Signals, options: tuple[str, ...], tmp_path: Path) -> None:
    root = repository(tmp_path, endless=True)
    (tmp_path / "out").mkdir()
    run = start(root, "--output", f"json={tmp_path}/out/report.json", *options)
    wait_for_engine(root)
    time.sleep(0.3)
    signalled(run, number)
    wait_for_no_engine(root)
    assert left_behind(root) == []


def test_a_signal_ends_a_run_at_any_moment(tmp_path: Path) -> None:
    root = repository(tmp_path)
    report = tmp_path / "out/report.html"
    report.parent.mkdir()
    # From the imports up to the rules, the report and the end of Python.
    for moment in (0.3, 0.6, 0.9, 1.2):
        run = start(root, "--output", f"html={report}")
        time.sleep(moment)
        if run.poll() is None:
            signalled(run, signal.SIGTERM, at_work=False)
            # Where the signal came after the report, that is whole.
            assert left_behind(root) in ([], [str(report)])
            assert not report.exists() or report.read_text("utf-8").endswith("</html>\n")
        run.communicate()
        report.unlink(missing_ok=True)
    wait_for_no_engine(root)


def test_a_signal_ends_a_run_whose_reader_is_slow(tmp_path: Path) -> None:
    import fcntl

    root = repository(tmp_path)
    run = start(root, "--format", "html")
    assert run.stdout is not None
    fcntl.fcntl(run.stdout, fcntl.F_SETPIPE_SZ, 4096)
    # The page is larger than the pipe: once its first byte is here, the rest waits to be written.
    assert os.read(run.stdout.fileno(), 1) == b"<"
    signalled(run, signal.SIGINT)


def test_a_signal_ends_a_fetch(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    root.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/charts"
        chart = f"helmCharts: [{{name: x, version: 1.0.0, repo: '{address}'}}]\n"
        (root / "kustomization.yaml").write_text(chart, "utf-8")
        run = start(root, "--allow-host", "127.0.0.1", command="vendor")
        silent.settimeout(20)
        with silent.accept()[0]:
            signalled(run, signal.SIGTERM)
    assert [path for path in (*root.rglob("*"), *tmp_path.glob("tmp/*")) if path.is_file()] == [
        root / "kustomization.yaml"
    ]


def test_a_signal_ends_the_language_server(tmp_path: Path) -> None:
    root = repository(tmp_path, endless=True)
    opened = {"uri": (root / "chart/Chart.yaml").as_uri(), "languageId": "yaml", "version": 1, "text": ""}
    run = start(root, command="lsp", stdin=subprocess.PIPE)
    assert run.stdin is not None
    for message in (
        {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": root.as_uri(), "capabilities": {}}},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": opened}},
    ):
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        run.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
    run.stdin.flush()
    wait_for_engine(root)
    signalled(run, signal.SIGTERM)
    wait_for_no_engine(root)
    assert left_behind(root) == []


def test_a_killed_run_leaves_no_engine(tmp_path: Path) -> None:
    root = repository(tmp_path, endless=True)
    run = start(root)
    wait_for_engine(root)
    run.kill()
    run.communicate(timeout=20)
    wait_for_no_engine(root)


def found(report: Mapping[str, Any]) -> set[tuple[str, str, int]]:
    return {(f["rule"], f["location"]["path"], f["location"]["line"]) for f in report["findings"]}


def test_a_killed_engine_costs_nothing_or_is_told(tmp_path: Path) -> None:
    root = repository(tmp_path)
    began = time.monotonic()
    whole = json.loads(start(root, "--format", "json").communicate(timeout=100)[0])
    took = time.monotonic() - began
    dice = random.Random(7)
    for _ in range(RUNS):
        run = start(root, "--format", "json")
        for _ in range(dice.randint(1, 3)):
            time.sleep(dice.uniform(0.05, took / 2))
            for process in engines(root):
                os.kill(process, signal.SIGKILL)
        out, err = run.communicate(timeout=100)
        assert b"Traceback" not in err
        assert run.returncode == 0, err
        report = json.loads(out)
        lost = {gap["path"] for gap in report["coverage"]["failed"] if gap["reason"] == ENGINE_ENDED}
        unread = {gap["path"] for gap in report["coverage"]["unreadable"]}
        missed = {
            place
            for place in found(whole) - found(report)
            if not any(place[1].startswith(path) for path in lost | unread)
        }
        assert missed == set()
        assert engines(root) == []
        assert left_behind(root) == []


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    import resource

    root = repository(tmp_path)
    (tmp_path / "out").mkdir()

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    run = start(root, "--output", f"html={tmp_path}/out/report.html", preexec_fn=limited)
    _, err = run.communicate(timeout=100)
    assert run.returncode == 2
    assert f"gitlint-ops: cannot write '{tmp_path}/out/report.html': File too large\n".encode() in err
    assert left_behind(root) == []


def test_a_full_disk_under_the_base_is_told(tmp_path: Path) -> None:
    import resource

    root = repository(tmp_path)
    Repository(root).commit({"large.yaml": "# " + "x" * 100_000 + "\n"})

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    run = start(root, "--base", "HEAD", preexec_fn=limited)
    _, err = run.communicate(timeout=100)
    assert (run.returncode, b"gitlint-ops: cannot write: File too large\n" in err) == (2, True), err
    assert left_behind(root) == []


def test_a_full_standard_output_is_told(tmp_path: Path) -> None:
    root = repository(tmp_path)
    command = [sys.executable, "-m", "gitlint_ops", "check", "."]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, cwd=root, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"gitlint-ops: cannot write the result: No space left on device\n")


def test_no_home_and_nowhere_to_write_is_no_obstacle(tmp_path: Path) -> None:
    root = repository(tmp_path)
    nowhere = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), "/proc/nowhere")
    command = [sys.executable, "-m", "gitlint_ops", "check", ".", "--fail-on", "never"]
    done = subprocess.run(command, cwd=root, env=os.environ | nowhere, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout
