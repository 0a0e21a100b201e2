"""Runs the rules and turns what they yield into a report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from gitlint_ops.config import Config, ConfigError
from gitlint_ops.engine import EngineClient
from gitlint_ops.lint import cel
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.coverage import coverage_of
from gitlint_ops.lint.errors import InternalError
from gitlint_ops.lint.excerpts import excerpts
from gitlint_ops.lint.loader import load_rules
from gitlint_ops.lint.merging import merge
from gitlint_ops.lint.model import Finding, Report, Rule, Violation
from gitlint_ops.lint.placing import Placed, place
from gitlint_ops.lint.selection import Selected, select
from gitlint_ops.lint.suppressions import ConfigSuppressions, by_comment
from gitlint_ops.render.model import Rendering
from gitlint_ops.source import SourceTree

if TYPE_CHECKING:
    from gitlint_ops.render import Provenance

Check = Callable[[CheckContext], Iterator[Violation]]


def lint(
    tree: SourceTree, rendering: Rendering, config: Config, engine: EngineClient, rules: Iterable[Rule] | None = None
) -> Report:
    """Run the enabled rules over the sources, the graph and the rendered objects.

    ``rules`` None means all that are known. Raises ConfigError where the configuration or a user's rule is wrong, and
    InternalError where one of our checks crashes.
    """
    from gitlint_ops.render import Provenance

    started = time.perf_counter()
    selected = select(load_rules(config, tree.root) if rules is None else rules, config)
    provenance = Provenance(tree, engine, rendering)
    placed = list(_run_all(selected, tree, rendering, config, engine, provenance))
    findings = _suppress(merge(placed, rendering.graph.environments), tree, config)
    return Report(
        findings=findings,
        coverage=coverage_of(tree, rendering),
        rules=tuple(item.rule for item in selected),
        tool_version=_version(),
        elapsed_ms=round((time.perf_counter() - started) * 1000),
        lines=excerpts(findings, tree),
    )


def _run_all(
    selected: Iterable[Selected],
    tree: SourceTree,
    rendering: Rendering,
    config: Config,
    engine: EngineClient,
    provenance: Provenance,
) -> Iterator[Placed]:
    context: CheckContext | None = None
    for item in selected:
        if context is None:
            context = CheckContext(tree, rendering, config, provenance, engine, item.rule, item.options)
        yield from run_rule(context.for_rule(item.rule, item.options))


def run_rule(context: CheckContext) -> Iterator[Placed]:
    """Run the context's rule and place what it yields. A crash of the check is raised as InternalError."""
    check = check_of(context.rule)
    try:
        for violation in check(context):
            yield place(violation, context)
    except (ConfigError, InternalError):
        raise
    except Exception as error:
        raise InternalError(f"the rule {context.rule.name} crashed: {type(error).__name__}: {error}") from error


def check_of(rule: Rule) -> Check:
    """Give the function behind a rule; its module is imported now. Raises InternalError where there is none."""
    if rule.cel:
        return cel.check
    module, _, name = rule.check.partition(".")
    try:
        found: Check = getattr(import_module(f"gitlint_ops.lint.checks.{module}"), name)
    except (ImportError, AttributeError) as error:
        raise InternalError(f"the rule {rule.name} names a check that is not there: {rule.check}") from error
    return found


def _suppress(findings: Iterable[Finding], tree: SourceTree, config: Config) -> tuple[Finding, ...]:
    settings = ConfigSuppressions(config)
    return tuple(
        replace(
            finding,
            suppression=finding.suppression
            or by_comment(finding.rule, finding.span, tree)
            or settings.find(finding.rule, finding.span, finding.object),
        )
        for finding in findings
    )


def _version() -> str:
    from gitlint_ops import __version__

    return __version__
