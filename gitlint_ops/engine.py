"""The client of the engine: starts the resident process, sends requests, reads answers, and survives its end.

The engine (``engine/``, Go) renders; its protocol is in ``engine/PROTOCOL.md``. Requests and answers are JSON lines.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PROTOCOL = 1
REQUEST_TIMEOUT_MS = 60_000
"""How long one request may take in the engine, in milliseconds."""
_GRACE_SECONDS = 20.0
"""How much longer than a request's own limit the client waits before it ends a silent engine."""
_IN_FLIGHT = 32
"""How many requests are handed to the engine at once: enough to keep its workers busy, few enough to bound memory."""
_PASSED_ENVIRONMENT = ("SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "GOGC", "GOMEMLIMIT", "GOMAXPROCS")


class EngineError(Exception):
    """The engine refused or failed a request.

    ``kind`` is one of PROTOCOL.md's error kinds, or ``crashed`` (the process ended, or fell silent, over this request).
    ``path`` is repository-relative, ``line`` 1-based (0 where unknown), ``url`` is what needs the network.
    """

    def __init__(self, kind: str, message: str, *, path: str = "", line: int = 0, url: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.path = path
        self.line = line
        self.url = url


class EngineUnavailableError(Exception):
    """The engine's binary is missing or does not start."""


def engine_folder() -> Path:
    """Give the folder that holds the engine's binary and its ``versions.json``."""
    return Path(__file__).parent / "_engine"


def engine_binary() -> Path:
    """Give the path of the engine's binary; raises EngineUnavailableError where it is not there."""
    name = "gitlint-ops-engine.exe" if sys.platform == "win32" else "gitlint-ops-engine"
    path = engine_folder() / name
    if not path.is_file():
        raise EngineUnavailableError(
            "the engine is not built: install the package with 'pip install .', or run 'make setup' in a checkout"
        )
    return path


def engine_command() -> list[str]:
    """Give the command that starts the engine, without its arguments; raises EngineUnavailableError."""
    return [str(engine_binary())]


@cache
def engine_versions() -> Mapping[str, Any]:
    """Give the engine's greeting as recorded when it was built (protocol, engine, kustomize, helm, go); no process."""
    try:
        text = (engine_folder() / "versions.json").read_text("utf-8")
    except OSError as error:
        raise EngineUnavailableError("the engine is not built: run 'make setup' in a checkout") from error
    greeting: dict[str, Any] = json.loads(text)
    return greeting


class _Process:
    """One running engine: a pipe in, and a thread that puts each answer line into a queue (None at the end)."""

    def __init__(self, root: Path, workers: int | None) -> None:
        command = [*engine_command(), "serve", "--root", str(root)]
        if workers:
            command += ["--workers", str(workers)]
        environment = {key: os.environ[key] for key in _PASSED_ENVIRONMENT if key in os.environ}
        try:
            self._popen = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
            )
        except OSError as error:
            raise EngineUnavailableError(f"the engine does not start: {error.strerror}") from error
        self.answers: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()
        self._check_greeting()

    def _read(self) -> None:
        stream = self._popen.stdout
        if stream is not None:
            for line in stream:
                self.answers.put(line)
        self.answers.put(None)

    def _check_greeting(self) -> None:
        try:
            line = self.answers.get(timeout=_GRACE_SECONDS)
        except queue.Empty:
            line = None
        greeting = _decoded(line) or {}
        if greeting.get("protocol") != PROTOCOL:
            self.end()
            raise EngineUnavailableError(
                f"the engine speaks protocol {greeting.get('protocol', 'none')}, this version needs {PROTOCOL}: "
                "build it anew with 'make setup'"
            )

    def send(self, request: Mapping[str, Any]) -> None:
        stream = self._popen.stdin
        if stream is None:
            raise BrokenPipeError
        stream.write(json.dumps(request, separators=(",", ":"), ensure_ascii=True).encode() + b"\n")
        stream.flush()

    @property
    def pid(self) -> int:
        return self._popen.pid

    def end(self) -> None:
        self._popen.kill()
        self._popen.wait()
        for stream in (self._popen.stdin, self._popen.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    # The pipe broke with the process; there is nothing left to flush.
                    continue


class EngineClient:
    """A resident engine over one repository root. Starts at the first call; use as a context manager, or call close().

    Not for several threads at once: requests of one batch run in parallel inside the engine.
    """

    def __init__(self, root: Path, *, workers: int | None = None, timeout_ms: int = REQUEST_TIMEOUT_MS) -> None:
        self._root = root
        self._workers = workers
        self._timeout_ms = timeout_ms
        self._process: _Process | None = None
        self._next_id = 0
        self.requests = 0
        """How many requests were answered, for the run's figures."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process id of the running engine, None where none runs."""
        return self._process.pid if self._process is not None else None

    def close(self) -> None:
        """End the engine, if it runs."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def call(self, verb: str, **fields: Any) -> dict[str, Any]:
        """Send one request and give its answer; raises EngineError where the engine refuses or fails it."""
        answer = self.call_many([{"verb": verb, **fields}])[0]
        if isinstance(answer, EngineError):
            raise answer
        return answer

    def call_many(self, requests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any] | EngineError]:
        """Send many requests, keeping the engine's workers busy, and give their answers (or errors) in request order.

        A crash or a silent engine costs the guilty request only: the others in flight are sent again to a new process,
        one at a time until the guilty one is known.
        """
        answers: list[dict[str, Any] | EngineError] = [EngineError("crashed", "not sent")] * len(requests)
        waiting = deque(range(len(requests)))
        suspects: deque[int] = deque()
        while waiting or suspects:
            if suspects:
                lost = self._run([suspects.popleft()], requests, answers)
                for index in lost:
                    answers[index] = EngineError(
                        "crashed", "the engine ended while it worked on this (out of memory, or a defect in a library)"
                    )
                continue
            batch = list(waiting)
            waiting.clear()
            lost = self._run(batch, requests, answers)
            suspects.extend(lost[:_IN_FLIGHT])
            waiting.extend(lost[_IN_FLIGHT:])
        self.requests += len(requests)
        return answers

    def _run(
        self, batch: Sequence[int], requests: Sequence[Mapping[str, Any]], answers: list[dict[str, Any] | EngineError]
    ) -> list[int]:
        """Send a batch to the running process; give the indexes that were lost with it, those in flight first."""
        process = self._process = self._process or _Process(self._root, self._workers)
        to_send = iter(batch)
        in_flight: dict[int, int] = {}
        try:
            self._fill(process, to_send, in_flight, requests)
            while in_flight:
                answer = self._receive(process)
                if answer is None:
                    self.close()
                    break
                index = in_flight.pop(answer["id"], None)
                if index is not None:
                    answers[index] = _result(answer)
                if answer.get("restart"):
                    # An abandoned request still eats a core: a fresh process serves the rest.
                    self.close()
                    break
                self._fill(process, to_send, in_flight, requests)
        except (BrokenPipeError, ConnectionResetError):
            # The process is gone: what is in flight is lost, as below.
            self.close()
        return [*in_flight.values(), *to_send]

    def _fill(
        self,
        process: _Process,
        to_send: Iterator[int],
        in_flight: dict[int, int],
        requests: Sequence[Mapping[str, Any]],
    ) -> None:
        while len(in_flight) < _IN_FLIGHT:
            index = next(to_send, None)
            if index is None:
                return
            self._next_id += 1
            in_flight[self._next_id] = index
            process.send({"id": self._next_id, "timeout_ms": self._timeout_ms, **requests[index]})

    def _receive(self, process: _Process) -> dict[str, Any] | None:
        deadline = time.monotonic() + self._timeout_ms / 1000 + _GRACE_SECONDS
        try:
            line = process.answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return None
        return _decoded(line)


def _decoded(line: bytes | None) -> dict[str, Any] | None:
    """Give an answer; None at the output's end, which a process that dies while it writes leaves in mid-line."""
    try:
        answer: dict[str, Any] | None = json.loads(line) if line else None
    except ValueError:
        return None
    return answer


def _result(answer: dict[str, Any]) -> dict[str, Any] | EngineError:
    if answer.get("ok"):
        return answer
    error = answer.get("error") or {}
    return EngineError(
        str(error.get("kind", "failed")),
        str(error.get("message", "the engine gave no reason")),
        path=str(error.get("path") or ""),
        line=int(error.get("line") or 0),
        url=str(error.get("url") or ""),
    )
