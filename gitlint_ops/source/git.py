"""Git as a reader of its own objects: plumbing only, without a repository's hooks, filters, helpers and transports.

A repository's configuration and the environment may name programs. What is run here starts none of them: no command
touches the index or the work tree, the file system monitor is off, and every transport is refused, so that a partial
clone fetches nothing behind our back.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path

GIT_TIMEOUT_SECONDS = 60
_SETTINGS = ("core.fsmonitor=false", "core.quotepath=off", "safe.bareRepository=explicit")
"""The last: a committed folder that looks like a bare repository is none, whatever its ``config`` names."""
_COMMAND = ("git", "--no-pager", *(word for setting in _SETTINGS for word in ("-c", setting)))


class GitError(Exception):
    """Git is not there, fell silent, or refused; ``message`` is the first line of what it said."""

    def __init__(self, message: str, exit_code: int = -1) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code


def git_environment() -> Mapping[str, str]:
    """Give the environment for Git: ours without any ``GIT_*``, and with all that could start a program turned off."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return kept | {
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def run_git(folder: Path, *arguments: str, accepted: Collection[int] = (0,), given: bytes = b"") -> bytes:
    """Run a plumbing command in a folder and give its output; ``given`` is its standard input.

    Raises GitError for any exit code not accepted.
    """
    try:
        done = subprocess.run(
            [*_COMMAND, *arguments],
            cwd=folder,
            env=git_environment(),
            input=given,
            capture_output=True,
            timeout=GIT_TIMEOUT_SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise GitError("there is no git on the PATH") from error
    except OSError as error:
        raise GitError(f"git does not start: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise GitError(f"git {arguments[0]} took over {GIT_TIMEOUT_SECONDS} seconds") from error
    if done.returncode not in accepted:
        raise GitError(_said(done.stderr) or f"git {arguments[0]} failed", done.returncode)
    return done.stdout


def git_text(folder: Path, *arguments: str) -> str | None:
    """Give what a plumbing command prints, as text; None where there is no Git, no repository, or no such thing."""
    try:
        return os.fsdecode(run_git(folder, *arguments))
    except GitError:
        # The caller asks whether there is an answer; one who must tell why there is none calls run_git.
        return None


def git_stream(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a plumbing command that answers on a pipe; the caller ends it. Raises GitError where it does not start."""
    try:
        return subprocess.Popen(
            [*_COMMAND, *arguments],
            cwd=folder,
            env=git_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise GitError(f"git does not start: {error.strerror}") from error


def git_top_level(folder: Path) -> Path | None:
    """Give the top folder of the Git work tree that holds this folder, or None."""
    output = git_text(folder, "rev-parse", "--show-toplevel")
    return Path(output.rstrip("\r\n")) if output else None


def _said(output: bytes) -> str:
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else ""
