"""A repository in which many faults are planted, each in a folder of its own, and what is found in each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from gitlint_ops.config import CONFIG_NAME, Config, load_config
from gitlint_ops.engine import EngineClient
from gitlint_ops.lint import lint, load_rules
from gitlint_ops.lint.model import Report
from gitlint_ops.render import render_repository
from gitlint_ops.render.compare import open_base
from gitlint_ops.source import open_tree
from tests.e2e.planting.fault import HERE, MARK, Fault, Files, Place, Tree

FAMILIES = frozenset({"secrets", "images", "overlays", "blast-radius", "schema"})
RULES = {rule.name: rule for rule in load_rules(Config()) if rule.category in FAMILIES}
ON_CHANGES = frozenset(name for name, rule in RULES.items() if rule.needs_base)
BASE = "base"
"""The branch at which a change begins."""
CONFIG = """\
repository: {urls: ['https://git.example.com/team/this.git']}
rules:
  image-not-digest-pinned: {enabled: true}
  image-registry-not-allowed: {options: {registries: [registry.example.com]}}
  image-from-unknown-build: {options: {tag_pattern: '[0-9a-f]{7,40}', images: ['registry.example.com/builds/*']}}
  mutable-target-revision: {options: {own_repository: allow}}
  change-reach: {options: {max_environments: 1}}
"""
"""What the rules need to know, and the options of those that say nothing without."""
Found = tuple[str, int, bool]
"""Path within the fault's folder, line, and whether the place is exact."""


@dataclass(frozen=True)
class Planted:
    """A fault in its folder, what tells it from the others, and where it has to be found."""

    fault: Fault
    folder: str
    label: str
    expected: Found


def plant(root: Path, cases: Iterable[tuple[Place, Fault]]) -> list[Planted]:
    """Write a repository with each of the faults in its place."""
    (root / CONFIG_NAME).write_text(CONFIG, "utf-8")
    return [_plant(root, f"plot-{number:02}", fault, place) for number, (place, fault) in enumerate(cases)]


def _plant(root: Path, folder: str, fault: Fault, place: Place) -> Planted:
    files = {path: text.replace(HERE, folder) for path, text in {**place(fault), **fault.beside}.items()}
    for path, text in files.items():
        file = root / folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="\n")
    for path, target in fault.links.items() if isinstance(fault, Tree) else ():
        (root / folder / path).symlink_to(target)
    return Planted(fault, folder, f"{fault.id} in {place.__name__}", _expected(fault, files))


def _expected(fault: Fault, files: Files) -> Found:
    if isinstance(fault, Tree) and fault.found:
        return fault.found
    marked = [
        (path, number, True)
        for path, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if line.endswith(MARK)
    ]
    assert len(marked) == 1, f"{fault.id}: {len(marked)} lines are marked"
    return marked[0]


def harvest(root: Path, planted: Sequence[Planted], base: str = "") -> dict[str, list[Found]]:
    """Check the repository with all rules of the families; give what each fault's rule finds in the fault's folder.

    With ``base``, the name of a branch, the rules on changes run too.
    """
    report = _checked(root, base)
    assert report.defects == (), report.defects
    found: dict[str, list[Found]] = {item.label: [] for item in planted}
    assert len(found) == len(planted)
    for item in planted:
        for finding in report.findings:
            folder, _, path = finding.span.path.partition("/")
            if (folder, finding.rule) == (item.folder, item.fault.rule):
                found[item.label].append((path, finding.span.line, finding.exact))
    return found


def _checked(root: Path, base: str) -> Report:
    config = load_config(root)
    with ExitStack() as stack:
        engine = stack.enter_context(EngineClient(root, workers=1))
        tree = open_tree(root, engine, config)
        rendering = render_repository(tree, engine, config)
        compared = stack.enter_context(open_base(tree, rendering, engine, config, base)) if base else None
        return lint(tree, rendering, config, engine, list(RULES.values()), base=compared)
