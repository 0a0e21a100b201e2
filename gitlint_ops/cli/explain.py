"""``gitlint-ops explain``: the page of one rule."""

from __future__ import annotations

from typing import Any

import click

from gitlint_ops.cli.completion import complete_rule
from gitlint_ops.cli.configuration import open_config
from gitlint_ops.cli.errors import check_known
from gitlint_ops.cli.options import LookOptions, look_of, look_options, place_options
from gitlint_ops.cli.session import find_target
from gitlint_ops.cli.streams import deliver


@click.command()
@click.argument("rule", shell_complete=complete_rule)
@place_options
@look_options
def explain(rule: str, **values: Any) -> None:
    """Say what RULE catches, why it matters, how to fix what it finds, with its options and an example."""
    from gitlint_ops.lint.loader import load_rule, rule_categories
    from gitlint_ops.report.rules import render_explanation

    options = LookOptions(**values)
    root = find_target(options.path, options.root).root
    with open_config(root, options) as config:
        check_known("rule", rule, rule_categories(config, root), "'gitlint-ops rules' lists them")
        found = load_rule(rule, config, root)
    deliver(render_explanation(found, **look_of(options)), options.output)
