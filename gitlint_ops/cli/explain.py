"""``gitlint-ops explain``: the page of one rule."""

from __future__ import annotations

from typing import Any

import click

from gitlint_ops.cli.completion import complete_rule
from gitlint_ops.cli.errors import check_known
from gitlint_ops.cli.session import LookOptions, find_target, look_of, look_options, place_options, read_config
from gitlint_ops.cli.streams import deliver


@click.command()
@click.argument("rule", shell_complete=complete_rule)
@place_options
@look_options
def explain(rule: str, **values: Any) -> None:
    """Say what RULE catches, why it matters, how to fix what it finds, with its options and an example."""
    from gitlint_ops.lint import load_rules
    from gitlint_ops.report.rules import render_explanation

    options = LookOptions(**values)
    root = find_target(options.path, options.root).root
    known = {item.name: item for item in load_rules(read_config(root, options), root, examples=True)}
    check_known("rule", rule, known, "'gitlint-ops rules' lists them")
    deliver(render_explanation(known[rule], **look_of(options)), options.output)
