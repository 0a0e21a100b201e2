"""The one top-level error boundary: a known error is told with a ``help:`` line, an unknown one saved to a log."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from typing import Any

import click

from gitlint_ops import __version__
from gitlint_ops.cli import exit_codes
from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.streams import close_quietly, complain

ISSUES = "https://github.com/gitlint-ops/gitlint-ops/issues"
_INTERRUPTED = 130
"""What shells give for a program that Ctrl-C ended."""
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


def run_guarded(run: Callable[[], Any]) -> int:
    """Run a command and give the exit code: its own, or that of the error it ended in. Lets no exception through."""
    try:
        code = run()
    except (click.exceptions.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except click.ClickException as error:
        return _tell_click(error)
    except BrokenPipeError:
        return _close_pipe()
    except Exception as error:  # noqa: BLE001 - the one place where every error ends
        known = known_error(error)
        return _tell(known) if known else tell_defect(error)
    return code if isinstance(code, int) else exit_codes.OK


def known_error(error: Exception) -> CommandError | None:
    """Give an error of one of the rooms as the user should read it; None for one that nobody foresaw."""
    from gitlint_ops.config import ConfigError
    from gitlint_ops.engine import EngineUnavailableError
    from gitlint_ops.lint.errors import BaselineError
    from gitlint_ops.source.vendor import VendorError

    if isinstance(error, CommandError):
        return error
    if isinstance(error, ConfigError):
        place = f"{error.path}:{error.line}: " if error.line else f"{error.path}: " if error.path else ""
        return CommandError(f"{place}{error.message}", "correct the configuration, or run with --no-config")
    if isinstance(error, BaselineError | VendorError):
        advice = "restore it, or delete it and run 'gitlint-ops baseline'; 'check --no-baseline' does without it"
        return CommandError(str(error), error.advice if isinstance(error, VendorError) else advice)
    if isinstance(error, EngineUnavailableError):
        advice = "without its engine the program cannot read or render anything; reinstall it"
        return CommandError(str(error), advice, exit_codes.NOTHING_CHECKED)
    return _known_os_error(error) if isinstance(error, OSError) else None


def _known_os_error(error: OSError) -> CommandError | None:
    if isinstance(error, PermissionError) and error.filename:
        message = f"cannot read '{os.fsdecode(error.filename)}': {error.strerror}"
        return CommandError(message, "run it as a user who can read the repository", exit_codes.NOTHING_CHECKED)
    if error.errno in _NO_ROOM:
        advice = "make room; the variable TMPDIR names the folder for what is temporary"
        return CommandError(f"cannot write: {error.strerror}", advice)
    return None


def explained(error: Exception) -> tuple[str, int]:
    """Give any error as one text, with the exit code for it; the details of a defect of ours are saved to a log."""
    known = known_error(error)
    if known:
        return f"{known.message}; {known.advice}", known.exit_code
    return f"a defect of ours: {_defect(error)} ({_saved(error)})", exit_codes.DEFECT


def _tell(error: CommandError) -> int:
    complain(error.message, error.advice)
    return error.exit_code


def _tell_click(error: click.ClickException) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return exit_codes.USAGE
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "gitlint-ops"
    complain(error.format_message(), f"'{command} --help' shows what is accepted")
    return exit_codes.USAGE


def _close_pipe() -> int:
    """End quietly where the reader of our output left (``| head``)."""
    close_quietly(sys.stdout)
    return exit_codes.FINDINGS


def tell_defect(error: Exception) -> int:
    """Save the details of a defect of ours to a log, say where it is, and give the exit code for it."""
    complain(
        f"a defect of ours: {_defect(error)} ({_saved(error)})",
        f"please open an issue at {ISSUES} with that file; read it first, it may quote lines of your repository",
    )
    return exit_codes.DEFECT


def _saved(error: Exception) -> str:
    try:
        return f"the details are in {save_log(error)}"
    except OSError as refusal:
        return f"the details could not be saved: {refusal.strerror}"


def _defect(error: Exception) -> str:
    """Name the defect without the error's text, which may quote a value of the repository."""
    if type(error).__name__ == "InternalError":
        # The lint room's own: it begins with the rule that crashed, which the user can turn off until we mend it.
        from gitlint_ops.report.json_report import defect_name

        return defect_name(error)
    return type(error).__name__


def save_log(error: Exception) -> str:
    """Write versions, platform and traceback (no options, no environment) to a log and give the log's path."""
    import platform
    import tempfile
    import traceback

    from gitlint_ops.report.escape import printable

    lines = [
        f"gitlint-ops {__version__}",
        f"Python {platform.python_version()} on {platform.platform()}",
        "",
        *"".join(traceback.format_exception(error)).splitlines(),
    ]
    with tempfile.NamedTemporaryFile(
        "w", prefix="gitlint-ops-", suffix=".log", delete=False, encoding="utf-8", newline="\n"
    ) as log:
        log.write("\n".join(map(printable, lines)) + "\n")
    return log.name
