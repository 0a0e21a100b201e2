"""The version table as a plain value: what ``versions`` shows and its JSON contract names."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.coverage import coverage_of
from gitlint_ops.lint.placing import place
from gitlint_ops.lint.versions.collect import version_table
from gitlint_ops.lint.versions.model import App, Cell, Component, VersionTable
from gitlint_ops.lint.versions.standing import Standing, standing

Overview = dict[str, Any]


def summarise_versions(context: CheckContext, wanted: str = "", *, all_places: bool = True) -> Overview:
    """Give environments in promotion order, applications with their versions, and what was not rendered.

    ``wanted`` is a glob (or a part of a name) for applications, images and workloads. Without ``all_places`` only the
    versions that differ from the environment before carry the lines that set them: finding a line costs time.
    """
    table = version_table(context)
    apps = [_app(context, table, app, wanted, all_places=all_places) for app in table.apps]
    coverage = coverage_of(context.tree, context.rendering)
    gaps = (*coverage.failed, *coverage.skipped)
    return {
        "environments": [{"name": e.name, "production": e.production, "rank": e.rank} for e in table.environments],
        "apps": [app for app in apps if app["components"]],
        "not_rendered": [{"unit": gap.unit, "path": gap.path, "reason": gap.reason} for gap in gaps],
    }


def _app(context: CheckContext, table: VersionTable, app: App, wanted: str, *, all_places: bool) -> Overview:
    known = app.components if _is_wanted(wanted, app.name) else [c for c in app.components if _has(c, wanted)]
    return {
        "name": app.name,
        "components": [_component(context, table, item, all_places=all_places) for item in known],
    }


def _is_wanted(wanted: str, name: str) -> bool:
    return wanted.lower() in name.lower() or fnmatchcase(name.lower(), wanted.lower())


def _has(component: Component, wanted: str) -> bool:
    return any(_is_wanted(wanted, name) for name in (component.name, *component.workloads))


def _component(context: CheckContext, table: VersionTable, item: Component, *, all_places: bool) -> Overview:
    order = {environment.name: at for at, environment in enumerate(table.environments)}
    cells = sorted(item.cells.values(), key=lambda cell: order.get(cell.environment, len(order)))
    return {
        "sort": item.sort,
        "name": item.name,
        "workloads": list(item.workloads),
        "versions": [
            _cell(context, cell, standing(table, item, cell.environment), all_places=all_places) for cell in cells
        ],
    }


def _cell(context: CheckContext, cell: Cell, how: Standing, *, all_places: bool) -> Overview:
    return {
        "environment": cell.environment,
        "versions": list(cell.versions),
        "relation": how.relation,
        "reference": how.reference,
        "distance": how.distance.words if how.relation in {"behind", "ahead"} else "",
        "deliveries": list(dict.fromkeys(running.delivery.id for running in cell.running)),
        "places": list(_places(context, cell)) if all_places or how.words else [],
    }


def _places(context: CheckContext, cell: Cell) -> Iterator[Overview]:
    placed = (place(running.at, context) for running in cell.running)
    found = {(item.span, item.exact): None for item in placed}
    for span, exact in found:
        yield {"path": span.path, "line": span.line, "column": span.column, "exact": exact}
