"""``gitlint-ops inspect``: the layout of a repository."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import click

from gitlint_ops.cli.session import PlaceOptions, look_options, open_session, place_options
from gitlint_ops.cli.streams import Progress, deliver, text_width, use_color, use_unicode


@dataclass(frozen=True, kw_only=True)
class InspectOptions(PlaceOptions):
    """The options of ``inspect``."""

    output_format: Literal["tree", "json"] = "tree"
    output: Path | None = None
    color: Literal["auto", "always", "never"] = "auto"


@click.command()
@place_options
@click.option(
    "--format",
    "output_format",
    type=click.Choice(("tree", "json")),
    default="tree",
    show_default=True,
    help="For people, or for programs.",
)
@look_options
def inspect(**values: Any) -> None:
    """Show the layout of the repository around PATH: shape, environments, what applies what, how far roots reach."""
    options = InspectOptions(**values)
    deliver(_rendered(read_layout(options), options), options.output)


def read_layout(options: PlaceOptions) -> dict[str, Any]:
    """Render the repository and give its layout as the JSON contract of ``inspect`` has it."""
    from gitlint_ops.lint.shape import describe_shape
    from gitlint_ops.lint.versions.overview import open_context
    from gitlint_ops.render import render_repository
    from gitlint_ops.render.summary import summarise

    progress = Progress(quiet=False)
    try:
        with open_session(options) as session:
            progress.say(f"Rendering {len(session.tree.yaml_files):,} files ...")
            rendering = render_repository(session.tree, session.engine, session.config)
            context = open_context(session.tree, rendering, session.config, session.engine)
            return {**summarise(rendering), "shape": describe_shape(context)}
    finally:
        progress.done()


def _rendered(summary: dict[str, Any], options: InspectOptions) -> str:
    from gitlint_ops.report.inspect import render_inspect_json, render_inspect_tree

    if options.output_format == "json":
        return render_inspect_json(summary)
    return render_inspect_tree(
        summary,
        color=use_color(options.color, options.output),
        width=text_width(options.output),
        unicode=use_unicode(options.output),
    )
