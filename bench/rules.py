"""Times the rules alone over 10,000 rendered objects: each rule's check, and the verdict of a schema on one object.

    python bench/rules.py [--bases 100] [--overlays 2000] [--top 15]

The repository is rendered first, outside the clock. The figures are CPU seconds of this process and of the engine
together, on one worker: what the rules cost one core. Placing findings (provenance) is counted on its own, since it
costs by the finding, not by the object.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from measure import generated

from gitlint_ops.cli.session import collect_rarely
from gitlint_ops.config import load_config
from gitlint_ops.engine import EngineClient
from gitlint_ops.lint import load_rules
from gitlint_ops.lint.baseline import OWN_CATEGORY
from gitlint_ops.lint.cel import Batch
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Rule
from gitlint_ops.lint.placing import place
from gitlint_ops.lint.runner import check_of
from gitlint_ops.lint.selection import select
from gitlint_ops.render import Provenance, render_repository
from gitlint_ops.source import open_tree

Row = tuple[str, float, float, int]
"""A rule, the seconds of its check, the seconds of placing, and the number of its violations."""


def main() -> None:
    """Print the dearest rules and the sums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bases", type=int, default=100)
    parser.add_argument("--overlays", type=int, default=2000)
    parser.add_argument("--top", type=int, default=15)
    options = parser.parse_args()
    collect_rarely()
    root, _ = generated("rules", options.bases, options.overlays)
    with EngineClient(root, workers=1) as engine:
        context = _context(root, engine)
        objects = sum(map(len, context.rendering.objects.values()))
        rows = list(_rows(context))
    _print(objects, rows, options.top)


def _context(root: Path, engine: EngineClient) -> CheckContext:
    config = load_config(root)
    tree = open_tree(root, engine, config)
    rendering = render_repository(tree, engine, config)
    first = next(iter(select(load_rules(config, root), config)))
    return CheckContext(tree, rendering, config, Provenance(tree, engine, rendering), engine, first.rule, first.options)


def _rows(context: CheckContext) -> Iterator[Row]:
    selected = select(load_rules(context.config, context.tree.root), context.config)
    contexts = [context.for_rule(item.rule, item.options) for item in selected if not _judges_a_run(item.rule)]
    # The CEL rules go over the objects together, as in a run: the first one has the cost of all.
    together = Batch([own for own in contexts if own.rule.cel])
    for own in contexts:
        start = _cpu(context.engine)
        violations = list(together.check(own) if own.rule.cel else check_of(own.rule)(own))
        checked = _cpu(context.engine)
        for violation in violations:
            place(violation, own)
        yield own.rule.name, checked - start, _cpu(context.engine) - checked, len(violations)


def _judges_a_run(rule: Rule) -> bool:
    """Whether a rule judges a whole run, or two."""
    return rule.category == OWN_CATEGORY or rule.needs_base


def _cpu(engine: EngineClient) -> float:
    """Give the CPU seconds of this process and, where the system tells (Linux), of the engine."""
    return time.process_time() + _engine_cpu(engine)


def _engine_cpu(engine: EngineClient) -> float:
    pid = engine.pid
    if pid is None or not Path(f"/proc/{pid}/stat").exists():
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / float(os.sysconf("SC_CLK_TCK"))


def _print(objects: int, rows: Sequence[Row], top: int) -> None:
    print(f"{objects:,} objects, {len(rows)} rules")
    for name, check, placing, count in sorted(rows, key=lambda row: -row[1])[:top]:
        print(f"{name:34} check {check:6.3f} s   placing {placing:6.3f} s   {count:6,} violations")
    checks, placing = sum(row[1] for row in rows), sum(row[2] for row in rows)
    print(f"{'all rules':34} check {checks:6.3f} s   placing {placing:6.3f} s")
    schema = next((row[1] for row in rows if row[0] == "schema-error"), 0.0)
    print(f"schema verdicts: {schema / max(objects, 1) * 1000:.3f} ms an object")


if __name__ == "__main__":
    main()
