"""``--baseline`` and ``--no-baseline``: which file of known findings a run is held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.options import PlaceOptions
from gitlint_ops.cli.session import Session

if TYPE_CHECKING:
    from gitlint_ops.lint.model import Baseline


@dataclass(frozen=True, kw_only=True)
class BaselineOptions(PlaceOptions):
    """The options of ``check`` that say which findings are known."""

    baseline: Path | None = None
    no_baseline: bool = False


def baseline_file_option(text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give the decorator that adds ``--baseline``; ``text`` is its help."""
    return click.option("--baseline", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help=text)


def baseline_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--baseline`` and ``--no-baseline``: the fields of BaselineOptions."""
    command = click.option("--no-baseline", is_flag=True, help="Count the findings of the baseline too.")(command)
    text = "The file of known findings, which do not count [default: .gitlint-ops-baseline.json, if it is there]."
    return baseline_file_option(text)(command)


def open_baseline(options: BaselineOptions, session: Session) -> Baseline | None:
    """Read the baseline that the options ask for, None where there is none.

    Raises BaselineError where it cannot be used, CommandError where a file is named that is not there.
    """
    from gitlint_ops.lint.baseline import baseline_of, read_baseline

    if options.no_baseline:
        if options.baseline is not None:
            raise click.UsageError("--baseline names a file to use, --no-baseline uses none: give one of them")
        return None
    if options.baseline is None:
        return baseline_of(session.tree, session.config)
    found = read_baseline(options.baseline, shown_path(options.baseline, session.target.root))
    if found is None:
        advice = f"'gitlint-ops baseline --baseline {options.baseline}' records one"
        raise CommandError(f"there is no baseline '{options.baseline}'", advice)
    return found


def shown_path(file: Path, root: Path) -> str:
    """Give a file's path relative to the repository root (POSIX), or its name where it lies outside."""
    resolved = file.resolve()
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else file.name
