"""The layout of the repository on the page: a picture of what reaches which environment, and the tree as lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitlint_ops.report.forest import Entry, Forest
from gitlint_ops.report.html.markup import Markup, element, join
from gitlint_ops.report.html.picture import reach_picture
from gitlint_ops.report.inspect import TITLES, describe_reach

MAX_DEPTH = 40
"""Levels of the tree that are drawn; a chain of creators that is longer is a trap or a mistake."""


def layout_section(layout: Mapping[str, Any]) -> Markup:
    """Give the section on ``layout``, as ``inspect`` gives it; nothing where it is empty."""
    if not layout:
        return Markup("")
    forest = Forest(layout)
    trees = [_controller(forest, controller, title) for controller, title in TITLES.items()]
    return element(
        "section",
        element("h2", "Layout", id="layout-title"),
        element("figure", reach_picture(layout, forest), element("figcaption", _caption(layout))),
        *trees,
        aria_labelledby="layout-title",
    )


def _caption(layout: Mapping[str, Any]) -> str:
    names = [entry["name"] + (" (production)" if entry["production"] else "") for entry in layout["environments"]]
    order = f" Environments in promotion order: {', '.join(names)}." if names else ""
    return f"What each root reaches; the width of a line is the number of deliveries.{order}"


def _controller(forest: Forest, controller: str, title: str) -> Markup:
    tops = [delivery for delivery in forest.tops if delivery["controller"] == controller]
    if not tops:
        return Markup("")
    written: set[str] = set()
    branches = [_branch(forest, delivery, written, 0) for delivery in tops]
    return join([element("h3", title), element("ul", *branches, class_="tree")])


def _branch(forest: Forest, delivery: Entry, written: set[str], depth: int) -> Markup:
    """Give a delivery and all that it creates; each once, also where parents go in a circle."""
    written.add(delivery["id"])
    children = [child for child in forest.children(delivery["id"]) if child["id"] not in written]
    if not children:
        return element("li", _delivery(forest, delivery))
    if depth >= MAX_DEPTH:
        return element("li", _delivery(forest, delivery), f" and {len(children):,} below it")
    below = [_branch(forest, child, written, depth + 1) for child in children]
    inner = element("details", element("summary", _delivery(forest, delivery)), element("ul", *below), open=depth == 0)
    return element("li", inner)


def _delivery(forest: Forest, delivery: Entry) -> Markup:
    name = f"{delivery['namespace']}/{delivery['name']}" if delivery["namespace"] else delivery["name"]
    kind = "" if delivery["controller"] == "none" else f"{delivery['kind']} "
    parts: list[str] = [kind, element("strong", name)]
    parts += [" ", element("span", delivery["environment"], class_="tag")] if delivery["environment"] else []
    parts += [" ", element("code", ", ".join(delivery["units"]))] if delivery["units"] else []
    parts += [" ", element("span", "not rendered", class_="tag warning")] if delivery["unrendered"] else []
    root = forest.roots.get(delivery["id"])
    parts += [" ", element("em", describe_reach(root))] if root else []
    return join(parts)
