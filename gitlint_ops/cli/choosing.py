"""``--rule`` and ``--profile``: which rules run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from gitlint_ops.cli.completion import complete_profile, complete_rule


@dataclass(frozen=True, kw_only=True)
class ChoiceOptions:
    """The options that choose rules."""

    rules: tuple[str, ...] = ()
    profile: str = ""


def choice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--rule`` and ``--profile``: the fields of ChoiceOptions."""
    rule = click.option(
        "--rule",
        "rules",
        multiple=True,
        metavar="NAME",
        shell_complete=complete_rule,
        help="Run this rule only; repeatable.",
    )
    profile = click.option(
        "--profile",
        default="",
        metavar="NAME",
        shell_complete=complete_profile,
        help="Which rules are on, and how severe: recommended or strict [default: as configured].",
    )
    return rule(profile(command))
