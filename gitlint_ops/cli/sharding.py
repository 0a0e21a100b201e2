"""``check --shard I/N``: one of several runs that part the rendering of a repository."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.outputs import plan_outputs

if TYPE_CHECKING:
    from gitlint_ops.cli.check_options import CheckOptions
    from gitlint_ops.cli.session import Session
    from gitlint_ops.cli.streams import Progress
    from gitlint_ops.lint.model import Report, Shard
    from gitlint_ops.render.shares import Share

MAX_SHARDS = 1000
_SHARD = re.compile(r"(\d{1,4})/(\d{1,4})")


def read_share(options: CheckOptions) -> Share | None:
    """Give the part that the options ask for, None for a whole run. Raises CommandError for options that do not fit."""
    from gitlint_ops.render.shares import Share

    if not options.shard:
        if options.shard_costs:
            raise CommandError("--shard-costs does nothing by itself", "add --shard, as in --shard 1/4")
        return None
    found = _SHARD.fullmatch(options.shard)
    index, count = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= index <= count <= MAX_SHARDS:
        advice = f"give one as I/N, from 1/N to N/N, N up to {MAX_SHARDS}"
        raise CommandError(f"--shard {options.shard}: that is no part of a run", advice)
    if options.fix or options.diff:
        raise CommandError("--fix and --diff mend the whole repository", "leave --shard out")
    if options.no_cache:
        raise CommandError("the parts of a run hand over what they render in the cache", "leave --no-cache out")
    if all(output.format != "json" for output in plan_outputs(options.output_format, options.outputs)):
        raise CommandError("the report of a shard is for 'merge-reports', which reads JSON", "add --format json")
    return Share(index, count, _costs(options.shard_costs))


def _costs(file: Path | None) -> Mapping[str, float]:
    from gitlint_ops.profiling import costs_in

    if file is None:
        return {}
    try:
        return costs_in(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no trace of a run"
        raise CommandError(f"cannot use '{file}': {reason}", "write it with 'check --profile-run FILE'") from error


def report_of_part(share: Share, session: Session, options: CheckOptions, progress: Progress) -> Report:
    """Render a part and give its report; the part that judges says what is wrong with rules and other settings."""
    from gitlint_ops import __version__
    from gitlint_ops.lint.coverage import coverage_of
    from gitlint_ops.lint.model import Report
    from gitlint_ops.render.shares import render_share

    progress.say(f"Rendering a part of {len(session.tree.yaml_files):,} files ...")
    rendering, units = render_share(session.tree, session.engine, session.config, share)
    coverage = coverage_of(session.tree, rendering, controllers=session.config.controllers)
    shard = identify(share, units, options, session)
    return Report(findings=(), coverage=coverage, tool_version=__version__, shard=shard)


def identify(share: Share, units: tuple[str, ...], options: CheckOptions, session: Session) -> Shard:
    """Say which part a run was, and of what."""
    from gitlint_ops.cache import States, cache_folder, made_by
    from gitlint_ops.cache.store import files_in
    from gitlint_ops.cli.remembering import asked_of
    from gitlint_ops.lint.model import Shard
    from gitlint_ops.source.whole import describe

    root = session.target.root
    described, _ = describe(root, States(root), files_in(options.cache_dir or cache_folder()))
    asked = {**asked_of(options, session.target), "layout": "", "costs": dict(share.costs)}
    run = made_by() + json.dumps(asked, sort_keys=True).encode()
    tree = described.encode("utf-8", "surrogateescape")
    return Shard(share.index, share.count, _digest(tree), _digest(run), units)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
