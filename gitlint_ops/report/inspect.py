"""The layout of a repository, from the plain value that ``inspect`` makes: a tree for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from gitlint_ops.lint.model import Skipped
from gitlint_ops.report.coverage import write_gaps
from gitlint_ops.report.forest import Forest
from gitlint_ops.report.json_report import SCHEMA_VERSION, dumps
from gitlint_ops.report.page import Page, Part, plural

Summary = Mapping[str, Any]

TITLES = {
    "argocd": "Applied by Argo CD",
    "flux": "Applied by Flux",
    "none": "Kustomizations, charts and folders that nothing in this repository applies",
}
"""The heading over what each controller applies, in the order in which they are shown."""
_OWN_FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization", "Chart.yaml")
"""Files that a unit's folder implies: naming them too would say nothing."""


def render_inspect_json(summary: Summary) -> str:
    """Give the summary as JSON with its schema version, keys in the order of the contract."""
    return dumps({"schema_version": SCHEMA_VERSION, **summary})


def render_inspect_tree(summary: Summary, *, color: bool, width: int, unicode: bool = True) -> str:
    """Give the summary as text: environments, every delivery below the one that creates it, what is not rendered."""
    page = Page(color=color, width=width, unicode=unicode)
    if "shape" in summary:
        _write_shape(page, summary["shape"])
    _write_environments(page, summary["environments"], summary["deliveries"])
    tree = _Tree(page, summary)
    for controller, title in TITLES.items():
        tree.write(title, controller)
    if not summary["deliveries"]:
        page.line("Nothing was found: no Application, ApplicationSet, Flux object, kustomization or chart.")
    gaps = [Skipped(**gap) for delivery in summary["deliveries"] for gap in delivery["unrendered"]]
    write_gaps(page, "Not rendered", list(dict.fromkeys(gaps)), style="yellow", verbose=False)
    return page.text()


_SHAPES = {
    "app-repository": "Application repository with its manifests",
    "environment-repository": "Separate environment repository",
    "monorepo": "Monorepo",
    "base-and-overlays": "Base and overlays",
    "app-of-apps": "App of apps",
    "mixed": "Mixed",
    "none": "None of the common shapes",
}


def _write_shape(page: Page, shape: Summary) -> None:
    others = [_SHAPES[name].lower() for name in shape["patterns"] if name != shape["name"]]
    page.line(("Shape: ", "bold"), (_SHAPES[shape["name"]], "cyan"), f", {', '.join(others)}" if others else "")
    for reason in shape["reasons"]:
        page.line(reason, indent=2, hanging=2)
    if shape["watch"]:
        page.line(("Watch out", "bold"))
    for item in shape["watch"]:
        page.line(item["message"], indent=2, hanging=2)
    page.line()


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
        self._forest = Forest(summary)
        self._written: set[str] = set()
        self._glyphs = ("├─ ", "└─ ", "│  ") if page.unicode else ("|- ", "`- ", "|  ")

    def write(self, title: str, controller: str) -> None:
        """Write a controller's section: what stands at the top, and all that it creates, for whatever controller."""
        tops = [delivery for delivery in self._forest.tops if delivery["controller"] == controller]
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
        children = [child for child in self._forest.children(delivery["id"]) if child["id"] not in self._written]
        for number, child in enumerate(children, 1):
            last = number == len(children)
            next_lead, next_bar = (last_branch, "   ") if last else (branch, bar)
            self._write_branch(child, lead=below + next_lead, below=below + next_bar)

    def _write_delivery(self, delivery: Summary, lead: str, below: str) -> None:
        name = f"{delivery['namespace']}/{delivery['name']}" if delivery["namespace"] else delivery["name"]
        kind = "" if delivery["controller"] == "none" else f"{delivery['kind']} "
        pieces: list[list[Part]] = [[kind, (name, "bold")]]
        pieces += [[(f"[{delivery['environment']}]", "cyan")]] if delivery["environment"] else []
        pieces += [[unit.replace(":", " ", 1)] for unit in delivery["units"]]
        pieces += [[("not rendered", "yellow")]] if delivery["unrendered"] else []
        pieces += [[(f"{delivery['path']}:{delivery['line']}", "dim")]] if _tells(delivery) else []
        self._page.flow(*pieces, lead=lead, below=below + "  ")
        if delivery["id"] in self._forest.roots:
            self._page.raw((below + "  ", "dim"), (describe_reach(self._forest.roots[delivery["id"]]), "magenta"))


def _tells(delivery: Summary) -> bool:
    """Tell whether the place of the declaration says more than the unit's folder does."""
    path = delivery["path"]
    return bool(path) and not (delivery["controller"] == "none" and PurePosixPath(path).name in _OWN_FILES)


def describe_reach(root: Summary) -> str:
    """Say how far a root reaches, as in ``reaches 4 deliveries, 6 workloads, 3 namespaces, 1 cluster; dev, prod``."""
    figures = [
        plural(root["children"], "delivery", "deliveries") + _unknown(root),
        plural(root["workloads"], "workload"),
        plural(root["namespaces"], "namespace"),
        plural(root["clusters"], "cluster"),
    ]
    return f"reaches {', '.join(figures)}" + (f"; {', '.join(root['environments'])}" if root["environments"] else "")


def _unknown(root: Summary) -> str:
    return f" ({root['unrendered']:,} of them not rendered)" if root["unrendered"] else ""
