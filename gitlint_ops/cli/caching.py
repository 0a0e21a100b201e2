"""``--cache-dir`` and ``--no-cache``: where and whether results are kept between runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitlint_ops.cli.errors import CommandError

if TYPE_CHECKING:
    from gitlint_ops.cache import AnswerCache, Memory, Store

LIMIT_VARIABLE = "GITLINT_OPS_CACHE_SIZE"
DEFAULT_LIMIT_MB = 512


@dataclass(frozen=True, slots=True)
class Cache:
    """An open cache for one root: its file, its memory, and what it answers for the engine."""

    store: Store
    memory: Memory
    answers: AnswerCache


def cache_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--cache-dir`` and ``--no-cache``."""
    none = click.option("--no-cache", is_flag=True, help="Use and keep no results of earlier runs.")
    return cache_folder_option(none(command))


def cache_folder_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--cache-dir``."""
    from gitlint_ops.cache.places import FOLDER_VARIABLE

    option = click.option(
        "--cache-dir",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help=f"Where results are kept between runs [default: {FOLDER_VARIABLE}, or the system's place for caches].",
    )
    return option(command)


def open_store(folder: Path | None) -> Store:
    """Open the file of the cache in ``folder``, or at its usual place. Raises CommandError for a limit that is none."""
    from gitlint_ops.cache import Store, cache_folder

    return Store(folder or cache_folder(), limit_bytes())


def limit_bytes() -> int:
    """Give how large the cache may become. Raises CommandError where the variable names no size."""
    text = os.environ.get(LIMIT_VARIABLE, "").strip() or str(DEFAULT_LIMIT_MB)
    if not text.isdecimal():
        raise CommandError(f"{LIMIT_VARIABLE} is '{text[:20]}', which is no size", "give whole megabytes, such as 512")
    return int(text) * 1024 * 1024


@contextmanager
def open_cache(root: Path, folder: Path | None, *, off: bool) -> Iterator[Cache | None]:
    """Open the cache for a repository, None where it is off; what was worked out is written at the end."""
    if off:
        yield None
        return
    from gitlint_ops.cache import AnswerCache, Memory, made_by

    store = open_store(folder)
    memory = Memory(store, made_by(), root)
    try:
        yield Cache(store, memory, AnswerCache(memory))
    finally:
        store.close()
