"""Runs of the fix room over folders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from gitlint_ops.config import load_config
from gitlint_ops.engine import EngineClient
from gitlint_ops.fix import Outcome, checking, propose
from gitlint_ops.lint import load_rules
from gitlint_ops.source import open_tree

Write = Callable[[Mapping[str, str]], Path]


def proposal(root: Path, *names: str, unsafe: bool = False) -> Outcome:
    """Give what fixing a folder comes to, with the rules of these names (none: all)."""
    config = load_config(root)
    rules = [rule for rule in load_rules(config, root) if not names or rule.name in names]
    check = checking(rules, config, root)
    with EngineClient(root, workers=1) as engine:
        checked = check(open_tree(root, engine, config), engine)
        return propose(checked, check, lambda state: state.report, unsafe=unsafe)


def changed(outcome: Outcome) -> dict[str, str]:
    """Give the text of each file that an outcome changes."""
    return {change.path: change.after.decode() for change in outcome.changes}


def reasons(outcome: Outcome) -> list[tuple[str, str]]:
    """Give the rule and the reason of each fix that was left out."""
    return [(refused.finding.rule, refused.reason) for refused in outcome.refused]
