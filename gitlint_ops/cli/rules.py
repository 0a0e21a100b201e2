"""``gitlint-ops rules``: the list of rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import click

from gitlint_ops.cli.session import PlaceOptions, find_target, look_options, place_options, read_config
from gitlint_ops.cli.streams import deliver, text_width, use_color, use_unicode


@dataclass(frozen=True, kw_only=True)
class RulesOptions(PlaceOptions):
    """The options of ``rules``."""

    output_format: Literal["text", "json"] = "text"
    output: Path | None = None
    color: Literal["auto", "always", "never"] = "auto"


@click.command()
@place_options
@click.option(
    "--format",
    "output_format",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)
@look_options
def rules(**values: Any) -> None:
    """List the rules by category, with the severity of each; those of the configuration's rule folders too."""
    from gitlint_ops.lint import load_rules
    from gitlint_ops.report.rules import render_rules_json, render_rules_text

    options = RulesOptions(**values)
    root = find_target(options.path, options.root).root
    known = load_rules(read_config(root, options), root)
    if options.output_format == "json":
        deliver(render_rules_json(known), options.output)
        return
    look = {"color": use_color(options.color, options.output), "unicode": use_unicode(options.output)}
    deliver(render_rules_text(known, width=text_width(options.output), **look), options.output)
