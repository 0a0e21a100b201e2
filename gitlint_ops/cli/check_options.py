"""The options of ``check``, and those that it alone has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from gitlint_ops.cli.base import BaseOptions
from gitlint_ops.cli.baselines import BaselineOptions
from gitlint_ops.cli.choosing import ChoiceOptions
from gitlint_ops.cli.fixing import FixOptions
from gitlint_ops.cli.options import PlaceOptions
from gitlint_ops.cli.showing import ShowOptions


@dataclass(frozen=True, kw_only=True)
class ShardOptions(PlaceOptions):
    """The options of ``check`` that part a run."""

    shard: str = ""
    shard_costs: Path | None = None


def shard_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--shard`` and ``--shard-costs``: the fields of ShardOptions."""
    shard = click.option(
        "--shard",
        default="",
        metavar="I/N",
        help="Do the I-th of N parts of the rendering, for the cache that all share; part 1 comes last and judges. "
        "'merge-reports' joins the JSON reports.",
    )
    costs = click.option(
        "--shard-costs",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Balance the parts by what units took in a run before: its --profile-run. All parts need the same.",
    )
    return shard(costs(command))


@dataclass(frozen=True, kw_only=True)
class CheckOptions(ShowOptions, ChoiceOptions, FixOptions, BaseOptions, BaselineOptions, ShardOptions):
    """The options of ``check``."""

    environments: tuple[str, ...] = ()
    profile_run: Path | None = None
