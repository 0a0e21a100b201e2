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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gitlint_ops import profiling
from gitlint_ops.engine_answers import decoded
from gitlint_ops.engine_time import Budget, Recall

PROTOCOL = 1
REQUEST_TIMEOUT_MS = 60_000
"""How long one request may take in the engine, in milliseconds."""
_GRACE_SECONDS = 20.0
"""How much longer than a request's own limit the client waits before it ends a silent engine."""
_STARTS = 3
"""How often an engine is started that ends at once."""
_IN_FLIGHT = 32
"""How many requests are handed to the engine at once: enough to keep its workers busy, few enough to bound memory."""
_CRASHED: dict[str, Any] = {
    "error": {
        "kind": "crashed",
        "message": "the engine ended while it worked on this (out of memory, or a defect in a library)",
    }
}
_PASSED_ENVIRONMENT = ("SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "GOGC", "GOMEMLIMIT", "GOMAXPROCS")


class EngineError(Exception):
    """The engine refused or failed a request.

    ``kind`` is one of PROTOCOL.md's error kinds, ``crashed`` (the process ended, or fell silent, over this request), or
    ``out-of-time`` (the run's budget was used up before it).
    ``path`` is repository-relative, ``line`` 1-based (0 where unknown), ``url`` is what needs the network.
    """

    def __init__(self, kind: str, message: str, *, path: str = "", line: int = 0, url: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.path = path
        self.line = line
        self.url = url


_Requests = Sequence[Mapping[str, Any]]
_Answers = list[dict[str, Any] | EngineError]


class EngineUnavailableError(Exception):
    """The engine's binary is missing or does not start."""


class _EndedAtStartError(EngineUnavailableError):
    """The engine's process ended, or fell silent, before its greeting."""


def engine_folder() -> Path:
    """Give the folder that holds the engine's binary and its ``versions.json``."""
    return Path(__file__).parent / "_engine"


def engine_binary() -> Path:
    """Give the path of the engine's binary; raises EngineUnavailableError where it is not there."""
    path = engine_folder() / ("gitlint-ops-engine.exe" if sys.platform == "win32" else "gitlint-ops-engine")
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


def engine_confinement() -> Mapping[str, Any]:
    """Ask the engine what the kernel would hold it to (``engine/internal/confine``). Raises EngineUnavailableError."""
    try:
        command = [*engine_command(), "confinement"]
        done = subprocess.run(command, capture_output=True, env=_environment(), timeout=_GRACE_SECONDS, check=True)
        made: dict[str, Any] = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise EngineUnavailableError("the engine does not say how it is confined") from error
    return made


def _environment() -> dict[str, str]:
    """Give the engine's environment: nothing of ours that could hold a credential."""
    return {key: os.environ[key] for key in _PASSED_ENVIRONMENT if key in os.environ}


def _start(arguments: Sequence[str], environment: Mapping[str, str]) -> _Process:
    """Start an engine, and again where it ended at once: something on this machine may have killed it."""
    for _ in range(_STARTS - 1):
        try:
            return _Process(arguments, environment)
        except _EndedAtStartError:
            continue
    return _Process(arguments, environment)


class _Process:
    """One running engine: a pipe in, and a thread that puts each answer line into a queue (None at the end)."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        command = [*engine_command(), *arguments]
        try:
            self._popen = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
            )
        except OSError as error:
            raise EngineUnavailableError(f"the engine does not start: {error.strerror}") from error
        self.answers: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._check_greeting()

    def _read(self) -> None:
        for line in self._popen.stdout or ():
            self.answers.put(line)
        self.answers.put(None)

    def _check_greeting(self) -> None:
        try:
            line = self.answers.get(timeout=_GRACE_SECONDS)
        except queue.Empty:
            line = None
        greeting = decoded(line)
        if greeting is None:
            self.end()
            raise _EndedAtStartError("the engine ended as soon as it was started")
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
        # It comes to the end by itself; a pipe that is closed under it would be an error there.
        self._reader.join(_GRACE_SECONDS)
        for stream in filter(None, (self._popen.stdin, self._popen.stdout)):
            # The pipe may have broken with the process: there is nothing left to flush.
            with suppress(OSError):
                stream.close()


class EngineClient:
    """A resident engine over one repository root. Starts at the first call; use as a context manager, or call close().

    ``remembered`` knows answers of earlier runs; ``fetched`` is a folder of what was fetched, which the engine shows
    below the root (``gitlint_ops.source.vendor``); ``budget`` bounds the time of all requests together. Not for several
    threads at once: requests of one batch run in parallel inside the engine.
    """

    def __init__(
        self,
        root: Path,
        *,
        workers: int | None = None,
        timeout_ms: int = REQUEST_TIMEOUT_MS,
        remembered: Recall | None = None,
        fetched: Path | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._root = root
        self._workers = workers
        self._timeout_ms = timeout_ms
        self._remembered = remembered
        self._fetched = fetched
        self.budget = budget or Budget()
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

    def arguments(self) -> list[str]:
        """Give the arguments that the program is started with."""
        workers = ["--workers", str(self._workers)] if self._workers else []
        fetched = ["--fetched", str(self._fetched)] if self._fetched is not None else []
        return ["serve", "--root", str(self._root), *workers, *fetched]

    def environment(self) -> dict[str, str]:
        """Give the environment that the program is started in: of the user's, only what it needs to run."""
        return _environment()

    def at(self, root: Path, fetched: Path | None = None) -> EngineClient:
        """Give a client over another root, which remembers what this one does; ``fetched`` None is this one's."""
        remembered = self._remembered.at(root) if self._remembered is not None else None
        return EngineClient(
            root,
            workers=self._workers,
            timeout_ms=self._timeout_ms,
            remembered=remembered,
            fetched=fetched or self._fetched,
            budget=self.budget,
        )

    def depends_on(self, kind: str, path: str = "") -> None:
        """Say that the run looks at something else; kind and path are those of ``gitlint_ops.cache.Read``."""
        if self._remembered is not None:
            self._remembered.note(kind, path)

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
        with self.budget.running():
            self._answer(list(self._unknown(requests, answers)), requests, answers)
        self.requests += len(requests)
        return answers

    def _answer(self, waiting: list[int], requests: _Requests, answers: _Answers) -> None:
        """Fill in the answers to the requests of these indexes."""
        suspects: deque[int] = deque()
        while waiting or suspects:
            if suspects:
                for index in self._run([suspects.popleft()], requests, answers):
                    answers[index] = self._taken(requests[index], _CRASHED)
                continue
            with profiling.span("engine", f"{len(waiting)} requests"):
                lost = self._run(waiting, requests, answers)
            suspects.extend(lost[:_IN_FLIGHT])
            waiting = lost[_IN_FLIGHT:]

    def call_anew(self, requests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any] | EngineError]:
        """As ``call_many``, but nothing is remembered: for what a chart may render otherwise each time."""
        remembered, self._remembered = self._remembered, None
        try:
            return self.call_many(requests)
        finally:
            self._remembered = remembered

    def _unknown(self, requests: _Requests, answers: _Answers) -> Iterator[int]:
        """Fill in the answers that are remembered; give the indexes of the others."""
        for index, request in enumerate(requests):
            answer = self._remembered.recall(request) if self._remembered is not None else None
            if answer is None:
                yield index
            else:
                answers[index] = _result(request, answer)

    def _taken(self, request: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any] | EngineError:
        """Remember an answer, and give it as its caller gets it."""
        if self._remembered is not None:
            self._remembered.keep(request, answer)
        return _result(request, answer)

    def _run(self, batch: Sequence[int], requests: _Requests, answers: _Answers) -> list[int]:
        """Send a batch to the running process; give the indexes that were lost with it, those in flight first."""
        to_send = self._in_time(batch, requests, answers)
        in_flight: dict[int, int] = {}
        process = self._process = self._process or _start(self.arguments(), self.environment())
        try:
            self._fill(process, to_send, in_flight, requests)
            while in_flight:
                answer = self._receive(process)
                if answer is None:
                    self.close()
                    break
                index = in_flight.pop(answer["id"], None)
                if index is not None:
                    profiling.note_answer(requests[index], answer)
                    answers[index] = self._taken(requests[index], answer)
                if answer.get("restart"):
                    # An abandoned request still eats a core: a fresh process serves the rest.
                    self.close()
                    break
                self._fill(process, to_send, in_flight, requests)
        except (BrokenPipeError, ConnectionResetError):
            # The process is gone: what is in flight is lost, as below.
            self.close()
        return [*in_flight.values(), *to_send]

    def _in_time(self, batch: Iterable[int], requests: _Requests, answers: _Answers) -> Iterator[int]:
        """Give the indexes one by one; those for which there is no time get their answer."""
        for index in batch:
            if self.budget.refuses(requests[index]):
                answers[index] = self._taken(requests[index], self.budget.answer())
            else:
                yield index

    def _fill(
        self,
        process: _Process,
        to_send: Iterator[int],
        in_flight: dict[int, int],
        requests: _Requests,
    ) -> None:
        asked = {**profiling.asked(), **({"reads": True} if self._remembered is not None else {})}
        while len(in_flight) < _IN_FLIGHT:
            index = next(to_send, None)
            if index is None:
                return
            self._next_id += 1
            in_flight[self._next_id] = index
            process.send({"id": self._next_id, "timeout_ms": self._timeout_ms, **requests[index], **asked})

    def _receive(self, process: _Process) -> dict[str, Any] | None:
        deadline = time.monotonic() + self._timeout_ms / 1000 + _GRACE_SECONDS
        try:
            line = process.answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return None
        return decoded(line)


def _result(request: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any] | EngineError:
    if answer.get("ok"):
        if not request.get("reads"):
            answer.pop("reads", None)
        return answer
    error = answer.get("error") or {}
    return EngineError(
        str(error.get("kind", "failed")),
        str(error.get("message", "the engine gave no reason")),
        path=str(error.get("path") or ""),
        line=int(error.get("line") or 0),
        url=str(error.get("url") or ""),
    )
