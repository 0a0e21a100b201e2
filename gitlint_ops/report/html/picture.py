"""The picture of the layout: roots on the left, environments on the right, a line where the one reaches the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gitlint_ops.report.excerpt import clip
from gitlint_ops.report.forest import Entry, Forest
from gitlint_ops.report.html.markup import Markup, element
from gitlint_ops.report.page import plural

MAX_ROOTS = 14
MAX_ENVIRONMENTS = 14
_WIDTH, _BOX, _HEIGHT, _GAP = 880, 300, 40, 14
_LABEL_CELLS = 34
_NO_ENVIRONMENT = "no environment"
_THICKEST = 14


@dataclass(frozen=True, slots=True)
class _Node:
    """A box: its name, what is said below it, its deliveries by environment, and its class in the style."""

    name: str
    note: str
    reach: Mapping[str, int]
    style: str = "node"


def reach_picture(layout: Mapping[str, Any], forest: Forest) -> Markup:
    """Give an SVG picture; the tree beside it says the same in words, for those who do not see it."""
    roots = _roots(forest)
    environments = _environments(layout, forest)
    height = max(len(roots), len(environments), 1) * (_HEIGHT + _GAP)
    lines = [
        _line(row, column, root.reach.get(environment.name, 0), height, (len(roots), len(environments)))
        for row, root in enumerate(roots)
        for column, environment in enumerate(environments)
    ]
    boxes = [_box(node, 0, _top(row, len(roots), height)) for row, node in enumerate(roots)]
    right = _WIDTH - _BOX
    boxes += [_box(node, right, _top(row, len(environments), height)) for row, node in enumerate(environments)]
    words = f"{plural(len(roots), 'root')} and {plural(len(environments), 'environment')}; the lists below say the same"
    return element("svg", *lines, *boxes, viewBox=f"-1 -1 {_WIDTH + 2} {height + 2}", role="img", aria_label=words)


def _roots(forest: Forest) -> list[_Node]:
    """Give the roots, those with the widest reach first, then all that no root creates as one."""
    ranked = sorted(forest.roots.values(), key=lambda root: (-root["children"], root["delivery"]))
    nodes = [_root(forest, root) for root in ranked[:MAX_ROOTS]]
    if len(ranked) > MAX_ROOTS:
        nodes.append(_Node(f"{len(ranked) - MAX_ROOTS} more roots", "in the lists below", {}, "node quiet"))
    owned = {entry["id"] for root in forest.roots for entry in forest.below(root)} | set(forest.roots)
    others = [entry for key, entry in forest.deliveries.items() if key not in owned]
    if others:
        nodes.append(
            _Node("without a root", plural(len(others), "delivery", "deliveries"), _reach(others), "node quiet")
        )
    return nodes


def _root(forest: Forest, root: Entry) -> _Node:
    entry = forest.deliveries.get(root["delivery"])
    name = entry["name"] if entry else root["delivery"]
    note = f"{plural(root['children'], 'delivery', 'deliveries')}, {plural(root['clusters'], 'cluster')}"
    return _Node(name, note, _reach(list(forest.below(root["delivery"]))))


def _reach(deliveries: Sequence[Entry]) -> Counter[str]:
    return Counter(entry["environment"] or _NO_ENVIRONMENT for entry in deliveries)


def _environments(layout: Mapping[str, Any], forest: Forest) -> list[_Node]:
    totals = _reach(list(forest.deliveries.values()))
    nodes = [
        _Node(
            entry["name"], _deliveries(totals[entry["name"]]), {}, "node production" if entry["production"] else "node"
        )
        for entry in layout["environments"][:MAX_ENVIRONMENTS]
    ]
    if len(layout["environments"]) > MAX_ENVIRONMENTS:
        left = len(layout["environments"]) - MAX_ENVIRONMENTS
        nodes.append(_Node(f"{left} more environments", "in the lists below", {}, "node quiet"))
    if totals[_NO_ENVIRONMENT]:
        nodes.append(_Node(_NO_ENVIRONMENT, _deliveries(totals[_NO_ENVIRONMENT]), {}, "node quiet"))
    return nodes


def _deliveries(count: int) -> str:
    return plural(count, "delivery", "deliveries")


def _top(row: int, rows: int, height: int) -> float:
    """Give the upper edge of a box; the shorter column stands in the middle of the picture's height."""
    step = _HEIGHT + _GAP
    return (height - rows * step) / 2 + row * step + _GAP / 2


def _box(node: _Node, x: int, y: float) -> Markup:
    return element(
        "g",
        element("title", f"{node.name}: {node.note}"),
        element("rect", x=x, y=f"{y:g}", width=_BOX, height=_HEIGHT, rx=6),
        element("text", clip(node.name, _LABEL_CELLS), x=x + 10, y=f"{y + 17:g}"),
        element("text", node.note, x=x + 10, y=f"{y + 33:g}", class_="note"),
        class_=node.style,
    )


def _line(row: int, column: int, count: int, height: int, rows: tuple[int, int]) -> Markup:
    if not count:
        return Markup("")
    start, end = _top(row, rows[0], height) + _HEIGHT / 2, _top(column, rows[1], height) + _HEIGHT / 2
    right, middle = _WIDTH - _BOX, _WIDTH / 2
    curve = f"M {_BOX} {start:g} C {middle:g} {start:g}, {middle:g} {end:g}, {right} {end:g}"
    words = plural(count, "delivery", "deliveries")
    return element("path", element("title", words), d=curve, class_="reach", stroke_width=min(1 + count, _THICKEST))
