"""``gitlint-ops vendor``: fetch what the repository refers to and does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitlint_ops.cli import exit_codes
from gitlint_ops.cli.configuration import open_config
from gitlint_ops.cli.fetching import stores_of, tell_failures
from gitlint_ops.cli.options import PlaceOptions, place_options
from gitlint_ops.cli.session import find_target
from gitlint_ops.cli.streams import Progress, deliver

if TYPE_CHECKING:
    from gitlint_ops.render.vendoring import Vendored
    from gitlint_ops.source.vendor import Lock


@dataclass(frozen=True, kw_only=True)
class VendorOptions(PlaceOptions):
    """The options of ``vendor``."""

    update: bool = False
    allow_hosts: tuple[str, ...] = ()


@click.command()
@place_options
@click.option("--update", is_flag=True, help="Choose every version anew instead of what the lock file names.")
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="HOST",
    help="A host that may be in a private network, speak plain HTTP, and be redirected to; repeatable.",
)
def vendor(**values: Any) -> None:
    """Fetch the charts, OCI artifacts, Git bases and sources that the repository around PATH refers to.

    Archives go to .gitlint-ops/vendor, and gitlint-ops.lock says what each reference came to, with its digest. Every
    later run renders with them, without the network. Commit the lock file; commit the archives too to work where there
    is no network at all.
    """
    options = VendorOptions(**values)
    root = find_target(options.path, options.root).root
    found, before = _vendor(root, options)
    deliver("".join(f"{line}\n" for line in _lines(found, before)), None)
    tell_failures(found.failures)
    raise click.exceptions.Exit(exit_codes.FINDINGS if found.failures else exit_codes.OK)


def _vendor(root: Path, options: VendorOptions) -> tuple[Vendored, Lock]:
    from gitlint_ops.render.vendoring import Vendoring
    from gitlint_ops.source.vendor import read_lock, write_lock
    from gitlint_ops.web import private_hosts

    before, progress = read_lock(root), Progress(quiet=False)
    hosts = private_hosts() | {host.lower() for host in options.allow_hosts}
    with open_config(root, options) as config:
        stores = stores_of(root, config, options)[:1]
        try:
            found = Vendoring(root, config, {} if options.update else before, stores, hosts, progress.say).run()
        finally:
            progress.done()
    if found.lock or before:
        write_lock(root, found.lock)
    _remove_stale(stores[0], {entry.file for entry in before.values()} - {e.file for e in found.lock.values()})
    return found, before


def _remove_stale(store: Path, names: set[str]) -> None:
    """Remove the archives that the lock file named and no longer names, and no other file."""
    for name in sorted(names):
        (store / name).unlink(missing_ok=True)


def _lines(found: Vendored, before: Lock) -> Iterator[str]:
    for remote in sorted(found.fetched):
        locked = found.lock.get(remote)
        if locked is not None:
            version = locked.version or locked.revision
            yield f"fetched  {remote}{f': {version}' if version and version != remote.version else ''}"
    for remote in sorted(set(before) - set(found.lock)):
        yield f"removed  {remote}"
    kept = len(found.lock) - len(set(found.lock).intersection(found.fetched))
    yield f"{len(found.lock)} locked ({kept} kept), {len(found.failures)} not fetched"
