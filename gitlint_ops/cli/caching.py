"""``--cache-dir`` and ``--no-cache``: where and whether results are kept between runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitlint_ops.cli.errors import CommandError

if TYPE_CHECKING:
    from gitlint_ops.cache import AnswerCache, Memory, Store
    from gitlint_ops.cache.remote import Remote
    from gitlint_ops.cli.session import PlaceOptions

URL_VARIABLE = "GITLINT_OPS_CACHE_URL"
READ_ONLY_VARIABLE = "GITLINT_OPS_CACHE_READ_ONLY"
LIMIT_VARIABLE = "GITLINT_OPS_CACHE_SIZE"
DEFAULT_LIMIT_MB = 512


@dataclass(frozen=True, slots=True)
class Cache:
    """An open cache for one root: its file, its memory, and what it answers for the engine."""

    store: Store
    memory: Memory
    answers: AnswerCache


def cache_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--cache-dir``, ``--cache-url``, ``--cache-read-only`` and ``--no-cache``."""
    url = click.option(
        "--cache-url",
        default="",
        metavar="URL",
        envvar=URL_VARIABLE,
        help="Share results with other machines, in s3://, gs://, file:// or what else fsspec knows "
        f"[default: {URL_VARIABLE}].",
    )
    read_only = click.option(
        "--cache-read-only",
        is_flag=True,
        envvar=READ_ONLY_VARIABLE,
        help=f"Take results from --cache-url and send none there [default: {READ_ONLY_VARIABLE}].",
    )
    none = click.option("--no-cache", is_flag=True, help="Use and keep no results of earlier runs.")
    return cache_folder_option(url(read_only(none(command))))


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
def open_cache(root: Path, place: PlaceOptions) -> Iterator[Cache | None]:
    """Open the cache for a repository, None where it is off; what was worked out is written at the end.

    Raises CommandError for a remote store that nobody can use.
    """
    if place.no_cache:
        yield None
        return
    from gitlint_ops.cache import AnswerCache, Memory, made_by

    with _store_of(place) as store:
        memory = Memory(store, made_by(), root)
        yield Cache(store, memory, AnswerCache(memory))


@contextmanager
def _store_of(place: PlaceOptions) -> Iterator[Store]:
    """Open the local store, behind the remote one where there is one: what goes wrong with that is told once."""
    from gitlint_ops.cache import cache_folder

    remote = _open_remote(place)
    if remote is None:
        with closing(open_store(place.cache_dir)) as store:
            yield store
        return
    from gitlint_ops.cache.remote import open_shared, send_made
    from gitlint_ops.cli.errors import complain

    try:
        with closing(open_shared(remote, place.cache_dir or cache_folder(), limit_bytes())) as store:
            yield store
            send_made(remote, store)
    finally:
        if remote.problem:
            complain(f"the cache at --cache-url is not used: {remote.problem}", "this cost time, and nothing else")


def _open_remote(place: PlaceOptions) -> Remote | None:
    if not place.cache_url:
        return None
    try:
        from gitlint_ops.cache.remote import Remote, RemoteError

        return Remote(place.cache_url, read_only=place.cache_read_only)
    except RemoteError as error:
        advice = "install what reads it, as with: pip install 'gitlint-ops[remote]'; or name another one"
        raise CommandError(f"--cache-url: {error}", advice) from error
