"""Standard output and error: results to the one, progress and diagnostics to the other."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Literal, TextIO

from gitlint_ops.cli.errors import CommandError

PIPE_WIDTH = 120
"""Cells a line where the output is not a terminal and COLUMNS is not set."""

_TICK_SECONDS = 1.0


def on_github() -> bool:
    """Tell whether this is a step of a GitHub Actions workflow, whose runner obeys commands in what is printed."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def diagnose(text: str) -> None:
    """Print one safe line to stderr."""
    from gitlint_ops.report.escape import break_commands

    _write(sys.stderr, (break_commands(text) if on_github() else text) + "\n")


def complain(message: str, advice: str = "") -> None:
    """Print a diagnostic to stderr, safe for terminals and for CI runners: what is wrong, then how to mend it."""
    from gitlint_ops.report.escape import printable

    diagnose(f"gitlint-ops: {printable(message)}")
    if advice:
        diagnose(f"help: {printable(advice)}")


def deliver(text: str, output: Path | None, *, commands: bool = False) -> None:
    """Print a result to stdout, or write it to ``output`` in one step: readers never see a part of it.

    ``commands`` says that its lines are commands to the CI runner, made to be obeyed.
    """
    from gitlint_ops.report.escape import break_commands

    if output is None:
        _write(sys.stdout, break_commands(text) if on_github() and not commands else text)
        return
    try:
        _replace(output, text)
    except OSError as error:
        raise CommandError(
            f"cannot write '{output}': {error.strerror}", "name a file in a folder that can be written"
        ) from error


def deliver_exactly(text: str) -> None:
    """Print manifests to stdout byte for byte; on a terminal alone, control characters are shown as escapes."""
    if not sys.stdout.isatty():
        _write(sys.stdout, text)
        return
    from gitlint_ops.report.escape import printable

    _write(sys.stdout, "\n".join(map(printable, text.split("\n"))))


def _write(stream: TextIO, text: str) -> None:
    """Write with the stream's own encoding, escaping what it lacks, and with LF line ends on every platform."""
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        stream.write(text)
        return
    try:
        stream.flush()
        buffer.write(text.encode(stream.encoding or "utf-8", "backslashreplace"))
        buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        close_quietly(stream)
        raise CommandError(
            f"cannot write the result: {error.strerror}", "make room for it, then run it again"
        ) from error


def close_quietly(stream: TextIO) -> None:
    """Let what a stream still holds go nowhere: at the end it must not be flushed into what refused it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _replace(output: Path, text: str) -> None:
    folder = output.resolve().parent
    part = tempfile.NamedTemporaryFile("wb", dir=folder, prefix=".gitlint-ops-", delete=False)  # noqa: SIM115 - closed below
    try:
        with part:
            part.write(text.encode("utf-8", "backslashreplace"))
        Path(part.name).chmod(0o666 & ~_umask())
        Path(part.name).replace(output)
    except BaseException:
        # A full disk, or a signal: what is half written must not stay.
        Path(part.name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def use_color(choice: Literal["auto", "always", "never"], output: Path | None) -> bool:
    """Decide on colour: as asked; else on a terminal that is not a CI log, unless NO_COLOR is set (https://no-color.org)."""
    if choice != "auto":
        return choice == "always"
    return output is None and _is_terminal(sys.stdout) and not os.environ.get("NO_COLOR")


def _is_terminal(stream: TextIO) -> bool:
    """Tell whether control sequences are obeyed there: a CI log can look like a terminal, and obeys none."""
    return stream.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")


def use_unicode(output: Path | None) -> bool:
    """Tell whether box-drawing characters can be written."""
    return output is not None or (sys.stdout.encoding or "").lower().replace("-", "") in {"utf8", "utf16", "utf32"}


def text_width(output: Path | None) -> int:
    """Give the cells a line: the terminal's (COLUMNS first), at most 140, or a fixed width for files and pipes."""
    if output is not None:
        return PIPE_WIDTH
    return min(shutil.get_terminal_size((PIPE_WIDTH, 24)).columns, 140)


class Progress:
    """One line on stderr that says what is being done, and for how long; only on a terminal that is no CI log.

    It is gone at the end.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._shown = _is_terminal(sys.stderr) and not quiet
        self._text = ""
        self._ended = threading.Event()
        self._clock: threading.Thread | None = None

    def say(self, text: str) -> None:
        """Show ``text`` in place of what was shown."""
        if not self._shown:
            return
        self._text = text
        _overwrite(text)
        if self._clock is None:
            self._clock = threading.Thread(target=self._count, args=(time.monotonic(),), daemon=True)
            self._clock.start()

    def _count(self, started: float) -> None:
        """Add the seconds, so that nobody takes a long run for one that hangs."""
        while not self._ended.wait(_TICK_SECONDS):
            _overwrite(f"{self._text} {time.monotonic() - started:.0f} s")

    def done(self) -> None:
        """Take the line away."""
        self._ended.set()
        if self._clock is not None:
            self._clock.join()
            _overwrite("")


def _overwrite(text: str) -> None:
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()
