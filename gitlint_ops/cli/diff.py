"""``gitlint-ops diff``: what a merge changes of what is rendered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from gitlint_ops.cli.base import base_option, open_both
from gitlint_ops.cli.check import choose_rules
from gitlint_ops.cli.options import PlaceOptions, color_option, network_option, place_options
from gitlint_ops.cli.outputs import deliver_outputs, output_options, plan_outputs
from gitlint_ops.cli.session import Session, open_session
from gitlint_ops.cli.streams import Progress, text_width, use_color, use_unicode
from gitlint_ops.report.formats import DIFF_FORMATS, TEXT

if TYPE_CHECKING:
    from gitlint_ops.lint.diff import Diff

_STATEFUL_RULE = "stateful-prune"


@dataclass(frozen=True, kw_only=True)
class DiffOptions(PlaceOptions):
    """The options of ``diff``."""

    base: str
    output_format: str = TEXT
    outputs: tuple[str, ...] = ()
    color: Literal["auto", "always", "never"] = "auto"
    verbose: bool = False


@click.command()
@place_options
@base_option("Compare with the merge base of REF and HEAD, as a pull request onto REF does.", required=True)
@network_option
@output_options(DIFF_FORMATS)
@color_option
@click.option("-v", "--verbose", is_flag=True, help="Cut no list and no value (text).")
def diff(**values: Any) -> None:
    """Show what a merge changes of what the repository around PATH renders, the most dangerous first.

    Objects, fields and list elements are matched as Kubernetes does; the same change of several objects is shown once.
    The work tree counts as it is, with what is not committed. Values of secrets are never shown.
    """
    options = DiffOptions(**values)
    outputs = plan_outputs(options.output_format, options.outputs, DIFF_FORMATS)
    found = read_diff(options)
    deliver_outputs(found, outputs, lambda file: _as_text(found, options, file), DIFF_FORMATS)


def read_diff(options: DiffOptions) -> Diff:
    """Render both sides and compare them. Raises CommandError where there is nothing to compare with."""
    from gitlint_ops.lint.diff import build_diff
    from gitlint_ops.render import Provenance

    progress = Progress(quiet=False)
    try:
        with open_session(options) as session:
            tree, engine = session.tree, session.engine
            progress.say(f"Comparing {len(tree.yaml_files):,} files with the base ...")
            with open_both(session, options.base) as (rendering, base):
                provenance = Provenance(tree, engine, rendering)
                return build_diff(base, tree, rendering, provenance, _stateful_kinds(session))
    finally:
        progress.done()


def _stateful_kinds(session: Session) -> Sequence[str]:
    """Give the kinds that hold data, as the rule on them is configured, be it off or not."""
    from gitlint_ops.lint import load_rules
    from gitlint_ops.lint.selection import select

    rules = load_rules(session.config, session.tree.root)
    (selected,) = select(*choose_rules(rules, (_STATEFUL_RULE,), session.config))
    kinds: Sequence[str] = selected.options["kinds"]
    return kinds


def _as_text(found: Diff, options: DiffOptions, file: Path | None) -> str:
    from gitlint_ops.report.diff_text import render_diff_text

    color, width = use_color(options.color, file), text_width(file)
    return render_diff_text(found, color=color, width=width, unicode=use_unicode(file), verbose=options.verbose)
