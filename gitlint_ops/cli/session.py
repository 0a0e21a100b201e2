"""What the commands share: which folder is the repository, its configuration, the engine and the tree."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gitlint_ops.cli.caching import Cache, open_cache
from gitlint_ops.cli.configuration import open_config
from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.fetching import open_vendored
from gitlint_ops.cli.options import PlaceOptions
from gitlint_ops.cli.streams import Progress

if TYPE_CHECKING:
    from gitlint_ops.config import Config
    from gitlint_ops.engine import EngineClient
    from gitlint_ops.lint.context import CheckContext
    from gitlint_ops.render.model import Rendering
    from gitlint_ops.source import SourceTree
    from gitlint_ops.source.listing import Names


_OBJECTS_BETWEEN_COLLECTIONS = 5_000_000
"""More than a run over 100,000 rendered objects makes and keeps."""


@dataclass(frozen=True, slots=True)
class Target:
    """What PATHS mean: the repository's root, and the parts of it that were asked for (POSIX, ``.`` for all)."""

    root: Path
    scopes: tuple[str, ...] = (".",)

    def holds(self, path: str) -> bool:
        """Tell whether a repository-relative path lies in one of the scopes."""
        from gitlint_ops.report.scope import lies_in

        return any(lies_in(path, scope) for scope in self.scopes)


@dataclass(frozen=True, slots=True)
class Session:
    """An open repository."""

    target: Target
    config: Config
    engine: EngineClient
    tree: SourceTree


def find_target(path: Path, root: Path | None = None) -> Target:
    """Take the repository around ``path`` as the root and ``path`` as the scope; without one, the folder itself.

    A repository is the nearest folder with ``.git`` (a folder, or a file in linked work trees and submodules) or with a
    configuration file, which marks a GitOps repository that lies inside another.
    ``root`` overrules that. Raises CommandError where ``path`` lies outside it.
    """
    resolved = path.resolve()
    folder = resolved if resolved.is_dir() else resolved.parent
    top = root.resolve() if root else marked_root(folder) or folder
    if not resolved.is_relative_to(top):
        raise CommandError(f"'{path}' is outside of the root '{root}'", "name a PATH inside --root")
    return Target(top, (resolved.relative_to(top).as_posix(),))


def find_targets(place: PlaceOptions) -> Target:
    """Give the one repository that all paths lie in, and their places in it; no path is no part of it.

    Raises CommandError where they lie in several.
    """
    targets = {path: find_target(path, place.root) for path in place.paths}
    root = find_target(place.path, place.root).root
    for path, target in targets.items():
        if target.root != root:
            raise CommandError(
                f"'{place.path}' and '{path}' lie in two repositories, '{root}' and '{target.root}'",
                "check them one by one, or name a --root that holds both",
            )
    return Target(root, tuple(dict.fromkeys(scope for target in targets.values() for scope in target.scopes)))


def marked_root(folder: Path) -> Path | None:
    """Give the nearest folder, at or above one, that is marked as a repository; None where there is none."""
    from gitlint_ops.source.listing import is_marked

    return next(filter(is_marked, (folder, *folder.parents)), None)


@contextmanager
def open_session(place: PlaceOptions) -> Iterator[Session]:
    """Open the repository that the options name; the engine ends with the context.

    Raises CommandError, ConfigError, EngineUnavailableError.
    """
    target = find_targets(place)
    with (
        open_cache(target.root, place) as cache,
        open_target(target, place, cache) as session,
    ):
        yield session


@contextmanager
def open_target(
    target: Target, place: PlaceOptions, cache: Cache | None, known: Names | None = None
) -> Iterator[Session]:
    """Open a repository that was found, with its cache. Raises ConfigError, VendorError, EngineUnavailableError.

    ``known`` are the names below its root, where somebody has asked for them already.
    """
    from gitlint_ops.engine import EngineClient
    from gitlint_ops.engine_time import Budget
    from gitlint_ops.source import open_tree

    collect_rarely()
    answers = cache.answers if cache else None
    with (
        open_config(target.root, place) as config,
        open_vendored(target.root, config, place) as fetched,
        EngineClient(
            target.root,
            timeout_ms=config.limits.render_seconds * 1000,
            remembered=answers,
            fetched=fetched.folder,
            budget=Budget(config.limits.total_seconds),
        ) as engine,
    ):
        yield Session(target, config, engine, open_tree(target.root, engine, config, fetched, known))


def collect_rarely() -> None:
    """Let Python look for cyclic garbage less often: a run makes millions of objects, nearly all of which it keeps.

    When the process ends all of them go at once; looking through them first takes longer than many a check.
    """
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 50)
    atexit.register(gc.freeze)


@contextmanager
def open_rendered(place: PlaceOptions) -> Iterator[tuple[Session, Rendering]]:
    """Open the repository that the options name and render it, with progress on stderr. Raises as ``open_session``."""
    from gitlint_ops.render import render_repository

    progress = Progress(quiet=False)
    try:
        with open_session(place) as session:
            progress.say(f"Rendering {len(session.tree.yaml_files):,} files ...")
            yield session, render_repository(session.tree, session.engine, session.config)
    finally:
        progress.done()


@contextmanager
def open_context(place: PlaceOptions) -> Iterator[CheckContext]:
    """Open and render a repository to be asked about, with progress on stderr. Raises as ``open_session`` does."""
    from gitlint_ops.lint.asking import open_context as opened

    with open_rendered(place) as (session, rendering):
        yield opened(session.tree, rendering, session.config, session.engine)
