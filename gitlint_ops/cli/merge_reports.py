"""``gitlint-ops merge-reports``: one report of those that ``check --shard`` wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.showing import ShowOptions, deliver_report, look_flags, show_options


@click.command("merge-reports")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(dir_okay=False, path_type=Path))
@show_options
@look_flags
def merge_reports(files: tuple[Path, ...], **values: Any) -> None:
    """Make one report of the JSON reports of all shards of a run, the same as one run without shards gives.

    The exit code is that of such a run. A report that is missing, doubled, or of another run is an error.
    """
    from gitlint_ops.report.shards import MergeError, merged, read_shard

    try:
        report = merged([read_shard(str(file), _text(file)) for file in files])
    except MergeError as error:
        raise CommandError(error.message, error.advice) from error
    raise click.exceptions.Exit(deliver_report(report, ShowOptions(**values)))


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise CommandError(f"cannot read '{file}': {reason}", "name the JSON reports of all shards") from error
