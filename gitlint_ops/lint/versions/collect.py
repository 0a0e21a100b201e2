"""The version table of a repository, from rendered objects, charts, and values of charts that are not rendered."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cmp_to_key
from itertools import chain

from gitlint_ops.lint.apps import apps_of, without_environment
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.versions.charts import charts_of
from gitlint_ops.lint.versions.images import images_run
from gitlint_ops.lint.versions.model import App, Cell, Component, Running, Sort, VersionTable
from gitlint_ops.lint.versions.scheme import distance
from gitlint_ops.repo import vocabulary

_Cells = dict[str, list[Running]]
"""By environment."""


def version_table(context: CheckContext) -> VersionTable:
    """Give the version table of what a context sees: every application, image and chart, environments in order."""
    return context.once("version-table", lambda: _collect(context))


def _collect(context: CheckContext) -> VersionTable:
    names = apps_of(context.deliveries)
    found: dict[str, list[Running]] = defaultdict(list)
    for running in chain(charts_of(context), images_run(context)):
        found[names[running.delivery.id]].append(running)
    apps = [App(name or _named_by_objects(items), tuple(_components(items))) for name, items in found.items()]
    return VersionTable(
        tuple(sorted(context.graph.environments.values(), key=lambda item: (item.rank, item.name))),
        tuple(sorted(apps, key=lambda app: app.name)),
        _unordered(context),
    )


def _unordered(context: CheckContext) -> frozenset[str]:
    configured = {setting.name for setting in context.config.environments if setting.rank is not None}
    untold = (name for name in context.graph.environments if vocabulary.rank_of(name) is None)
    return frozenset(untold) - configured


def _named_by_objects(items: Iterable[Running]) -> str:
    """Name the one application of a repository whose folders tell only environments."""
    workloads = {item.workload for item in items if item.workload}
    return workloads.pop() if len(workloads) == 1 else "."


def _components(items: Iterable[Running]) -> Iterator[Component]:
    known = list(items)
    short = _short_names(known)
    images: dict[tuple[Sort, str], list[Running]] = defaultdict(list)
    for item in known:
        images[item.sort, short[_nameless(item)]].append(item)
    rows = [row for (_, name), found in images.items() for row in _rows(name, found)]
    yield from sorted(_merged(rows), key=lambda row: (row.sort != "chart", row.name, row.workloads))


def _rows(short: str, items: Iterable[Running]) -> Iterator[Component]:
    """Give the rows of one image: one for each workload, or one alone where no environment has several of them."""
    by_workload: dict[str, _Cells] = defaultdict(lambda: defaultdict(list))
    workloads: dict[str, set[str]] = defaultdict(set)
    for item in items:
        by_workload[item.workload][item.delivery.environment].append(item)
        workloads[item.delivery.environment].add(item.workload)
    if max(map(len, workloads.values())) > 1:
        yield from (_component(short, cells) for cells in by_workload.values())
    else:
        yield _component(short, {name: found for cells in by_workload.values() for name, found in cells.items()})


def _nameless(item: Running) -> str:
    return without_environment(item.name, item.delivery.environment, "*")


def _short_names(items: Iterable[Running]) -> Mapping[str, str]:
    """Give, by name, what is the same in all environments: without the registry, where that is still one image."""
    by_last: dict[str, set[str]] = defaultdict(set)
    by_environment: dict[tuple[str, str], set[str]] = defaultdict(set)
    for item in items:
        name = _nameless(item)
        last = posixpath.basename(name)
        by_last[last].add(name)
        by_environment[item.delivery.environment, last].add(name)
    shared = {last for (_, last), names in by_environment.items() if len(names) > 1}
    return {name: name if last in shared else last for last, names in by_last.items() for name in names}


def _component(short: str, cells: _Cells) -> Component:
    items = [item for found in cells.values() for item in found]
    names = {item.name for item in items}
    workloads = tuple(sorted({item.workload for item in items} - {""}))
    made = {name: Cell(name, _versions(found), tuple(found)) for name, found in cells.items()}
    return Component(items[0].sort, names.pop() if len(names) == 1 else short, workloads, made)


def _versions(items: Iterable[Running]) -> tuple[str, ...]:
    """Give the distinct versions, the newest first; what cannot be compared is ordered as text."""
    return tuple(sorted({item.version for item in items}, key=cmp_to_key(_newest_first)))


def _newest_first(one: str, other: str) -> int:
    apart = distance(one, other)
    if apart is not None and apart.steps:
        return -apart.steps
    return (one > other) - (one < other)


def _merged(rows: Iterable[Component]) -> Iterator[Component]:
    """Make one row of the workloads that run the same versions of one image everywhere."""
    found: dict[object, Component] = {}
    for row in rows:
        key = (row.sort, row.name, tuple(sorted((cell.environment, cell.versions) for cell in row.cells.values())))
        there = found.get(key)
        found[key] = row if there is None else _both(there, row)
    yield from found.values()


def _both(one: Component, other: Component) -> Component:
    cells = {
        name: replace(cell, running=(*cell.running, *other.cells[name].running)) for name, cell in one.cells.items()
    }
    return replace(one, workloads=tuple(sorted({*one.workloads, *other.workloads})), cells=cells)
