"""A check for pipelines that commit manifests to a default branch, past any review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from gitlint_ops.lint.checks.pipeline_runs import JobRun, callers_of, job_runs, place_of
from gitlint_ops.lint.checks.places import is_sample
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.repo.model import Delivery
from gitlint_ops.repo.pipelines.git_pushes import Edit, GitPush, default_branch_pushes, edits_of
from gitlint_ops.source.model import Span

_SHOWN = 3


def ci_pushes_to_default_branch(context: CheckContext) -> Iterator[Violation]:
    """Report pushes by which a job changes what a controller deploys, without a pull request; one for each push."""
    found: dict[tuple[str, Span, str], tuple[JobRun, GitPush, list[Edit]]] = {}
    for run in job_runs(context):
        pushes = list(default_branch_pushes(run.pipeline, run.commands))
        edits = list(edits_of(run.job.steps, run.commands)) if pushes else []
        for push in pushes:
            # The runs of a job's matrix are one decision.
            key = (run.name, place_of(context, push.command), push.branch)
            found.setdefault(key, (run, push, []))[2].extend(edits)
    for run, push, edits in found.values():
        yield from _judge(context, run, push, edits)


def _judge(context: CheckContext, run: JobRun, push: GitPush, edits: Sequence[Edit]) -> Iterator[Violation]:
    if push.foreign:
        if any(edit.manifest for edit in edits):
            yield _violation(context, run, push, "manifests of another repository", ())
        return
    changed, deliveries = _delivered(context, edits)
    if changed:
        yield _violation(context, run, push, _listed(changed), deliveries)


def _delivered(context: CheckContext, edits: Sequence[Edit]) -> tuple[list[str], tuple[Delivery, ...]]:
    """Give the edited paths that deliveries of this repository read, and these deliveries."""
    known = {d.id: d for d in context.deliveries if (d.controller != "none" or d.environment) and not is_sample(d)}
    readers = context.rendering.readers
    changed: list[str] = []
    found: dict[str, Delivery] = {}
    for edit in edits:
        names = set() if edit.foreign else _readers(readers, edit.path) & set(known)
        if names:
            changed.append(edit.path)
            found |= {name: known[name] for name in sorted(names)}
    return list(dict.fromkeys(changed)), tuple(found.values())


def _readers(readers: Mapping[str, tuple[str, ...]], path: str) -> set[str]:
    """Give the ids of the deliveries that read a file, a folder's files, or what a glob matches."""
    if path.strip("*") in ("", ".", "/"):
        return set()
    if "*" in path:
        return {name for file, names in readers.items() if fnmatchcase(file, path) for name in names}
    if path in readers:
        return set(readers[path])
    return {name for file, names in readers.items() if file.startswith(f"{path}/") for name in names}


def _violation(
    context: CheckContext, run: JobRun, push: GitPush, what: str, deliveries: tuple[Delivery, ...]
) -> Violation:
    branch = f"the branch {push.branch}" if push.branch else "the default branch"
    who = _applied(deliveries)
    message = (
        f"{run.name} commits {what} straight to {branch}: {who} without anyone's review. Let it push a branch and open "
        "a pull request instead"
    )
    return Violation(
        message,
        span=place_of(context, push.command),
        deliveries=deliveries,
        related=callers_of(context, run, push.command),
    )


def _applied(deliveries: Sequence[Delivery]) -> str:
    if not deliveries:
        return "what its controller follows changes"
    if any(delivery.controller != "none" for delivery in deliveries):
        applied = [f"{d.kind} {d.name}" for d in deliveries if d.controller != "none"]
        return f"{_listed(applied)} {'deploys' if len(applied) == 1 else 'deploy'} it"
    # Folders that something outside of this repository applies.
    names = list(dict.fromkeys(delivery.environment for delivery in deliveries))
    return f"the environment {names[0]} changes" if len(names) == 1 else f"the environments {_listed(names)} change"


def _listed(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(paths[:_SHOWN]) + more
