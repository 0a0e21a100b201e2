"""``gitlint-ops fleet``: many repositories, one report."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitlint_ops.cli import exit_codes
from gitlint_ops.cli.choosing import ChoiceOptions, choice_options
from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.options import PlaceOptions, network_option, run_options
from gitlint_ops.cli.paths import MAX_LIST_BYTES
from gitlint_ops.cli.showing import ShowOptions, deliver_report, look_flags, show_options
from gitlint_ops.cli.streams import Progress

if TYPE_CHECKING:
    from gitlint_ops.fleet import Executor, Outcome, Repository, State

MAX_WORKERS = 256
_EMPTY = "there is no repository in it"


@dataclass(frozen=True, kw_only=True)
class FleetOptions(ShowOptions, ChoiceOptions, PlaceOptions):
    """The options of ``fleet``."""

    lists: tuple[Path, ...] = ()
    workers: int | None = None
    cluster: str = ""
    state: Path | None = None
    repository_limit: int = 1800


def _executor_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--list``, ``--workers``, ``--cluster``, ``--state`` and ``--repository-limit``."""
    decorators = (
        click.option(
            "--list",
            "lists",
            type=click.Path(dir_okay=False, path_type=Path),
            multiple=True,
            metavar="FILE",
            help="Check the repositories that FILE names too: one path a line, relative to FILE; '#' begins a comment.",
        ),
        click.option(
            "--workers",
            type=click.IntRange(1, MAX_WORKERS),
            metavar="N",
            help="Check N repositories at a time, on this machine [default: one for each core].",
        ),
        click.option(
            "--cluster",
            default="",
            metavar="ADDRESS",
            help="Check them on a Dask cluster, whose scheduler is at ADDRESS, as in tcp://scheduler:8786.",
        ),
        click.option(
            "--state",
            type=click.Path(file_okay=False, path_type=Path),
            metavar="DIR",
            help="Keep each repository's report in DIR, and check only what has none that holds: a run that was "
            "stopped goes on.",
        ),
        click.option(
            "--repository-limit",
            type=click.IntRange(1, 86_400),
            default=1800,
            show_default=True,
            metavar="SECONDS",
            help="End the check of a repository that takes longer; it was not checked then.",
        ),
    )
    for decorate in reversed(decorators):
        command = decorate(command)
    return command


@click.command()
@click.argument("paths", type=click.Path(path_type=Path), nargs=-1, metavar="[REPOSITORIES]...")
@_executor_options
@run_options
@choice_options
@network_option
@show_options
@look_flags
def fleet(**values: Any) -> None:
    """Check many repositories, and make one report with their figures.

    REPOSITORIES are repositories, or folders of clones. Each is checked as 'check' does it, by its own configuration.
    In the report a path begins with the name of its repository. One that cannot be checked is named there and makes the
    exit code that of its own check; the others are checked all the same.
    """
    options, started = FleetOptions(**values), time.perf_counter()
    repositories, empty = _repositories(options)
    state = _open_state(options)
    with closing(_open_executor(options, len(repositories))) as executor, _keeping(options.state or Path()):
        outcomes = _outcomes(repositories, options, executor, state)
    from gitlint_ops.fleet import Outcome, merged

    report = merged([*outcomes, *(Outcome(name, reason=_EMPTY) for name in empty)])
    report = replace(report, elapsed_ms=round((time.perf_counter() - started) * 1000))
    raise click.exceptions.Exit(deliver_report(report, options, _note(outcomes)))


def _repositories(options: FleetOptions) -> tuple[tuple[Repository, ...], tuple[str, ...]]:
    """Give the repositories that the options name, and the folders in which none was found.

    Raises CommandError where there is none, or where a path or a list cannot be read.
    """
    from gitlint_ops.fleet import named, repositories_in

    roots, empty = [path for file in options.lists for path in _listed(file)], []
    for path in options.paths:
        try:
            found, without = repositories_in(path)
        except OSError as error:
            raise CommandError(
                f"cannot list '{path}': {error.strerror}", "name repositories, or folders of them"
            ) from error
        roots += found
        empty += [str(folder) for folder in without]
    if not roots:
        advice = "name repositories, folders of clones, or a --list; a repository has .git or .gitlint-ops.yaml"
        raise CommandError("there is no repository to check", advice, exit_codes.NOTHING_CHECKED)
    return named(roots), tuple(empty)


def _listed(file: Path) -> tuple[Path, ...]:
    from gitlint_ops.fleet import list_entries

    try:
        with file.open("rb") as source:
            data = source.read(MAX_LIST_BYTES + 1)
        if len(data) > MAX_LIST_BYTES:
            raise CommandError(f"the list '{file}' is longer than {MAX_LIST_BYTES:,} bytes", "part it")
        return list_entries(os.fsdecode(data), file.parent)
    except OSError as error:
        raise CommandError(f"cannot read the list '{file}': {error.strerror}", "name a file of paths") from error


def _open_state(options: FleetOptions) -> State | None:
    from gitlint_ops.fleet import State

    if options.state and options.no_cache:
        raise CommandError("--state keeps results for later runs, --no-cache uses none", "give one of them")
    if options.state is None:
        return None
    with _keeping(options.state):
        options.state.mkdir(parents=True, exist_ok=True)
    return State(options.state)


@contextmanager
def _keeping(folder: Path) -> Iterator[None]:
    """Turn the errors of a state folder that cannot be written into CommandError."""
    try:
        yield
    except OSError as error:
        advice = "name a folder that can be written"
        raise CommandError(f"cannot keep the state in '{folder}': {error.strerror}", advice) from error


def _open_executor(options: FleetOptions, count: int) -> Executor:
    """Give where the options want the repositories checked. Raises CommandError."""
    from gitlint_ops.fleet.local import LocalExecutor

    if not options.cluster:
        return LocalExecutor(min(count, options.workers or os.cpu_count() or 1), options.repository_limit)
    if options.workers:
        raise CommandError("--workers is for this machine, --cluster for another", "give one of them")
    from gitlint_ops.fleet import ExecutorError
    from gitlint_ops.fleet.cluster import ClusterExecutor

    try:
        return ClusterExecutor(options.cluster, options.repository_limit)
    except ExecutorError as error:
        raise CommandError(error.message, error.advice) from error


def _outcomes(
    repositories: Sequence[Repository], options: FleetOptions, executor: Executor, state: State | None
) -> list[Outcome]:
    """Check the repositories, with progress on stderr. Raises OSError where the state cannot be kept."""
    from gitlint_ops.fleet import check_fleet

    progress = Progress(quiet=options.quiet)
    outcomes: list[Outcome] = []
    try:
        progress.say(f"Checking {len(repositories):,} repositories ...")
        for outcome in check_fleet(repositories, _check_options(options), executor, state):
            outcomes.append(outcome)
            progress.say(f"{len(outcomes):,} of {len(repositories):,} repositories ...")
    finally:
        progress.done()
    return outcomes


def _check_options(options: FleetOptions) -> dict[str, Any]:
    """Give the options that each check has, as values of JSON; a worker may have another current folder."""
    names = ("config_from", "no_config", "time_limit", "cache_url", "cache_read_only", "no_cache", "network", "profile")
    given: dict[str, Any] = {name: getattr(options, name) for name in (*names, "rules")}
    paths = {"config_file": options.config_file, "cache_dir": options.cache_dir}
    return given | {name: str(path.resolve()) for name, path in paths.items() if path}


def _note(outcomes: Sequence[Outcome]) -> str:
    known = sum(outcome.known for outcome in outcomes)
    return f"{known:,} of {len(outcomes):,} repositories are as an earlier run found them." if known else ""
