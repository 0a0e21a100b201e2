"""The PATHS of ``check``: files and folders, or ``-`` for a list of them on standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

MAX_LIST_BYTES = 16 * 1024 * 1024
"""A longer list on standard input is refused."""


class PathList(tuple[Path, ...]):
    """Paths that another program listed: that none of them is a file to check is no mistake."""

    __slots__ = ()


def paths_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``[PATHS]...`` as ``paths``: a tuple of Path, the current folder where none is named."""
    argument = click.argument(
        "paths",
        type=click.Path(exists=True, allow_dash=True, path_type=Path),
        nargs=-1,
        metavar="[PATHS]...",
        callback=_given,
    )
    return argument(command)


def _given(_ctx: click.Context, _param: click.Parameter, values: tuple[Path, ...]) -> tuple[Path, ...]:
    if Path("-") not in values:
        return values or (Path(),)
    if len(values) > 1:
        raise click.BadParameter("'-' reads the list of files from standard input, so no other path can be named")
    return read_list(sys.stdin.buffer.read(MAX_LIST_BYTES + 1))


def read_list(data: bytes) -> PathList:
    """Give the paths of a list, one a line, or each ended by a NUL byte (``git diff -z``), where there is one.

    They need not exist: a list of changes also names what was deleted. Raises click.BadParameter for a list that is too
    long, and for names in Git's quotes.
    """
    if len(data) > MAX_LIST_BYTES:
        raise click.BadParameter(f"the list on standard input is longer than {MAX_LIST_BYTES:,} bytes")
    lines = data.split(b"\0") if b"\0" in data else data.splitlines()
    names = [os.fsdecode(line) for line in lines if line.strip()]
    quoted = next((name for name in names if name.startswith('"') and name.endswith('"')), "")
    if quoted and b"\0" not in data:
        raise click.BadParameter(f"Git has quoted the name {quoted}; list the names with -z, as in 'git diff -z'")
    return PathList(map(Path, names))
