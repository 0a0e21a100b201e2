"""Runs the rules and turns what they yield into a report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gitlint_ops.config import Config, ConfigError
from gitlint_ops.engine import EngineClient
from gitlint_ops.lint.baseline import OWN_CATEGORY, apply_baseline
from gitlint_ops.lint.cel import Batch, check_expression
from gitlint_ops.lint.conduct import Conduct, Judged, unseen_files
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.coverage import coverage_of
from gitlint_ops.lint.errors import InternalError
from gitlint_ops.lint.excerpts import excerpts
from gitlint_ops.lint.fingerprints import fingerprinted
from gitlint_ops.lint.loader import load_rules, rule_categories
from gitlint_ops.lint.merging import merge, report_order
from gitlint_ops.lint.model import Finding, Report, Rule, Violation
from gitlint_ops.lint.placing import Placed, place, traced
from gitlint_ops.lint.selection import Selected, check_environments, select
from gitlint_ops.lint.spares import Spares
from gitlint_ops.lint.suppression import Ledger
from gitlint_ops.profiling import span
from gitlint_ops.render.model import Rendering
from gitlint_ops.repo.pipelines import find_pipelines
from gitlint_ops.source import SourceTree

if TYPE_CHECKING:
    from gitlint_ops.lint.model import Baseline, Match
    from gitlint_ops.render import Provenance
    from gitlint_ops.render.compare import Base

Check = Callable[[CheckContext], Iterator[Violation]]


def lint(
    tree: SourceTree,
    rendering: Rendering,
    config: Config,
    engine: EngineClient,
    rules: Iterable[Rule] | None = None,
    *,
    baseline: Baseline | None = None,
    base: Base | None = None,
    spares: Spares | None = None,
) -> Report:
    """Run the enabled rules over the sources, the graph and the rendered objects.

    ``rules`` None means all that are known; ``baseline`` None that no finding is known; ``base`` None that the rules on
    a change are left out; ``spares`` None that all is looked at. Raises ConfigError where the configuration or a user's
    rule is wrong. A check of ours that crashes costs what it had still to say: it is among the report's defects, and
    the others run on.
    """
    from gitlint_ops.render import Provenance

    started = time.perf_counter()
    selected = select(load_rules(config, tree.root) if rules is None else rules, config)
    selected = tuple(item for item in selected if base is not None or not item.rule.needs_base)
    check_environments(config, rendering.graph.environments)
    run = _Run(
        CheckSetting(tree, rendering, config, engine, Provenance(tree, engine, rendering), base, spares or Spares())
    )
    findings = run.findings(item for item in selected if item.rule.category != OWN_CATEGORY)
    judged = Judged(rule_categories(config, tree.root), run.ran, unseen_files(tree, rendering))
    match = None
    if baseline is not None:
        findings, match = apply_baseline(findings, baseline, frozenset(tree.files), judged.tells)
    own = [item for item in selected if item.rule.category == OWN_CATEGORY]
    if own:
        findings = run.with_own(findings, own, judged, match)
    return Report(
        findings=findings,
        coverage=coverage_of(tree, rendering, find_pipelines(tree).gaps, config.controllers),
        rules=tuple(item.rule for item in selected),
        tool_version=_version(),
        elapsed_ms=round((time.perf_counter() - started) * 1000),
        lines=excerpts(findings, tree),
        defects=tuple(run.defects),
        baseline=match,
    )


@dataclass(frozen=True, slots=True)
class CheckSetting:
    """What all checks of a run share."""

    tree: SourceTree
    rendering: Rendering
    config: Config
    engine: EngineClient
    provenance: Provenance
    base: Base | None = None
    spares: Spares = field(default_factory=Spares)


class _Run:
    """One run of rules: their findings with what suppresses them, the rules that ran to their end, and the defects."""

    def __init__(self, setting: CheckSetting) -> None:
        self._setting = setting
        self._shared: dict[str, Any] = {}
        self._ledger = Ledger(setting.tree, setting.rendering, setting.config, setting.provenance)
        self._ran: set[str] = set()
        self.defects: list[InternalError] = []

    @property
    def ran(self) -> frozenset[str]:
        """The rules that ran to their end."""
        return frozenset(self._ran)

    def findings(self, selected: Iterable[Selected]) -> tuple[Finding, ...]:
        """Run rules and give their findings in report order."""
        with span("phase", "rules"):
            merged = merge(self._placed(selected), self._setting.rendering.graph.environments)
            return fingerprinted(merged, self._setting.tree)

    def with_own(
        self, findings: Iterable[Finding], own: Iterable[Selected], judged: Judged, match: Match | None
    ) -> tuple[Finding, ...]:
        """Add what the rules about suppressions and the baseline find, now that all others ran."""
        self._shared["conduct"] = Conduct(judged, self._ledger.book(), match)
        return tuple(sorted([*findings, *self.findings(own)], key=report_order))

    def _placed(self, selected: Iterable[Selected]) -> Iterator[Placed]:
        planned = [(item, [self._context(item.rule, options) for options in item.option_sets]) for item in selected]
        together = Batch([context for _, contexts in planned for context in contexts if context.rule.cel])
        for item, contexts in planned:
            known = len(self.defects)
            with span("rule", item.rule.name):
                for option_set, context in enumerate(contexts):
                    yield from self._judged(item, option_set, context, together)
            if len(self.defects) == known:
                self._ran.add(item.rule.name)

    def _judged(self, item: Selected, option_set: int, context: CheckContext, together: Batch) -> Iterator[Placed]:
        check = together.check if context.rule.cel else None
        found = run_rule(context, self.defects, check)
        # What hides a part of a violation is settled first: judging it gives each part its severity.
        own = item.rule.category == OWN_CATEGORY
        for placed in self._ledger.apply(found, only_config=own):
            yield from item.judge(placed, option_set, context.graph)

    def _context(self, rule: Rule, options: Mapping[str, Any]) -> CheckContext:
        shared = self._setting
        return CheckContext(
            shared.tree,
            shared.rendering,
            shared.config,
            shared.provenance,
            shared.engine,
            rule,
            options,
            self._shared,
            shared.base,
            shared.spares,
        )


def run_rule(context: CheckContext, defects: list[InternalError], check: Check | None = None) -> Iterator[Placed]:
    """Run the context's rule and place what it yields. What crashes is added to ``defects``; the rest is kept.

    ``check`` is the function to call; without one it is the rule's own.
    """
    violations = _violations(context, defects, check)
    context.provenance.prepare(traced(violations))
    for violation in violations:
        try:
            with span("provenance", "provenance"):
                placed = place(violation, context)
        except Exception as error:  # noqa: BLE001 - one rule's defect must not hide what the others find
            defects.append(_defect(context.rule, error))
            continue
        yield placed


def _violations(context: CheckContext, defects: list[InternalError], check: Check | None) -> list[Violation]:
    """Give what a rule finds; what it found before it crashed is kept."""
    found: list[Violation] = []
    try:
        # What came before an exception stays in the list.
        found.extend((check or check_of(context.rule))(context))
    except ConfigError:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        defects.append(_defect(context.rule, error))
    return found


def _defect(rule: Rule, error: Exception) -> InternalError:
    if isinstance(error, InternalError):
        return error
    defect = InternalError(f"the rule {rule.name} crashed: {type(error).__name__}: {error}")
    defect.__cause__ = error
    return defect


def import_checks(rules: Iterable[Rule], config: Config) -> None:
    """Import the modules of the checks that run without a base, ahead of time; each rule tells what is wrong there."""
    for item in select(rules, config):
        if not item.rule.needs_base:
            with suppress(InternalError):
                check_of(item.rule)


def check_of(rule: Rule) -> Check:
    """Give the function behind a rule; its module is imported now. Raises InternalError where there is none."""
    if rule.cel:
        return check_expression
    module, _, name = rule.check.partition(".")
    try:
        found: Check = getattr(import_module(f"gitlint_ops.lint.checks.{module}"), name)
    except (ImportError, AttributeError) as error:
        raise InternalError(f"the rule {rule.name} names a check that is not there: {rule.check}") from error
    return found


def _version() -> str:
    from gitlint_ops import __version__

    return __version__
