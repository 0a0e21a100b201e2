"""The end of a run by a signal: what is temporary is taken away, and then the process ends at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_TERMINATED = 128
"""What shells add to the number of the signal that ended a program."""
_PATIENCE_SECONDS = 0.7
"""How long the way out may take: a library may swallow the exception, and one in the wrong moment may leave a lock."""
_NUMBERS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class _EndedError(SystemExit):
    """A signal came: each context on the way out takes its part away."""


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP end the program as an exception does, so that what is temporary is taken away.

    The process ends here: to take apart all that a large run holds in memory takes longer than a user waits.
    """
    try:
        with _handled(_raise):
            yield
    except _EndedError as end:
        _leave(end.code)


@contextmanager
def ended_at_once() -> Iterator[None]:
    """Let the same signals end the program from wherever it is: for a server, whose threads hear of no exception."""
    with _handled(_drop):
        yield


@contextmanager
def _handled(handler: Callable[[int, FrameType | None], NoReturn]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # Who starts a program with nohup, or in a script's background, has it ignore some of them.
    heard = [number for number in _NUMBERS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in heard}
    try:
        yield
    finally:
        for number, known in before.items():
            signal.signal(number, known)


def _raise(number: int, _frame: FrameType | None) -> NoReturn:
    _hear_no_more()
    guard = threading.Timer(_PATIENCE_SECONDS, _drop, (number, None))
    guard.daemon = True
    guard.start()
    raise _EndedError(_TERMINATED + number)


def _drop(number: int, _frame: FrameType | None) -> NoReturn:
    end_at_once(_TERMINATED + number)


def end_at_once(code: int) -> NoReturn:
    """Take away the temporary folders, which other frames still hold, and end; engines end with the pipe to them."""
    import atexit

    _hear_no_more()
    # Here tempfile removes what it would remove at the end of Python.
    atexit._run_exitfuncs()
    _leave(code)


def _hear_no_more() -> None:
    """Ignore a second signal: it must not keep the first one from taking away what is temporary."""
    if threading.current_thread() is threading.main_thread():
        for number in _NUMBERS:
            signal.signal(number, signal.SIG_IGN)


def _leave(code: object) -> NoReturn:
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)
