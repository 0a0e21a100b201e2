"""``gitlint-ops check``: the main job."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitlint_ops.cli import exit_codes
from gitlint_ops.cli.base import base_option, only_new, open_base
from gitlint_ops.cli.baselines import baseline_options, open_baseline
from gitlint_ops.cli.caching import open_cache
from gitlint_ops.cli.check_options import CheckOptions, shard_options
from gitlint_ops.cli.choosing import choice_options
from gitlint_ops.cli.errors import CommandError, check_known
from gitlint_ops.cli.fixing import FixOptions, Mender, fix_options
from gitlint_ops.cli.meanwhile import meanwhile
from gitlint_ops.cli.options import root_options
from gitlint_ops.cli.outputs import plan_outputs, show_layout
from gitlint_ops.cli.paths import PathList, paths_argument
from gitlint_ops.cli.profiled import profiled
from gitlint_ops.cli.remembering import beside, plan_run
from gitlint_ops.cli.session import Session, find_targets, open_target
from gitlint_ops.cli.sharding import identify, read_share, report_of_part
from gitlint_ops.cli.showing import deliver_report, look_flags, show_options
from gitlint_ops.cli.streams import Progress, diagnose
from gitlint_ops.report.formats import TEXT

if TYPE_CHECKING:
    from gitlint_ops.cli.caching import Cache
    from gitlint_ops.cli.session import Target
    from gitlint_ops.config import Config
    from gitlint_ops.lint.model import Report, Rule
    from gitlint_ops.lint.spares import Spares
    from gitlint_ops.report.remembered import Basis, RememberedRun


_SCOPE_LIMIT = 3
"""Paths that the note on what is left out names."""
_WORKLOAD_PROFILES = "those of workloads are set in the configuration, as in 'workload: {profile: baseline}'"


@click.command()
@paths_argument
@root_options
@show_options
@base_option("Report only what is new since the merge base of REF and HEAD, as a pull request onto REF would bring it.")
@choice_options
@click.option(
    "--environment",
    "environments",
    multiple=True,
    metavar="NAME",
    help="Show the findings of this environment, and those that belong to none; repeatable.",
)
@baseline_options
@click.option(
    "--network",
    is_flag=True,
    help="Fetch charts, bases and schemas that the repository refers to; without it, nothing leaves this machine.",
)
@fix_options
@click.option(
    "--profile-run",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write what took how long to FILE: phases, rules and each request to the engine, for trace viewers.",
)
@shard_options
@look_flags
def check(**values: Any) -> None:
    """Find what is wrong in the GitOps repository around PATHS.

    The repository is the Git work tree that PATHS lie in; it is always read and rendered as a whole. Where PATHS are
    a part of it, only the findings that concern them are reported: by their place, a related place, or a delivery
    that applies them. '-' reads a list of files from standard input, one a line or NUL-separated.
    """
    options = CheckOptions(**values)
    with profiled(options.profile_run):
        _check(options)


def _check(options: CheckOptions) -> None:
    plan_outputs(options.output_format, options.outputs)
    mender = Mender(options)
    if options.base is not None and (options.fix or options.diff):
        raise click.UsageError("--base reports on a change, --fix and --diff mend what is there: give one of them")
    if options.diff and (options.outputs or options.output_format != TEXT):
        raise click.UsageError("--diff prints a diff in place of the report: leave --format and --output out")
    report = run_check(options, mender)
    mender.tell()
    code = deliver_report(report, options, _note(options))
    if code == exit_codes.NOTHING_CHECKED:
        raise CommandError(
            f"nothing to check: there is no YAML, JSON or chart file in {_named(options.paths)} (exit {code})",
            "name the folder of a GitOps repository; files that Git ignores are not read",
            code,
        )
    raise click.exceptions.Exit(code)


class UnchangedError(Exception):
    """What a report rests on is as it was: whoever has the report needs no other."""


def run_check(options: CheckOptions, mender: Mender | None = None) -> Report:
    """Check the repository and give the report, narrowed to what was asked for.

    Where ``mender`` mends anything, the report is on what remains. Its coverage has no file where none was to check.
    """
    return check_since(options, None, mender)[0]


def check_since(
    options: CheckOptions, basis: Basis | None, mender: Mender | None = None
) -> tuple[Report, Basis | None]:
    """Do as ``run_check``, and give what the report rests on too: None where it would not hold later.

    Raises UnchangedError where ``basis``, which an earlier report rests on, still holds.
    """
    progress = Progress(quiet=options.quiet)
    started = time.perf_counter()
    target = find_targets(options)
    try:
        with open_cache(target.root, options) as cache:
            run = plan_run(options, target, cache)
            if run and basis and run.holds(basis):
                raise UnchangedError
            report = run.recall() if run else None
            if report is None:
                report = _check_target(target, options, cache, run, progress, mender)
        if cache and cache.store.problem and options.verbose:
            diagnose(f"gitlint-ops: {cache.store.problem}")
    finally:
        progress.done()
    elapsed = round((time.perf_counter() - started) * 1000)
    return dataclasses.replace(report, elapsed_ms=elapsed), run.basis if run else None


def _check_target(
    target: Target,
    options: CheckOptions,
    cache: Cache | None,
    run: RememberedRun | None,
    progress: Progress,
    mender: Mender | None,
) -> Report:
    """Give the report of a check, which ``run`` keeps."""
    spares, listed = (run.spares, run.listed) if run else (None, None)
    with open_target(target, options, cache, listed) as session:
        report = _check_session(session, options, progress, mender or Mender(FixOptions()), spares)
    if run and cache:
        run.keep(report, cache.answers, beside(session, options))
    return report


def _check_session(
    session: Session, options: CheckOptions, progress: Progress, mender: Mender, spares: Spares | None
) -> Report:
    share = read_share(options)
    if share and share.index > 1:
        return report_of_part(share, session, options, progress)
    with meanwhile(_import_rooms):
        session.tree.documents()

    from gitlint_ops.fix import Checked, checking
    from gitlint_ops.lint import lint, load_rules
    from gitlint_ops.lint.bounds import bounded
    from gitlint_ops.lint.profiles import profile_names
    from gitlint_ops.lint.runner import import_checks
    from gitlint_ops.render.answers import Answers
    from gitlint_ops.render.shares import render_share
    from gitlint_ops.render.summary import summarise
    from gitlint_ops.repo.summary import delivery_paths
    from gitlint_ops.report.scope import in_environments, within

    tree, engine = session.tree, session.engine
    if options.profile:
        check_known("profile", options.profile, profile_names(), _WORKLOAD_PROFILES)
    known = open_baseline(options, session)
    profile = options.profile or session.config.profile
    kept = str(options.cache_dir or "")
    asked = dataclasses.replace(session.config, network=options.network, profile=profile, cache_folder=kept)
    rules, config = choose_rules(load_rules(asked, tree.root), options.rules, asked)
    progress.say(f"Rendering {len(tree.yaml_files):,} files ...")
    answers = Answers() if options.base is not None else None
    with meanwhile(partial(import_checks, rules, config)):
        rendering, part = render_share(tree, engine, config, share, answers)
    for name in options.environments:
        check_known("environment", name, rendering.graph.environments)
    shard = identify(share, part, options, session) if share else None
    progress.say(f"Checking {sum(map(len, rendering.objects.values())):,} objects against {len(rules)} rules ...")

    def narrow(checked: Checked) -> Report:
        inside = within(checked.report, session.target.scopes, delivery_paths(checked.rendering.graph))
        return in_environments(inside, options.environments)

    with open_base(session, rendering, options.base, answers) as base:
        report = lint(tree, rendering, config, engine, rules, baseline=known, base=base, spares=spares)
        checked = Checked(tree, rendering, report)
        report = mender.mend(checked, checking(rules, config, tree.root, known), narrow)
        report = bounded(only_new(report, base, rules, config, narrow, known), config.limits.findings)
    report = dataclasses.replace(report, shard=shard)
    if shard or show_layout(options.output_format, options.outputs):
        report = dataclasses.replace(report, layout=summarise(rendering))
    if isinstance(options.paths, PathList) or any(map(is_checked, filter(session.target.holds, tree.files))):
        return report
    return dataclasses.replace(report, coverage=dataclasses.replace(report.coverage, files=0))


def _import_rooms() -> None:
    """Import the most of what a check needs: that takes as long as the engine needs to start and to read the files."""
    import gitlint_ops.fix
    import gitlint_ops.lint.runner
    import gitlint_ops.render.provenance
    import gitlint_ops.render.shares  # noqa: F401


def is_checked(path: str) -> bool:
    """Tell whether a file is of a kind that is looked at: YAML, JSON, or a chart's template helpers."""
    return path.lower().endswith((".yaml", ".yml", ".json", ".tpl"))


def choose_rules(rules: Sequence[Rule], names: Sequence[str], config: Config) -> tuple[tuple[Rule, ...], Config]:
    """Give the rules to run and the configuration for them: all as configured, or just those of ``names``, turned on.

    Raises CommandError for a name that is not a rule's, ConfigError for wrong settings of any rule: nothing is rendered
    then.
    """
    from gitlint_ops.lint.selection import select, settings_of

    select(rules, config)
    if not names:
        return tuple(rules), config
    known = {rule.name: rule for rule in rules}
    for name in names:
        check_known("rule", name, known, "'gitlint-ops rules' lists them")
    return tuple(known[name] for name in dict.fromkeys(names)), settings_of(config, names)


def _named(scopes: Sequence[str | Path]) -> str:
    shown = [f"'{scope}'" for scope in scopes[:_SCOPE_LIMIT]]
    shown += [f"{len(scopes) - _SCOPE_LIMIT} more paths"] if len(scopes) > _SCOPE_LIMIT else []
    return ", ".join(shown) or "no file"


def _note(options: CheckOptions) -> str:
    """Say what the options leave out of the report."""
    scopes = find_targets(options).scopes
    parts = [] if "." in scopes else [f"that concern {_named(scopes)}"]
    parts += [f"of {', '.join(options.environments)} or of no environment"] if options.environments else []
    parts += [f"of {', '.join(options.rules)}"] if options.rules else []
    return f"Only findings {' and '.join(parts)} are shown; the whole repository was rendered." if parts else ""
