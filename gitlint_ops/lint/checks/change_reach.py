"""Checks of how far a change reaches: environments, clusters, deliveries and workloads that it touches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gitlint_ops.lint.checks.blast_radius import counted
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.render.compare import ObjectChange
from gitlint_ops.render.compare.objects import identity_of
from gitlint_ops.render.reach import is_workload
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source import Span

_MAX_TRACED = 40
"""Of a delivery with more changed fields than this, the lines behind the first ones are looked up."""
_MAX_FILES = 10
_MAX_NAMES = 6


@dataclass(frozen=True, slots=True)
class Touched:
    """What some changes touch. Environments come in promotion order; a workload counts once a cluster."""

    deliveries: tuple[Delivery, ...]
    environments: tuple[str, ...]
    clusters: tuple[str, ...]
    workloads: int


def touched(context: CheckContext, changes: Iterable[ObjectChange]) -> Touched:
    """Sum up what changes touch; an environment or a cluster that nothing tells is left out."""
    items = list(changes)
    deliveries = {change.delivery.id: change.delivery for change in items}
    names = {delivery.environment for delivery in deliveries.values()}
    known = {**context.compared.rendering.graph.environments, **context.graph.environments}
    running = {(c.delivery.cluster, c.environment, *identity_of(c.object)) for c in items if is_workload(c.object)}
    return Touched(
        deliveries=tuple(deliveries[key] for key in sorted(deliveries)),
        environments=tuple(e.name for e in sorted(known.values(), key=lambda e: (e.rank, e.name)) if e.name in names),
        clusters=tuple(sorted({d.cluster for d in deliveries.values()} - {""})),
        workloads=len(running),
    )


# Reach


def change_reach(context: CheckContext) -> Iterator[Violation]:
    """Report a change that touches more than the limits, once, at the file through which it reaches most."""
    changes = context.compared.changes.objects
    total = touched(context, changes)
    over = list(_over(context, total))
    if not over:
        return
    files = _by_file(context, changes)
    widest = sorted(files, key=lambda path: (-len({c.delivery.id for c in files[path]}), path))
    yield Violation(
        f"this change touches {_figures(total)}: more than {' and '.join(over)}. What is wrong in it is wrong in all "
        "of these within minutes. Split it, one environment or a few deliveries at a time, and merge each after the "
        "one before it has proven itself",
        span=_place(context, widest[0] if widest else "", changes),
        deliveries=total.deliveries,
        environments=total.environments,
        related=_through(context, files, widest[1:]),
    )


def _over(context: CheckContext, total: Touched) -> Iterator[str]:
    figures = (
        ("environments", len(total.environments)),
        ("clusters", len(total.clusters)),
        ("deliveries", len(total.deliveries)),
        ("workloads", total.workloads),
    )
    for name, number in figures:
        limit = context.options[f"max_{name}"]
        if number > limit:
            yield counted(limit, name)


def _figures(total: Touched) -> str:
    parts = [
        *([_named("environments", total.environments)] if total.environments else []),
        *([_named("clusters", total.clusters)] if total.clusters else []),
        counted(len(total.deliveries), "deliveries"),
        counted(total.workloads, "workloads"),
    ]
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _named(what: str, names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MAX_NAMES]) + (f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else "")
    return f"{counted(len(names), what)} ({shown})"


# Crossing


def change_crosses_environments(context: CheckContext) -> Iterator[Violation]:
    """Report files whose change reaches production together with other environments, those with one reach as one."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    files = _by_file(context, context.compared.changes.objects)
    for path in sorted(files):
        reached = touched(context, files[path]).environments
        if _crosses(context, reached):
            groups[reached].append(path)
    for environments, paths in sorted(groups.items()):
        changes = [change for path in paths for change in files[path]]
        yield Violation(
            _crossing(context, environments, paths, touched(context, changes)),
            span=_place(context, paths[0], files[paths[0]]),
            deliveries=touched(context, changes).deliveries,
            environments=environments,
            related=_through(context, files, paths[1:]),
        )


def _crosses(context: CheckContext, environments: Sequence[str]) -> bool:
    return len({_is_production(context, name) for name in environments}) == 2


def _is_production(context: CheckContext, name: str) -> bool:
    known = {**context.compared.rendering.graph.environments, **context.graph.environments}
    return known[name].production


def _crossing(context: CheckContext, environments: Sequence[str], paths: Sequence[str], total: Touched) -> str:
    production = ", ".join(name for name in environments if _is_production(context, name))
    others = ", ".join(name for name in environments if not _is_production(context, name))
    also = f" and {counted(len(paths) - 1, 'files')} more" if len(paths) > 1 else ""
    return (
        f"the change of {paths[0]}{also} reaches production ({production}) together with {others}: "
        f"{counted(len(total.deliveries), 'deliveries')} and {counted(total.workloads, 'workloads')} at once, and no "
        "environment tries it for the others. Make it in the overlay or values of one environment first, and move it "
        "into what they share when it has proven itself"
    )


# Files


def _by_file(context: CheckContext, changes: Iterable[ObjectChange]) -> Mapping[str, Sequence[ObjectChange]]:
    """Give for each changed file the object changes that it causes."""
    found: dict[str, list[ObjectChange]] = defaultdict(list)
    for change in changes:
        for path in _files_behind(context, change):
            found[path].append(change)
    return found


def _files_behind(context: CheckContext, change: ObjectChange) -> Sequence[str]:
    """Give the changed files behind a change: the only one that its delivery reads, else those behind its fields."""
    files = context.causes.files(change)
    if len(files) < 2:
        return files
    causes = [c for field in (change.fields[:_MAX_TRACED] or (None,)) for c in context.causes.of(change, field)[:1]]
    return sorted({cause.span.path for cause in causes if cause.edited})


def _place(context: CheckContext, path: str, changes: Sequence[ObjectChange]) -> Span:
    """Give the first edited line of a file, or where the work tree has what is left of one that is gone."""
    if context.tree.is_file(path):
        return context.tree.line_span(path, context.causes.edits.first(path, "head"))
    return context.causes.in_head(changes[0])


def _through(
    context: CheckContext, files: Mapping[str, Sequence[ObjectChange]], paths: Sequence[str]
) -> tuple[Related, ...]:
    there = [path for path in paths if context.tree.is_file(path)][:_MAX_FILES]
    return tuple(
        Related(
            _place(context, path, files[path]),
            f"this change reaches {counted(len({c.delivery.id for c in files[path]}), 'deliveries')} too",
        )
        for path in there
    )
