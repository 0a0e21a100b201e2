"""Checks of what environments run, as the tree stands: production before the others, environments left behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.lint.placing import place
from gitlint_ops.lint.versions.collect import version_table
from gitlint_ops.lint.versions.model import App, Component, Running, VersionTable
from gitlint_ops.lint.versions.promotions import version_change
from gitlint_ops.lint.versions.scheme import PRE_RELEASE, SAME, Distance, distance, is_unordered_pair
from gitlint_ops.lint.versions.standing import named
from gitlint_ops.repo.model import Environment

_SMALLER = {
    "major": frozenset({"minor version", "patch version", "revision", PRE_RELEASE, "rebuild"}),
    "minor": frozenset({"patch version", "revision", PRE_RELEASE, "rebuild"}),
    "patch": frozenset({PRE_RELEASE, "rebuild"}),
    "any": frozenset[str](),
}
"""Units that are too small to count, by the option's name."""


def promotion_skips_environment(context: CheckContext) -> Iterator[Violation]:
    """Report what production runs that is newer than all that the environments before it run."""
    table = version_table(context)
    for app, component, environment in _judged(context, table):
        if not environment.production or _follows_its_chart(app, component, table, environment):
            continue
        before = table.before(component, environment.name)
        for running in component.cells[environment.name].running:
            apart = _ahead_of_all(component, running, before)
            if apart is not None and not _had_it(context, app, component, running, before):
                yield _skips(context, table, component, running, apart)
            elif apart is None and _is_untried(context, app, component, running, before):
                yield _untried(context, component, running, before)


def _had_it(
    context: CheckContext, app: App, component: Component, running: Running, before: Sequence[Environment]
) -> bool:
    """Whether an environment before ran a version at base; False where the run has no base."""
    if context.base is None:
        return False
    change = version_change(context)
    ran = {version for item in before for version in change.ran(app, component, item.name)}
    return any(distance(running.version, version) == SAME for version in ran)


def _is_untried(
    context: CheckContext, app: App, component: Component, running: Running, before: Sequence[Environment]
) -> bool:
    """Whether a change brings production a commit or digest that the environments before run neither now nor at base.

    Without a base nobody can tell: commits have no order, and the environment may have gone on to another one.
    """
    if context.base is None or not _is_new(context, component, running):
        return False
    others = [version for item in before for version in component.cells[item.name].versions]
    unlike = any(not is_unordered_pair(running.version, version) for version in others)
    return not unlike and not _had_it(context, app, component, running, before)


def _is_new(context: CheckContext, component: Component, running: Running) -> bool:
    return any(
        move.component is component
        and move.running.version == running.version
        and move.environment == running.delivery.environment
        for move in version_change(context).moves
    )


def environment_behind(context: CheckContext) -> Iterator[Violation]:
    """Report what an environment runs in a version older than all that the environments before it run."""
    table = version_table(context)
    for app, component, environment in _judged(context, table):
        if context.options["production_only"] and not environment.production:
            continue
        for running in component.cells[environment.name].running:
            apart = _behind_all(component, running, table.before(component, environment.name))
            if apart is None or apart.unit in _SMALLER[context.options["min_distance"]]:
                continue
            if not _follows_its_chart(app, component, table, environment):
                yield _behind(context, table, component, running, apart)


def _judged(context: CheckContext, table: VersionTable) -> Iterator[tuple[App, Component, Environment]]:
    """Give what has environments before it, but for what the options leave out."""
    ignored = context.options["ignore"]
    for app in table.apps:
        for component in app.components:
            names = (app.name, component.name)
            if any(fnmatchcase(name, glob) for name in names for glob in ignored):
                continue
            for environment in table.environments:
                if table.before(component, environment.name):
                    yield app, component, environment


def _ahead_of_all(component: Component, running: Running, before: Sequence[Environment]) -> Distance | None:
    """Say how far a version is newer than the newest of these environments; None where one has it or may have it.

    A version that cannot be compared with one of theirs may have been there; so may the release of a pre-release.
    """
    apart = _apart(component, running, before)
    is_newer = bool(apart) and all(item.steps > 0 and item.unit != PRE_RELEASE for item in apart)
    return distance(running.version, _newest_of(component, before)) if is_newer else None


def _behind_all(component: Component, running: Running, before: Sequence[Environment]) -> Distance | None:
    """Say how far a version is behind the newest of these environments; None where one has it or nobody can tell."""
    apart = _apart(component, running, before)
    is_older = bool(apart) and all(item.steps < 0 for item in apart)
    return distance(running.version, _newest_of(component, before)) if is_older else None


def _apart(component: Component, running: Running, before: Sequence[Environment]) -> list[Distance]:
    """Compare a version with all that these environments run; empty where one comparison cannot be made."""
    others = [version for item in before for version in component.cells[item.name].versions]
    found = [distance(running.version, version) for version in others]
    return [] if None in found or SAME in found else [item for item in found if item is not None]


def _newest_of(component: Component, environments: Sequence[Environment]) -> str:
    """Give the newest version that these environments run."""
    versions = [component.cells[item.name].versions[0] for item in environments]
    newest = versions[0]
    for version in versions[1:]:
        apart = distance(version, newest)
        newest = version if apart is not None and apart.steps > 0 else newest
    return newest


def _follows_its_chart(app: App, component: Component, table: VersionTable, environment: Environment) -> bool:
    """Whether an image comes with a chart whose version differs too: then the chart is what was promoted."""
    if component.sort != "image":
        return False
    own = {running.delivery.id for running in component.cells[environment.name].running}
    for chart in app.components:
        cell = chart.cells.get(environment.name) if chart.sort == "chart" else None
        if cell is not None and own & {running.delivery.id for running in cell.running}:
            before = table.before(chart, environment.name)
            return any(chart.cells[item.name].versions != cell.versions for item in before)
    return False


def _skips(
    context: CheckContext, table: VersionTable, component: Component, running: Running, apart: Distance
) -> Violation:
    environment = running.delivery.environment
    before = table.before(component, environment)
    earlier = [item for item in table.earlier(component, environment) if item not in before]
    has_it = [item.name for item in earlier if _runs(component, item, running.version)]
    only = f" (only {named(has_it)} runs it)" if has_it else ""
    newest = _newest_of(component, before)
    message = (
        f"{what(running)} is {apart.words} ahead of {_names(before)}, which {_verb(before)} {newest}: production has a "
        f"version that no environment right before it has{only}. Promote it through {_names(before)} first, or set "
        f"production back to {newest}"
    )
    return replace(running.at, message=message, related=_related(context, component, before))


def _untried(context: CheckContext, component: Component, running: Running, before: Sequence[Environment]) -> Violation:
    message = (
        f"this change brings {what(running)} to production, and {_names(before)}, which {_verb(before)} "
        f"{_newest_of(component, before)}, never had it: neither before this change nor with it. Promote it through "
        f"{_names(before)} first"
    )
    return replace(running.at, message=message, related=_related(context, component, before))


def _behind(
    context: CheckContext, table: VersionTable, component: Component, running: Running, apart: Distance
) -> Violation:
    before = table.before(component, running.delivery.environment)
    message = (
        f"{what(running)} is {apart.words} behind {_names(before)}, which {_verb(before)} "
        f"{_newest_of(component, before)}. Promote it once it has proven itself there"
    )
    return replace(running.at, message=message, related=_related(context, component, before))


def what(running: Running) -> str:
    """Name a version for a message: ``web 1.2.3``, ``chart podinfo 6.5.0``."""
    sort = "" if running.sort == "image" else f"{running.sort} "
    return f"{sort}{running.name} {running.version}".strip()


def _runs(component: Component, environment: Environment, version: str) -> bool:
    return any(distance(version, other) == SAME for other in component.cells[environment.name].versions)


def _names(environments: Sequence[Environment]) -> str:
    return named([item.name for item in environments])


def _verb(environments: Sequence[Environment]) -> str:
    return "run" if len(environments) > 1 else "runs"


def _related(context: CheckContext, component: Component, before: Sequence[Environment]) -> tuple[Related, ...]:
    """Give the lines that set the versions of the environments before."""
    found = [(item, component.cells[item.name].running[0]) for item in before]
    return tuple(
        Related(place(running.at, context).span, f"{item.name} runs {running.version}") for item, running in found
    )
