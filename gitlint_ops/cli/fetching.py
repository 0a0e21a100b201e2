"""What of elsewhere a run has: what the lock file names and is here; with ``--network`` all that can be fetched too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.streams import Progress, complain

if TYPE_CHECKING:
    from gitlint_ops.cli.options import PlaceOptions
    from gitlint_ops.config import Config
    from gitlint_ops.render.vendoring import Failure
    from gitlint_ops.source.vendor import Fetched

ADVICE = {
    "refused": "a repository may be a stranger's; hosts that you trust can stand in GITLINT_OPS_PRIVATE_HOSTS too",
    "denied": "log in with 'helm repo add', 'helm registry login' or 'docker login', or write a netrc file",
    "not-found": "correct the address or the version at that place",
    "unreachable": "check the connection (HTTPS_PROXY names a proxy), then run it again",
    "timeout": "run it again; what is fetched already is kept",
    "mismatch": "if the change is meant, run 'gitlint-ops vendor --update'; if not, ask who publishes it",
}
"""Kind of a failure to what to do about it."""
_OTHERWISE = "map its address to a folder here with 'remotes:' in the configuration"


@contextmanager
def open_vendored(root: Path, config: Config, place: PlaceOptions) -> Iterator[Fetched]:
    """Open what was fetched for a repository, from its own folder or the user's cache.

    With ``--network`` what is lacking is fetched into the cache first; what cannot be had is told on stderr.
    Raises VendorError.
    """
    from gitlint_ops.source.vendor import NOTHING, open_fetched, read_lock

    lock = read_lock(root)
    if not lock and not place.network:
        yield NOTHING
        return
    stores = stores_of(root, config, place)
    if place.network:
        from gitlint_ops.render.vendoring import Vendoring
        from gitlint_ops.web import private_hosts

        progress = Progress(quiet=False)
        found = Vendoring(root, config, lock, stores[::-1], private_hosts(), progress.say).run()
        progress.done()
        tell_failures(found.failures)
        lock = found.lock
    with open_fetched(lock, stores) as fetched:
        yield fetched


def stores_of(root: Path, config: Config, place: PlaceOptions) -> tuple[Path, Path]:
    """Give the folders that may hold archives: the repository's own, then the user's cache.

    Raises CommandError where the first leads out of the repository: archives are written and removed there.
    """
    from gitlint_ops.cache import cache_folder

    folder = root / config.vendor.folder
    if not folder.resolve().is_relative_to(root.resolve()):
        raise CommandError(
            f"'{config.vendor.folder}' leads out of the repository",
            "remove the symbolic link, or name another folder with 'vendor.folder' in the configuration",
        )
    return folder, (place.cache_dir or cache_folder()) / "artifacts"


def tell_failures(failures: Sequence[Failure]) -> None:
    """Say on stderr what could not be fetched, where it is asked for, and why; then what to do, each advice once."""
    by_advice: dict[str, list[Failure]] = {}
    for failure in failures:
        by_advice.setdefault(ADVICE.get(failure.kind, _OTHERWISE), []).append(failure)
    for advice, alike in by_advice.items():
        *first, last = map(_told, alike)
        for message in first:
            complain(message)
        complain(last, advice)


def _told(failure: Failure) -> str:
    where = f"{failure.span.path}:{failure.span.line}: " if failure.span else ""
    return f"{where}{failure.remote} is not fetched: {failure.reason}"
