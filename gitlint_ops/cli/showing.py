"""How a report is shown, and the exit code that it gives: for ``check``, and for what makes one report of many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from gitlint_ops.cli import exit_codes
from gitlint_ops.cli.boundary import tell_defect
from gitlint_ops.cli.options import color_option
from gitlint_ops.cli.outputs import deliver_outputs, output_options, plan_outputs
from gitlint_ops.cli.streams import text_width, use_color, use_unicode
from gitlint_ops.profiling import span
from gitlint_ops.report.formats import TEXT

if TYPE_CHECKING:
    from gitlint_ops.lint.model import Report


@dataclass(frozen=True, kw_only=True)
class ShowOptions:
    """The options that say where a report goes, how it looks, and what makes the exit code 1."""

    output_format: str = TEXT
    outputs: tuple[str, ...] = ()
    fail_on: str = "error"
    show_suppressed: bool = False
    statistics: bool = False
    explain: bool = False
    color: Literal["auto", "always", "never"] = "auto"
    quiet: bool = False
    verbose: bool = False


def show_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--format``, ``--output``, ``--fail-on`` and so on: the fields of ShowOptions but the last three."""
    for decorate in reversed((output_options(), fail_on_option, *map(_flag, _FLAGS))):
        command = decorate(command)
    return command


def look_flags(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--color``, ``--quiet`` and ``--verbose``, which come last in the help."""
    quiet = click.option("-q", "--quiet", is_flag=True, help="Show no progress and no coverage.")
    verbose = click.option("-v", "--verbose", is_flag=True, help="Cut no list, show more of each finding.")
    return color_option(quiet(verbose(command)))


_FLAGS = (
    ("--show-suppressed", "Show accepted findings in text too (JSON always has them, SARIF never)."),
    ("--statistics", "Count the findings of each rule instead of showing them (text)."),
    ("--explain", "Say why each rule matters and how to fix what it finds (text)."),
)


def _flag(told: tuple[str, str]) -> Callable[..., Any]:
    return click.option(told[0], is_flag=True, help=told[1])


def fail_on_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--fail-on``."""
    option = click.option(
        "--fail-on",
        type=click.Choice(exit_codes.FAIL_ON),
        default="error",
        show_default=True,
        help="The lightest severity that makes the exit code 1.",
    )
    return option(command)


def deliver_report(report: Report, options: ShowOptions, note: str = "") -> int:
    """Write a report where the options say, and give the exit code; ``note`` says in text what is left out of it.

    Where nothing could be checked there is no text. Raises CommandError for a file that cannot be written.
    """
    outputs = plan_outputs(options.output_format, options.outputs)
    code, verdict = exit_codes.judge(report, options.fail_on)
    if code == exit_codes.NOTHING_CHECKED:
        outputs = tuple(output for output in outputs if output.format != TEXT)
    with span("phase", "report"):
        deliver_outputs(report, outputs, lambda file: _as_text(report, options, note, verdict, file))
    return max([code, *map(tell_defect, report.defects)])


def _as_text(report: Report, options: ShowOptions, note: str, verdict: str, file: Path | None) -> str:
    from gitlint_ops.report.text import Layout, render_text

    layout = Layout(
        quiet=options.quiet,
        show_suppressed=options.show_suppressed,
        statistics=options.statistics,
        explain=options.explain,
        full_infos=options.fail_on == "info",
        note=note,
        verdict=verdict,
        unicode=use_unicode(file),
    )
    color, width = use_color(options.color, file), text_width(file)
    return render_text(report, color=color, width=width, verbose=options.verbose, layout=layout)
