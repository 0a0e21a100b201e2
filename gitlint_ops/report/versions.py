"""Versions by application and environment: for people, for pull requests (Markdown), for programs (JSON)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gitlint_ops.lint.model import Skipped
from gitlint_ops.report.coverage import write_gaps
from gitlint_ops.report.escape import printable
from gitlint_ops.report.json_report import SCHEMA_VERSION, dumps
from gitlint_ops.report.markdown import text_of
from gitlint_ops.report.page import Page, Part, cells

Overview = Mapping[str, Any]

_DRIFT = frozenset({"behind", "ahead", "differs"})
_STYLES = {"behind": "yellow", "ahead": "magenta", "differs": "cyan"}
_GAP = 2
_LONGEST_NAME = 40
_LONGEST_VERSION = 24
_NO_ENVIRONMENT = "In no environment"
_NOTHING = "No version was found: nothing that is rendered here runs an image or takes a chart."


def render_versions_json(overview: Overview) -> str:
    """Give the overview as JSON with its schema version, keys in the order of the contract."""
    return dumps({"schema_version": SCHEMA_VERSION, **overview})


def render_versions_text(overview: Overview, *, color: bool, width: int, unicode: bool = True) -> str:
    """Give a table of applications by environment in ``width`` cells, and below a row how its environments differ.

    Where the environments do not fit beside each other they stand below each other.
    """
    page = Page(color=color, width=width, unicode=unicode)
    placed = [app for app in (_part(app, named=True) for app in overview["apps"]) if app["components"]]
    loose = [app for app in (_part(app, named=False) for app in overview["apps"]) if app["components"]]
    names = _environments(overview, placed)
    columns = _columns(placed, names)
    if sum(columns) + _GAP * len(names) <= page.width:
        _write_grid(page, placed, names, columns)
    else:
        _write_lists(page, placed, names)
    _write_loose(page, loose, titled=bool(placed))
    if not overview["apps"]:
        page.line(_NOTHING)
    gaps = [Skipped(**gap) for gap in overview["not_rendered"]]
    write_gaps(page, "Not rendered", gaps, style="yellow", verbose=False)
    return page.text()


def _part(app: Overview, *, named: bool) -> Overview:
    """Give an application with its versions in environments, or with those in none."""
    components = [
        {**item, "versions": [cell for cell in item["versions"] if bool(cell["environment"]) == named]}
        for item in app["components"]
    ]
    return {**app, "components": [item for item in components if item["versions"]]}


def _environments(overview: Overview, apps: Sequence[Overview]) -> list[str]:
    """Give the environments that run something of these, in promotion order."""
    used = {cell["environment"] for app in apps for item in app["components"] for cell in item["versions"]}
    return [item["name"] for item in overview["environments"] if item["name"] in used]


def _title(component: Overview) -> str:
    """Name a row: the image or chart without its registry, and the workload where it does not say the same."""
    name = component["name"].rsplit("/", 1)[-1]
    sort = "" if component["sort"] == "image" else f"{component['sort']} "
    workloads = component["workloads"]
    more = f" +{len(workloads) - 1}" if len(workloads) > 1 else ""
    return f"{sort}{name}" + (f" ({workloads[0]}{more})" if workloads and workloads != [name] else "")


def _shown(cell: Overview) -> str:
    """Give a cell's versions in short: commits and digests by their first characters."""
    return ", ".join(_short(version) for version in cell["versions"])


def _short(version: str) -> str:
    tag, _, digest = version.partition("@")
    tag = re.sub(r"(?<![0-9a-z])([0-9a-f]{10})[0-9a-f]{22,}", r"\1", tag)
    return tag or (f"sha256:{digest[7:17]}" if digest else "(none)")


def _columns(apps: Sequence[Overview], names: Sequence[str]) -> list[int]:
    """Give the widths: of the titles, then of each environment."""
    titles = [cells(_title(item)) + _GAP for app in apps for item in app["components"]]
    widths = {name: cells(name) for name in names}
    for app in apps:
        for cell in (cell for item in app["components"] for cell in item["versions"]):
            widths[cell["environment"]] = max(widths[cell["environment"]], min(cells(_shown(cell)), _LONGEST_VERSION))
    return [min(max(titles, default=0), _LONGEST_NAME), *widths.values()]


def _fitted(text: str, width: int) -> str:
    """Pad a text to a width, or cut it."""
    safe = printable(text)
    if cells(safe) <= width:
        return safe + " " * (width - cells(safe))
    while cells(safe) > width - 3:
        safe = safe[:-1]
    return f"{safe}..." + " " * (width - 3 - cells(safe))


def _write_grid(page: Page, apps: Sequence[Overview], names: Sequence[str], columns: Sequence[int]) -> None:
    if not apps:
        return
    gap = " " * _GAP
    heads = [_fitted(name, width) for name, width in zip(names, columns[1:], strict=True)]
    page.raw((_fitted("", columns[0]) + gap + gap.join(heads).rstrip(), "bold"))
    for app in apps:
        page.raw((app["name"], "bold"))
        for item in app["components"]:
            page.raw(*_row(item, names, columns))
            for cell in item["versions"]:
                if cell["relation"] in _DRIFT:
                    page.line(*_drift(cell), indent=2 * _GAP, hanging=_GAP)
    page.line()


def _row(item: Overview, names: Sequence[str], columns: Sequence[int]) -> Iterator[Part]:
    by_name = {cell["environment"]: cell for cell in item["versions"]}
    yield _fitted(" " * _GAP + _title(item), columns[0])
    for name, width in zip(names, columns[1:], strict=True):
        cell = by_name.get(name)
        text = _fitted(_shown(cell) if cell else "-", width)
        yield " " * _GAP
        yield (text.rstrip() if name == names[-1] else text, _STYLES.get(cell["relation"], "") if cell else "dim")


def _drift(cell: Overview) -> tuple[Part, ...]:
    """Say how an environment differs, and where its version stands."""
    where = "".join(f"  {place['path']}:{place['line']}" for place in cell["places"][:1])
    return (f"{cell['environment']}: ", (_words(cell), _STYLES[cell["relation"]]), (where, "dim"))


def _words(cell: Overview) -> str:
    if cell["relation"] == "differs":
        return f"differs from {cell['reference']}"
    side = {"behind": "behind", "ahead": "ahead of"}.get(cell["relation"])
    return f"{cell['distance']} {side} {cell['reference']}" if side else ""


def _write_lists(page: Page, apps: Sequence[Overview], names: Sequence[str]) -> None:
    wide = max(map(cells, names))
    for app in apps:
        page.raw((app["name"], "bold"))
        for item in app["components"]:
            _write_list(page, item, wide)
    page.line()


def _write_list(page: Page, item: Overview, wide: int) -> None:
    """Write a row's environments below each other; one that is alone stands behind the title."""
    if len(item["versions"]) == 1:
        (cell,) = item["versions"]
        page.line(_title(item), "  ", (cell["environment"], "dim"), "  ", _shown(cell), indent=_GAP, hanging=_GAP)
        return
    page.raw(_title(item), indent=_GAP)
    longest = max(min(cells(_shown(cell)), _LONGEST_VERSION) for cell in item["versions"])
    for cell in item["versions"]:
        text = f"{_fitted(cell['environment'], wide)}  {_fitted(_shown(cell), longest)}"
        drift = _drift(cell)[1:] if cell["relation"] in _DRIFT else ()
        page.line(text, "  " if drift else "", *drift, indent=2 * _GAP, hanging=wide + _GAP)


def _write_loose(page: Page, apps: Sequence[Overview], *, titled: bool) -> None:
    if not apps:
        return
    if titled:
        page.line((_NO_ENVIRONMENT, "bold"))
    for app in apps:
        page.raw((app["name"], "bold"))
        for item in app["components"]:
            page.raw(_title(item), "  ", *(_shown(cell) for cell in item["versions"]), indent=_GAP)
    page.line()


def render_versions_markdown(overview: Overview) -> str:
    """Give the overview as a GitHub table, and the differences as a list below it."""
    table = _markdown_table(overview) if overview["apps"] else [_NOTHING]
    notes = [_markdown_note(app["name"], item, cell) for app, item, cell in _drifting(overview)]
    missing = len(overview["not_rendered"])
    tail = [f"Not rendered, so not listed: {missing}."] if missing else []
    return "\n".join([*table, "", *notes, *([""] if notes else []), *tail]).rstrip("\n") + "\n"


def _markdown_table(overview: Overview) -> list[str]:
    names = _environments(overview, [_part(app, named=True) for app in overview["apps"]])
    loose = any(
        not cell["environment"] for app in overview["apps"] for i in app["components"] for cell in i["versions"]
    )
    heads = [*names, *([""] if loose else [])]
    rows = [_markdown_row(app["name"], item, heads) for app in overview["apps"] for item in app["components"]]
    titles = " | ".join(text_of(name) or "no environment" for name in heads)
    return [f"| | {titles} |", f"|---|{'---|' * len(heads)}", *rows]


def _drifting(overview: Overview) -> Iterator[tuple[Overview, Overview, Overview]]:
    for app in overview["apps"]:
        for item in app["components"]:
            yield from ((app, item, cell) for cell in item["versions"] if cell["relation"] in _DRIFT)


def _markdown_row(app: str, item: Overview, names: Sequence[str]) -> str:
    by_name = {cell["environment"]: cell for cell in item["versions"]}
    shown = [text_of(_shown(by_name[name])) if name in by_name else "" for name in names]
    return f"| **{text_of(app)}** {text_of(_title(item))} | {' | '.join(shown)} |"


def _markdown_note(app: str, item: Overview, cell: Overview) -> str:
    where = "".join(f" ({text_of(place['path'])}:{place['line']})" for place in cell["places"][:1])
    subject = text_of(f"{app} {_title(item)} in {cell['environment']}")
    return f"- {subject}: {text_of(_words(cell))}{where}"
