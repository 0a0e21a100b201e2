"""The options that commands share: where to look, which configuration to read, where a result goes and how it looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypedDict

import click

from gitlint_ops.cli.streams import text_width, use_color, use_unicode

URL_VARIABLE = "GITLINT_OPS_CACHE_URL"
READ_ONLY_VARIABLE = "GITLINT_OPS_CACHE_READ_ONLY"


@dataclass(frozen=True, kw_only=True)
class PlaceOptions:
    """The options that say where to look and which configuration to read."""

    paths: tuple[Path, ...] = (Path(),)
    root: Path | None = None
    config_file: Path | None = None
    config_from: str = ""
    no_config: bool = False
    time_limit: int | None = None
    cache_dir: Path | None = None
    cache_url: str = ""
    cache_read_only: bool = False
    no_cache: bool = False
    network: bool = False

    @property
    def path(self) -> Path:
        """Give the first of the paths, or the current folder."""
        return self.paths[0] if self.paths else Path()


@dataclass(frozen=True, kw_only=True)
class LookOptions(PlaceOptions):
    """The options that say where a result goes and how it looks there."""

    output: Path | None = None
    color: Literal["auto", "always", "never"] = "auto"


class Look(TypedDict):
    """How a text for people looks: what the functions of the report room that make one take by name."""

    color: bool
    width: int
    unicode: bool


def look_of(options: LookOptions) -> Look:
    """Decide on the look of a text: by what was asked for, else by where it goes."""
    file = options.output
    return {"color": use_color(options.color, file), "width": text_width(file), "unicode": use_unicode(file)}


def place_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add PATH, ``--root``, ``--config`` and so on: the fields of PlaceOptions."""
    path = click.argument(
        "paths", type=click.Path(exists=True, path_type=Path), default=".", metavar="[PATH]", callback=_alone
    )
    return _decorated(command, (path, root_options))


def _alone(_ctx: click.Context, _param: click.Parameter, value: Path) -> tuple[Path, ...]:
    return (value,)


def root_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--root``, and what ``run_options`` adds."""
    root = click.option(
        "--root",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="The repository's root [default: the nearest folder at or above PATH with .git or .gitlint-ops.yaml].",
    )
    return root(run_options(command))


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--config``, ``--config-from``, ``--no-config``, ``--time-limit`` and those of the cache."""
    decorators = (
        click.option(
            "--config",
            "config_file",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="The configuration file [default: .gitlint-ops.yaml at the root, if it is there].",
        ),
        click.option(
            "--config-from",
            default="",
            metavar="REF",
            help="Read the configuration, with the rules, schemas and baseline that it names, of the merge base of REF "
            "and HEAD: a pull request onto REF cannot change them.",
        ),
        click.option("--no-config", is_flag=True, help="Read no configuration file."),
        click.option(
            "--time-limit",
            type=click.IntRange(1, 86_400),
            metavar="SECONDS",
            help="Time for all that is rendered; what is left then has failed [default: limits.total_seconds, or 900].",
        ),
        cache_options,
    )
    return _decorated(command, decorators)


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


def network_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--network``, for a command that renders."""
    text = "Fetch charts, bases and sources that the repository refers to; without it, nothing leaves this machine."
    return click.option("--network", is_flag=True, help=text)(command)


def format_option(*names: str, text: str = "For people, or for programs.") -> Callable[..., Any]:
    """Give the decorator that adds ``--format``, as ``output_format``: one of ``names``, by default the first."""
    return click.option(
        "--format", "output_format", type=click.Choice(names), default=names[0], show_default=True, help=text
    )


def look_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--output`` and ``--color``: the fields of LookOptions."""
    output = click.option(
        "--output",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write the result to FILE (in one step) instead of stdout.",
    )
    return _decorated(command, (output, color_option))


def color_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--color``."""
    choice = click.Choice(("auto", "always", "never"))
    option = click.option("--color", type=choice, default="auto", show_default=True, help="When to use colour.")
    return option(command)


def _decorated(command: Callable[..., Any], decorators: Sequence[Callable[..., Any]]) -> Callable[..., Any]:
    """Apply decorators so that the first one's option is the first in the help."""
    for decorate in reversed(decorators):
        command = decorate(command)
    return command
