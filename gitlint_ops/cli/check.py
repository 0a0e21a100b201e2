"""``gitlint-ops check``: the main job."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from gitlint_ops.cli import exit_codes
from gitlint_ops.cli.errors import CommandError, tell_defect
from gitlint_ops.cli.session import PlaceOptions, Session, find_target, look_options, open_session, place_options
from gitlint_ops.cli.streams import Progress, deliver, text_width, use_color, use_unicode

if TYPE_CHECKING:
    from gitlint_ops.config import Config
    from gitlint_ops.lint.model import Report, Rule


@dataclass(frozen=True, kw_only=True)
class CheckOptions(PlaceOptions):
    """The options of ``check``."""

    output_format: Literal["text", "json", "sarif"] = "text"
    output: Path | None = None
    fail_on: str = "error"
    rules: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    show_suppressed: bool = False
    color: Literal["auto", "always", "never"] = "auto"
    quiet: bool = False
    verbose: bool = False


@click.command()
@place_options
@click.option(
    "--format",
    "output_format",
    type=click.Choice(("text", "json", "sarif")),
    default="text",
    show_default=True,
    help="For people, programs, or code scanning.",
)
@click.option(
    "--fail-on",
    type=click.Choice(exit_codes.FAIL_ON),
    default="error",
    show_default=True,
    help="The lightest severity that makes the exit code 1.",
)
@click.option("--rule", "rules", multiple=True, metavar="NAME", help="Run this rule only; repeatable.")
@click.option(
    "--environment",
    "environments",
    multiple=True,
    metavar="NAME",
    help="Show the findings of this environment, and those that belong to none; repeatable.",
)
@click.option(
    "--show-suppressed", is_flag=True, help="Show accepted findings in text too (JSON always has them, SARIF never)."
)
@look_options
@click.option("-q", "--quiet", is_flag=True, help="Show no progress and no coverage.")
@click.option("-v", "--verbose", is_flag=True, help="Cut no list, show more of each finding.")
def check(**values: Any) -> None:
    """Find what is wrong in the GitOps repository around PATH.

    The repository is the Git work tree that PATH lies in; it is always read and rendered as a whole. Where PATH is
    a part of it, only the findings that concern PATH are reported: by their place, a related place, or a delivery
    that applies it.
    """
    options = CheckOptions(**values)
    report = run_check(options)
    code, verdict = _judge(report, options)
    if code != exit_codes.NOTHING_CHECKED or options.output_format != "text":
        deliver(_rendered(report, options, verdict), options.output)
    if code == exit_codes.NOTHING_CHECKED:
        raise CommandError(
            f"nothing to check: there is no YAML, JSON or chart file in '{options.path}' (exit {code})",
            "name the folder of a GitOps repository; files that Git ignores are not read",
            code,
        )
    raise click.exceptions.Exit(max([code, *map(tell_defect, report.defects)]))


def run_check(options: CheckOptions) -> Report:
    """Check the repository and give the report, narrowed to what was asked for.

    Its coverage has no file where nothing was there to check.
    """
    progress = Progress(quiet=options.quiet)
    started = time.perf_counter()
    try:
        with open_session(options) as session:
            report = _check_session(session, options, progress)
    finally:
        progress.done()
    return dataclasses.replace(report, elapsed_ms=round((time.perf_counter() - started) * 1000))


def _check_session(session: Session, options: CheckOptions, progress: Progress) -> Report:
    from gitlint_ops.lint import lint, load_rules
    from gitlint_ops.render import render_repository
    from gitlint_ops.repo.summary import delivery_paths
    from gitlint_ops.report.scope import in_environments, within_folder

    tree, engine, scope = session.tree, session.engine, session.target.scope
    rules, config = choose_rules(load_rules(session.config, tree.root), options.rules, session.config)
    progress.say(f"Rendering {len(tree.yaml_files):,} files ...")
    rendering = render_repository(tree, engine, config)
    _check_environments(options.environments, rendering.graph.environments)
    progress.say(f"Checking {sum(map(len, rendering.objects.values())):,} objects against {len(rules)} rules ...")
    report = lint(tree, rendering, config, engine, rules)
    report = in_environments(within_folder(report, scope, delivery_paths(rendering.graph)), options.environments)
    if any(is_checked(path) and session.target.holds(path) for path in tree.files):
        return report
    return dataclasses.replace(report, coverage=dataclasses.replace(report.coverage, files=0))


def is_checked(path: str) -> bool:
    """Tell whether a file is of a kind that is looked at: YAML, JSON, or a chart's template helpers."""
    return path.lower().endswith((".yaml", ".yml", ".json", ".tpl"))


def choose_rules(rules: Sequence[Rule], names: Sequence[str], config: Config) -> tuple[tuple[Rule, ...], Config]:
    """Give the rules to run and the configuration for them: all as configured, or just those of ``names``, turned on.

    Raises ConfigError for a name that is not a rule's.
    """
    from gitlint_ops.lint import rule_by_name

    if not names:
        return tuple(rules), config
    chosen = tuple(dataclasses.replace(rule_by_name(name, rules), enabled=True) for name in dict.fromkeys(names))
    settings = {name: dataclasses.replace(config.rules[name], enabled=True) for name in names if name in config.rules}
    return chosen, dataclasses.replace(config, rules=settings)


def _check_environments(wanted: Sequence[str], known: Collection[str]) -> None:
    for name in wanted:
        if name not in known:
            there = f"there are: {', '.join(sorted(known))}" if known else "none was recognised"
            raise CommandError(
                f"there is no environment '{name}'; {there}", "'gitlint-ops inspect' shows the environments"
            )


def _judge(report: Report, options: CheckOptions) -> tuple[int, str]:
    if not report.coverage.files:
        return exit_codes.NOTHING_CHECKED, "Nothing could be checked: exit 3"
    return exit_codes.judge(report, options.fail_on)


def _rendered(report: Report, options: CheckOptions, verdict: str) -> str:
    if options.output_format == "json":
        from gitlint_ops.report import render_json

        return render_json(report)
    if options.output_format == "sarif":
        from gitlint_ops.report import render_sarif

        return render_sarif(report)
    return _as_text(report, options, verdict)


def _as_text(report: Report, options: CheckOptions, verdict: str) -> str:
    from gitlint_ops.report.text import Layout, render_text

    layout = Layout(
        quiet=options.quiet,
        show_suppressed=options.show_suppressed,
        full_infos=options.fail_on == "info",
        note=_note(options),
        verdict=verdict,
        unicode=use_unicode(options.output),
    )
    color, width = use_color(options.color, options.output), text_width(options.output)
    return render_text(report, color=color, width=width, verbose=options.verbose, layout=layout)


def _note(options: CheckOptions) -> str:
    """Say what the options leave out of the report."""
    scope = find_target(options.path, options.root).scope
    parts = [f"that concern '{scope}'"] if scope != "." else []
    parts += [f"of {', '.join(options.environments)} or of no environment"] if options.environments else []
    parts += [f"of {', '.join(options.rules)}"] if options.rules else []
    return f"Only findings {' and '.join(parts)} are shown; the whole repository was rendered." if parts else ""
