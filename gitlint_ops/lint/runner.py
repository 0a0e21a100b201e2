"""Runs the rules and turns what they yield into a report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
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

    ``rules`` None means all that are known. Raises ConfigError where the configuration or a user's rule is wrong. A
    check of ours that crashes costs what it had still to say: it is among the report's defects, and the others run on.
    """
    from gitlint_ops.render import Provenance

    started = time.perf_counter()
    selected = select(load_rules(config, tree.root) if rules is None else rules, config)
    provenance = Provenance(tree, engine, rendering)
    defects: list[InternalError] = []
    placed = list(_run_all(selected, CheckSetting(tree, rendering, config, engine, provenance), defects))
    findings = _suppress(merge(placed, rendering.graph.environments), tree, config)
    return Report(
        findings=findings,
        coverage=coverage_of(tree, rendering),
        rules=tuple(item.rule for item in selected),
        tool_version=_version(),
        elapsed_ms=round((time.perf_counter() - started) * 1000),
        lines=excerpts(findings, tree),
        defects=tuple(defects),
    )


@dataclass(frozen=True, slots=True)
class CheckSetting:
    """What all checks of a run share."""

    tree: SourceTree
    rendering: Rendering
    config: Config
    engine: EngineClient
    provenance: Provenance


def _run_all(selected: Iterable[Selected], shared: CheckSetting, defects: list[InternalError]) -> Iterator[Placed]:
    context: CheckContext | None = None
    for item in selected:
        if context is None:
            context = CheckContext(
                shared.tree, shared.rendering, shared.config, shared.provenance, shared.engine, item.rule, item.options
            )
        yield from run_rule(context.for_rule(item.rule, item.options), defects)


def run_rule(context: CheckContext, defects: list[InternalError]) -> Iterator[Placed]:
    """Run the context's rule and place what it yields. What crashes is added to ``defects``; the rest is kept."""
    violations = _violations(context)
    while True:
        try:
            violation = next(violations)
        except StopIteration:
            return
        except ConfigError:
            raise
        except Exception as error:  # noqa: BLE001 - one rule's defect must not hide what the others find
            defects.append(_defect(context.rule, error))
            return
        try:
            placed = place(violation, context)
        except Exception as error:  # noqa: BLE001 - as above, for one violation
            defects.append(_defect(context.rule, error))
            continue
        yield placed


def _violations(context: CheckContext) -> Iterator[Violation]:
    yield from check_of(context.rule)(context)


def _defect(rule: Rule, error: Exception) -> InternalError:
    if isinstance(error, InternalError):
        return error
    defect = InternalError(f"the rule {rule.name} crashed: {type(error).__name__}: {error}")
    defect.__cause__ = error
    return defect


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
