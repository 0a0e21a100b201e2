"""The layout of a repository, from the plain value that ``inspect`` makes: a tree for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from gitlint_ops.lint.model import Skipped
from gitlint_ops.report.coverage import write_gaps
from gitlint_ops.report.json_report import SCHEMA_VERSION, dumps
from gitlint_ops.report.page import Page, Part, plural

Summary = Mapping[str, Any]

_TITLES = {
    "argocd": "Applied by Argo CD",
    "flux": "Applied by Flux",
    "none": "Kustomizations, charts and folders that nothing in this repository applies",
}
_OWN_FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization", "Chart.yaml")
"""Files that a unit's folder implies: naming them too would say nothing."""


def render_inspect_json(summary: Summary) -> str:
    """Give the summary as JSON with its schema version, keys in the order of the contract."""
    return dumps({"schema_version": SCHEMA_VERSION, **summary})


def render_inspect_tree(summary: Summary, *, color: bool, width: int, unicode: bool = True) -> str:
    """Give the summary as text: environments, every delivery below the one that creates it, what is not rendered."""
    page = Page(color=color, width=width, unicode=unicode)
    _write_environments(page, summary["environments"], summary["deliveries"])
    tree = _Tree(page, summary)
    for controller, title in _TITLES.items():
        tree.write(title, controller)
    if not summary["deliveries"]:
        page.line("Nothing was found: no Application, ApplicationSet, Flux object, kustomization or chart.")
    gaps = [Skipped(**gap) for delivery in summary["deliveries"] for gap in delivery["unrendered"]]
    write_gaps(page, "Not rendered", list(dict.fromkeys(gaps)), style="yellow", verbose=False)
    return page.text()


def _write_environments(page: Page, environments: Sequence[Summary], deliveries: Sequence[Summary]) -> None:
    if not environments:
        return
    page.line(("Environments", "bold"), (", in promotion order", "dim"))
    wide = max(len(environment["name"]) for environment in environments)
    for environment in environments:
        count = sum(delivery["environment"] == environment["name"] for delivery in deliveries)
        flag: Part = ("  (production)", "magenta") if environment["production"] else ""
        many = plural(count, "delivery", "deliveries")
        page.raw((environment["name"].ljust(wide), "cyan"), f"  {many}", flag, indent=2)
    page.line()


class _Tree:
    """Writes deliveries below their creators; each once, also where parents go in a circle."""

    def __init__(self, page: Page, summary: Summary) -> None:
        self._page = page
        self._roots = {root["delivery"]: root for root in summary["roots"]}
        self._deliveries = {delivery["id"]: delivery for delivery in summary["deliveries"]}
        self._children: dict[str, list[Summary]] = {}
        self._written: set[str] = set()
        self._glyphs = ("├─ ", "└─ ", "│  ") if page.unicode else ("|- ", "`- ", "|  ")
        for delivery in summary["deliveries"]:
            self._children.setdefault(self._parent(delivery), []).append(delivery)
        self._tops = [*self._children.get("", ()), *self._circular()]

    def _parent(self, delivery: Summary) -> str:
        parent: str = delivery["parent"]
        return parent if parent in self._deliveries and parent != delivery["id"] else ""

    def _circular(self) -> list[Summary]:
        """Give one delivery of each circle of parents, which no top leads to."""
        seen: set[str] = set()
        firsts: list[Summary] = []
        for delivery in [*self._children.get("", ()), *self._deliveries.values()]:
            if delivery["id"] not in seen:
                firsts += [] if not self._parent(delivery) else [delivery]
                seen |= self._reachable(delivery["id"])
        return firsts

    def _reachable(self, start: str) -> set[str]:
        reached, waiting = {start}, [start]
        while waiting:
            below = {child["id"] for child in self._children.get(waiting.pop(), ())} - reached
            reached |= below
            waiting += below
        return reached

    def write(self, title: str, controller: str) -> None:
        """Write a controller's section: what stands at the top, and all that it creates, for whatever controller."""
        tops = [delivery for delivery in self._tops if delivery["controller"] == controller]
        if not tops:
            return
        self._page.line((title, "bold"))
        for delivery in tops:
            self._write_branch(delivery, lead="  ", below="  ")
        self._page.line()

    def _write_branch(self, delivery: Summary, *, lead: str, below: str) -> None:
        self._written.add(delivery["id"])
        self._write_delivery(delivery, lead, below)
        branch, last_branch, bar = self._glyphs
        children = [child for child in self._children.get(delivery["id"], ()) if child["id"] not in self._written]
        for number, child in enumerate(children, 1):
            last = number == len(children)
            next_lead, next_bar = (last_branch, "   ") if last else (branch, bar)
            self._write_branch(child, lead=below + next_lead, below=below + next_bar)

    def _write_delivery(self, delivery: Summary, lead: str, below: str) -> None:
        name = f"{delivery['namespace']}/{delivery['name']}" if delivery["namespace"] else delivery["name"]
        kind = "" if delivery["controller"] == "none" else f"{delivery['kind']} "
        parts: list[Part] = [(lead, "dim"), kind, (name, "bold")]
        parts += [(f"  [{delivery['environment']}]", "cyan")] if delivery["environment"] else []
        parts += [f"  {unit.replace(':', ' ', 1)}" for unit in delivery["units"]]
        parts += [("  not rendered", "yellow")] if delivery["unrendered"] else []
        parts += [(f"  {delivery['path']}:{delivery['line']}", "dim")] if _tells(delivery) else []
        self._page.raw(*parts)
        if delivery["id"] in self._roots:
            self._page.raw((below + "  ", "dim"), (_reach(self._roots[delivery["id"]]), "magenta"))


def _tells(delivery: Summary) -> bool:
    """Tell whether the place of the declaration says more than the unit's folder does."""
    path = delivery["path"]
    return bool(path) and not (delivery["controller"] == "none" and PurePosixPath(path).name in _OWN_FILES)


def _reach(root: Summary) -> str:
    """Say how far a root reaches: ``reaches 4 deliveries, 6 workloads, 3 namespaces, 1 cluster; dev, prod``."""
    figures = [
        plural(root["children"], "delivery", "deliveries") + _unknown(root),
        plural(root["workloads"], "workload"),
        plural(root["namespaces"], "namespace"),
        plural(root["clusters"], "cluster"),
    ]
    return f"reaches {', '.join(figures)}" + (f"; {', '.join(root['environments'])}" if root["environments"] else "")


def _unknown(root: Summary) -> str:
    return f" ({root['unrendered']:,} of them not rendered)" if root["unrendered"] else ""
