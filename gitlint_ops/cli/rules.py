"""``gitlint-ops rules``: the list of rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import click

from gitlint_ops.cli.configuration import open_config
from gitlint_ops.cli.options import LookOptions, format_option, look_of, look_options, place_options
from gitlint_ops.cli.session import find_target
from gitlint_ops.cli.streams import deliver


@dataclass(frozen=True, kw_only=True)
class RulesOptions(LookOptions):
    """The options of ``rules``."""

    output_format: Literal["text", "json"] = "text"


@click.command()
@place_options
@format_option("text", "json")
@look_options
def rules(**values: Any) -> None:
    """List the rules by category, with the severity of each; those of the configuration's rule folders too."""
    from gitlint_ops.lint import load_rules
    from gitlint_ops.report.rules import render_rules_json, render_rules_text

    options = RulesOptions(**values)
    root = find_target(options.path, options.root).root
    with open_config(root, options) as config:
        known = load_rules(config, root)
    if options.output_format == "json":
        deliver(render_rules_json(known), options.output)
        return
    deliver(render_rules_text(known, **look_of(options)), options.output)
