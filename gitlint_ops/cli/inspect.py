"""``gitlint-ops inspect``: the layout of a repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import click

from gitlint_ops.cli.options import (
    LookOptions,
    PlaceOptions,
    format_option,
    look_of,
    look_options,
    network_option,
    place_options,
)
from gitlint_ops.cli.session import open_context
from gitlint_ops.cli.streams import deliver


@dataclass(frozen=True, kw_only=True)
class InspectOptions(LookOptions):
    """The options of ``inspect``."""

    output_format: Literal["tree", "json"] = "tree"


@click.command()
@place_options
@network_option
@format_option("tree", "json")
@look_options
def inspect(**values: Any) -> None:
    """Show the layout of the repository around PATH: shape, environments, what applies what, how far roots reach."""
    options = InspectOptions(**values)
    deliver(_rendered(read_layout(options), options), options.output)


def read_layout(options: PlaceOptions) -> dict[str, Any]:
    """Render the repository and give its layout as the JSON contract of ``inspect`` has it."""
    from gitlint_ops.lint.shape import describe_shape
    from gitlint_ops.render.summary import summarise

    with open_context(options) as context:
        return {**summarise(context.rendering), "shape": describe_shape(context)}


def _rendered(summary: dict[str, Any], options: InspectOptions) -> str:
    from gitlint_ops.report.inspect import render_inspect_json, render_inspect_tree

    if options.output_format == "json":
        return render_inspect_json(summary)
    return render_inspect_tree(summary, **look_of(options))
