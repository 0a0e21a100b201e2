"""``gitlint-ops cache``: where results are kept between runs, how much that is, and away with it."""

from __future__ import annotations

from pathlib import Path

import click

from gitlint_ops.cli.caching import limit_bytes, open_store
from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.options import cache_folder_option
from gitlint_ops.cli.streams import complain, deliver

_MEGABYTE = 1024 * 1024


@click.command()
@cache_folder_option
@click.option("--clear", is_flag=True, help="Delete all results that are kept.")
def cache(cache_dir: Path | None, clear: bool) -> None:
    """Show where results are kept between runs and how much that is, or delete them.

    They can be deleted at any time: the next run works everything out again.
    """
    from gitlint_ops.report.escape import printable
    from gitlint_ops.report.page import plural

    store = open_store(cache_dir)
    usage = store.usage()
    if store.problem:
        complain(store.problem)
    lines = [
        f"Cache: {printable(str(store.file))}",
        f"{plural(usage.entries, 'entry', 'entries')}, {_megabytes(usage.size)} of at most {_megabytes(limit_bytes())}",
    ]
    if clear:
        try:
            store.clear()
        except OSError as error:
            raise CommandError(f"'{store.file}' cannot be deleted: {error.strerror}", "delete it by hand") from error
        lines.append("Deleted.")
    store.close()
    deliver("\n".join(lines) + "\n", None)


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:,.1f} MB"
