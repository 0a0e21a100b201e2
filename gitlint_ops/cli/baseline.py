"""``gitlint-ops baseline``: record today's findings, so that only new ones count."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitlint_ops.cli import exit_codes
from gitlint_ops.cli.baselines import baseline_file_option, shown_path
from gitlint_ops.cli.boundary import tell_defect
from gitlint_ops.cli.check import run_check
from gitlint_ops.cli.check_options import CheckOptions
from gitlint_ops.cli.configuration import baseline_name, open_config
from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.options import PlaceOptions, place_options
from gitlint_ops.cli.session import find_target
from gitlint_ops.cli.streams import deliver

if TYPE_CHECKING:
    from gitlint_ops.lint.model import Entry, Report


@dataclass(frozen=True, kw_only=True)
class RecordOptions(PlaceOptions):
    """The options of ``baseline``."""

    baseline: Path | None = None
    prune: bool = False


@click.command()
@place_options
@baseline_file_option(
    "The file to write [default: .gitlint-ops-baseline.json at the root, or what the configuration names]."
)
@click.option("--prune", is_flag=True, help="Only take out the findings that are gone; record no new one.")
def baseline(**values: Any) -> None:
    """Record today's findings of the repository around PATH: 'check' then counts only new ones.

    The whole repository is recorded, whatever part of it PATH is. Commit the file; 'check' uses it by itself. What is
    recorded and could not be looked at today (a unit that does not render, a rule that does not run) stays recorded.
    """
    options = RecordOptions(**values)
    root = find_target(options.path, options.root).root
    file, shown = _file(options, root)
    report = run_check(_check_options(options, root, file))
    if not report.coverage.files:
        raise CommandError(
            f"nothing to record: there is no YAML, JSON or chart file in '{root}'",
            "name the folder of a GitOps repository",
            exit_codes.NOTHING_CHECKED,
        )
    if options.prune and report.baseline is None:
        raise CommandError(f"there is no baseline '{shown}' to prune", "'gitlint-ops baseline' records one")
    _write(file, shown, report, prune=options.prune)
    raise click.exceptions.Exit(max([exit_codes.OK, *map(tell_defect, report.defects)]))


def _file(options: RecordOptions, root: Path) -> tuple[Path, str]:
    """Give the file to write and how it is called."""
    if options.baseline is not None:
        return options.baseline, shown_path(options.baseline, root)
    with open_config(root, options) as config:
        name = baseline_name(config)
    return root / name, name


def _check_options(options: RecordOptions, root: Path, file: Path) -> CheckOptions:
    """Give the options of a check of the whole repository against what the file holds so far."""
    named = options.baseline is not None
    return CheckOptions(
        paths=(root,),
        root=root,
        config_file=options.config_file,
        no_config=options.no_config,
        baseline=file if named and file.exists() else None,
        no_baseline=named and not file.exists(),
    )


def _write(file: Path, shown: str, report: Report, *, prune: bool) -> None:
    """Write the baseline and say on stdout what became of it."""
    from gitlint_ops.lint.baseline import dumped
    from gitlint_ops.report.escape import printable
    from gitlint_ops.report.page import plural

    entries = _entries(report, prune=prune)
    deliver(dumped(entries), file)
    after = {entry.fingerprint for entry in entries}
    before = {entry.fingerprint for entry in report.baseline.baseline.entries} if report.baseline else None
    change = "" if before is None else f" ({len(after - before):,} new, {len(before - after):,} gone)"
    advice = " Commit it: 'check' uses it." if before is None else ""
    deliver(f"{printable(shown)} now holds {plural(len(after), 'finding')}{change}.{advice}\n", None)


def _entries(report: Report, *, prune: bool) -> tuple[Entry, ...]:
    """Give what is to be recorded: with ``prune`` what is not gone, else today's findings and what nobody can tell."""
    from gitlint_ops.lint.baseline import recorded

    match = report.baseline
    if match is None:
        return tuple(recorded(report.findings))
    return match.kept if prune else (*recorded(report.findings), *match.untold)
