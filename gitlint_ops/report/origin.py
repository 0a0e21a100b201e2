"""The lines behind a rendered field: for people, and for programs (JSON)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gitlint_ops.report.excerpt import clip, excerpt
from gitlint_ops.report.json_report import SCHEMA_VERSION, dumps
from gitlint_ops.report.page import Page, Part, plural
from gitlint_ops.source.model import Span

Answer = Mapping[str, Any]

_ROLE = 8
_SOURCE_INDENT = 14
_MAX_NAMED = 6
"""Environments or deliveries that are named one by one."""


def render_origin_json(answer: Answer) -> str:
    """Give the answer as JSON with a schema version."""
    return dumps({"schema_version": SCHEMA_VERSION, **answer})


def render_origin_text(answer: Answer, *, color: bool, width: int, unicode: bool = True) -> str:
    """Give each value of the field with the lines behind it; for what is not there, what comes near."""
    page = Page(color=color, width=width, unicode=unicode)
    page.line((answer["asked"]["text"], "bold"), "  ", (answer["field"], "bold"))
    for chain in answer["chains"]:
        _write_chain(page, chain, answer)
    if answer["more_fields"]:
        page.line(f"{plural(answer['more_fields'], 'more field')} below it: name one of them", indent=2)
    if answer["without"]:
        page.line(f"not there {_where(answer['without'])}", indent=2)
    if not answer["chains"]:
        _write_nothing(page, answer)
    return page.text()


def _write_chain(page: Page, chain: Answer, answer: Answer) -> None:
    page.line()
    if chain["field"] != answer["field"]:
        page.line((chain["field"], "bold"), indent=2)
    page.line((_value(chain["value"], page.width // 2), "green"), f"  {_where(chain['objects'])}", indent=2, hanging=2)
    for role, origin in _roles(chain["origins"]):
        place = origin["location"]
        where = f"{place['path']}:{place['line']}:{place['column']}"
        page.line((role.ljust(_ROLE), "dim"), (where, "cyan"), f"  {origin['why']}", indent=4, hanging=_ROLE)
        page.raw(*_source(origin, page.width - _SOURCE_INDENT), indent=_SOURCE_INDENT)


def _roles(origins: Sequence[Answer]) -> Iterator[tuple[str, Answer]]:
    """Give each line with what it is to the field: it sets it, it stands behind what does, or it is only near."""
    is_set = any(origin["exact"] for origin in origins)
    for at, origin in enumerate(origins):
        yield "set by" if origin["exact"] else "behind" if is_set or at else "near", origin


def _source(origin: Answer, width: int) -> tuple[Part, ...]:
    """Give the source line without its indentation, cut to the width around the place, which is marked."""
    text, place = origin["text"], origin["location"]
    indent = len(text) - len(text.lstrip())
    start = max(place["column"] - indent, 1)
    end_column = max(place["end_column"] - indent, 1) if place["end_line"] == place["line"] else 1
    shown = excerpt(
        text[indent:], Span(place["path"], 1, start, 1 + (place["end_line"] > place["line"]), end_column), width
    )
    return (shown.before, "dim"), (shown.marked, "bold"), (shown.after, "dim")


def _value(value: Any, width: int) -> str:
    text = value if isinstance(value, str) and value and "\n" not in value else json.dumps(value, ensure_ascii=False)
    return clip(text, width)


def _where(objects: Sequence[Answer]) -> str:
    """Name the environments of objects, else their deliveries, and their namespaces where these tell them apart."""
    names = list(dict.fromkeys(item["environment"] or item["delivery"] for item in objects))
    more = f" and {len(names) - _MAX_NAMED} more" if len(names) > _MAX_NAMED else ""
    kinds = dict.fromkeys(f"{item['kind']} {_space(item)}{item['name']}" for item in objects)
    return f"in {', '.join(names[:_MAX_NAMED])}{more}: {', '.join(list(kinds)[:_MAX_NAMED])}"


def _space(item: Answer) -> str:
    return f"{item['namespace']}/" if item["namespace"] else ""


def _named(item: Answer) -> str:
    """Give an object as it can be asked for, and its environment."""
    where = f" [{item['environment']}]" if item["environment"] else ""
    return f"{_space(item)}{item['kind']}/{item['name']}{where}"


def _write_nothing(page: Page, answer: Answer) -> None:
    nearest = answer["nearest"]
    if nearest["fields"]:
        page.line(("the object has no such field", "yellow"), "; nearest:", indent=2)
        for name in nearest["fields"]:
            page.line(name, indent=4, hanging=2)
        return
    page.line(("there is no such object among what was rendered", "yellow"), indent=2)
    if nearest["objects"]:
        page.line("nearest: ", ", ".join(map(_named, nearest["objects"])), indent=2, hanging=9)
    if answer["not_rendered"]:
        count = plural(len(answer["not_rendered"]), "delivery", "deliveries")
        page.line(f"{count} not rendered: 'gitlint-ops inspect' says why", indent=2)
