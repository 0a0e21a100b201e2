"""Where and whether results are kept between runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.streams import complain

if TYPE_CHECKING:
    from gitlint_ops.cache import AnswerCache, Memory, Store
    from gitlint_ops.cache.remote import Remote
    from gitlint_ops.cli.options import PlaceOptions

LIMIT_VARIABLE = "GITLINT_OPS_CACHE_SIZE"
DEFAULT_LIMIT_MB = 512


@dataclass(frozen=True, slots=True)
class Cache:
    """An open cache for one root: its file, its memory, and what it answers for the engine."""

    store: Store
    memory: Memory
    answers: AnswerCache


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
