"""A resident process that checks one repository after the other (``gitlint_ops.cli.resident``), and its client."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import IO

from gitlint_ops.fleet.model import NOT_CHECKED, Answer, Task

COMMAND = (sys.executable, "-P", "-m", "gitlint_ops.cli.resident")
"""``-P``: nothing is imported from the current folder, which may be a repository."""
ATTEMPTS = 2
"""How often a repository is tried when the process dies over it: something else may have killed it."""
_END_SECONDS = 0.3
"""How long a process may take to put away what is temporary."""


class CheckerEndedError(Exception):
    """The process ended over a task; the text says how."""


class CheckerTimeoutError(Exception):
    """A task took too long, and its process was ended."""


class Checker:
    """One resident process; it starts with the first task, and again where it has ended.

    ``seconds`` is how long a task may take. Tasks come from one thread; ``close`` may be called from another.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def answer(self, task: Task) -> Answer:
        """Give what came of a task: also where the process dies over it, twice, or takes too long."""
        reason = ""
        for _ in range(ATTEMPTS):
            try:
                return self._ask(task)
            except CheckerTimeoutError:
                reason = f"its check took longer than {self._seconds:,.0f} s and was ended"
                break
            except CheckerEndedError as error:
                reason = f"the process that checked it ended {ATTEMPTS} times ({error})"
        return Answer(reason=reason, exit_code=NOT_CHECKED)

    def _ask(self, task: Task) -> Answer:
        process, started = self._running(), time.monotonic()
        guard = threading.Timer(self._seconds, process.kill)
        guard.daemon = True
        guard.start()
        try:
            return Answer.read(_exchanged(process, task.line()))
        except (OSError, ValueError) as error:
            self._end(process)
            if time.monotonic() - started >= self._seconds:
                raise CheckerTimeoutError from error
            raise CheckerEndedError(_ending(process.returncode)) from error
        finally:
            guard.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._closed:
            raise CheckerEndedError("the run ended")
        if self._process is not None and self._process.poll() is not None:
            self._end(self._process)
        if self._process is None:
            # A group of its own: Ctrl-C at the terminal is for us alone, who end it.
            try:
                self._process = subprocess.Popen(
                    COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
                )
            except OSError as error:
                raise CheckerEndedError(f"it does not start: {error.strerror}") from error
        return self._process

    def close(self) -> None:
        """End the process: the end of its input lets it put away what is temporary, if it is quick."""
        self._closed = True
        process = self._process
        if process is None:
            return
        _close(process.stdin)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_END_SECONDS)
        self._end(process)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()
        _close(process.stdin)
        _close(process.stdout)
        self._process = None


def _close(stream: IO[bytes] | None) -> None:
    """Close a pipe; what it still holds for a process that has ended goes nowhere."""
    with suppress(OSError):
        stream.close() if stream else None


def _exchanged(process: subprocess.Popen[bytes], line: str) -> bytes:
    """Send a line and give the one that comes back, b'' where the process ends. Raises OSError."""
    if process.stdin is None or process.stdout is None:
        raise BrokenPipeError
    process.stdin.write(line.encode("ascii") + b"\n")
    process.stdin.flush()
    return process.stdout.readline()


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
