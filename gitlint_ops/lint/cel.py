"""Checks written as CEL expressions: one object, pod, container or list item at a time; true is fine.

In: the contexts of all CEL rules of a run. Out: each rule's violations. The rules go over the objects together, for an
object's conversion to CEL costs far more than a rule on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gitlint_ops.config import ConfigError
from gitlint_ops.lint.cel_subjects import MakeValues, ObjectSubjects, Subject, values_at
from gitlint_ops.lint.checks.images import runs
from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.expressions import Binding, EvaluationError, Expression, ExpressionError, line_of_failure
from gitlint_ops.lint.model import Rule, Violation
from gitlint_ops.lint.pods import described_pods
from gitlint_ops.lint.spares import Spare
from gitlint_ops.lint.system_components import SystemComponents
from gitlint_ops.render.model import RenderedObject

MAX_SHOWN = 80
"""Longest value in a message, in characters."""


class Batch:
    """The CEL rules of a run, each given by its context; all are evaluated when the first one is asked for."""

    def __init__(self, contexts: Sequence[CheckContext]) -> None:
        self._contexts = contexts

    def check(self, context: CheckContext) -> Iterator[Violation]:
        """Give the violations of one of the rules: a false expression is a violation at the rule's field.

        Raises ConfigError where an expression does not compile, or where a user's own fails on an object: one of ours
        leaves malformed objects to the schemas.
        """
        yield from self._found[id(context)]

    @cached_property
    def _found(self) -> Mapping[int, list[Violation]]:
        return dict(zip(map(id, self._contexts), _check_all(self._contexts), strict=True))


def check_expression(context: CheckContext) -> Iterator[Violation]:
    """Give the violations of one CEL rule by itself. Raises as ``Batch.check`` does."""
    return Batch([context]).check(context)


def _check_all(contexts: Sequence[CheckContext]) -> list[list[Violation]]:
    found: list[list[Violation]] = [[] for _ in contexts]
    rules = _CelRules(contexts)
    for item in filter(runs, contexts[0].objects if contexts else ()):
        for at, violation in rules.violations(item):
            found[at].append(violation)
    return found


class _CelRules:
    """The rules of a run, each told by its position, compiled together."""

    def __init__(self, contexts: Sequence[CheckContext]) -> None:
        binding = Binding(len(contexts))
        options = {f"options_{at}": dict(context.options) for at, context in enumerate(contexts) if context.options}
        self._contexts = contexts
        self._rules = [_CelRule(context, _compiled(binding, context, at)) for at, context in enumerate(contexts)]
        self._make: MakeValues = lambda values: binding.values(values, options)
        self._of_kinds, self._of_pods = _by_kind(contexts)

    @cached_property
    def _spare(self) -> Spare:
        asked = [
            (context.rule.name, context.rule.cel, context.rule.match, context.options) for context in self._contexts
        ]
        return self._contexts[0].spares.of("cel", repr((asked, self._contexts[0].config.workload.exempt)))

    def violations(self, item: RenderedObject) -> Iterable[tuple[int, Violation]]:
        """Give the violations in one object, rule by rule."""
        environment = _environment(self._contexts[0], item)
        thing = [environment, item.api_version, item.kind, item.namespace, item.name, item.data]
        return self._spare.look_at_object(item.kind, thing, lambda: self._violations(item, environment))

    def _violations(self, item: RenderedObject, environment: Mapping[str, Any]) -> list[tuple[int, Violation]]:
        pods = list(described_pods(item)) if self._of_pods else []
        named = (*self._of_kinds.get(item.kind, ()), *(self._of_pods if pods else ()))
        wanted = [at for at in named if self._rules[at].concerns(item)]
        subjects = ObjectSubjects(item, pods, {"environment": environment}, self._make)
        return [(at, violation) for at in wanted for violation in self._rules[at].violations(item, subjects)]


def _by_kind(contexts: Sequence[CheckContext]) -> tuple[Mapping[str, list[int]], list[int]]:
    """Sort rules, given by their positions: those that name kinds of objects, and those that look into any pod."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for at, context in enumerate(contexts):
        if "each" not in context.rule.match:
            for kind in context.rule.match["kinds"]:
                by_kind[kind].append(at)
    return by_kind, [at for at, context in enumerate(contexts) if "each" in context.rule.match]


def _compiled(binding: Binding, context: CheckContext, at: int) -> Expression:
    try:
        return binding.compile(context.rule.cel, at)
    except ExpressionError as error:
        raise ConfigError(f"cel: {error.message}", context.rule.path) from error


def _environment(context: CheckContext, item: RenderedObject) -> Mapping[str, Any]:
    environment = context.environment(item)
    return {
        "name": environment.name if environment else "",
        "production": bool(environment and environment.production),
    }


def means(match: Mapping[str, Any], item: RenderedObject) -> bool:
    """Whether a rule's match means an object of this kind and API group."""
    kinds, groups = match.get("kinds"), match.get("api_groups")
    if kinds is not None and item.kind not in kinds:
        return False
    return groups is None or group_of(item.api_version) in groups


def failure(rule: Rule, item: RenderedObject, error: EvaluationError) -> ConfigError:
    """Word the failure of a user's expression on an object, at its line where that is certain, else at the key."""
    file = f" ({item.source_path})" if item.source_path else ""
    reason = "its values are not shown; test with has() what may be absent" if item.kind == "Secret" else str(error)
    line = rule.cel_lines[line_of_failure(rule.cel, error.culprit)] if rule.cel_lines else 0
    return ConfigError(f"cel: fails on {item.label}{file}: {reason}", rule.path, line)


@dataclass(frozen=True)
class _CelRule:
    """A rule's expression on the objects of a run."""

    context: CheckContext
    expression: Expression

    def concerns(self, item: RenderedObject) -> bool:
        """Whether the rule's match means this object, which has pods where it asks for them."""
        match = self.context.rule.match
        return means(match, item) and not (match.get("spare_system_components") and self._system.has(item))

    @property
    def _system(self) -> SystemComponents:
        config = self.context.config
        return self.context.once("system-components", lambda: SystemComponents(config.workload.exempt))

    def violations(self, item: RenderedObject, subjects: ObjectSubjects) -> Iterator[Violation]:
        """Give the violations in one object."""
        rule = self.context.rule
        for subject in subjects.of(rule.match):
            if not self._holds(item, subject):
                path = (*subject.field_path, *rule.field_path)
                yield Violation(self._message(item, subject), object=item, field_path=path)

    def _holds(self, item: RenderedObject, subject: Subject) -> bool:
        try:
            return subject.fits(self.expression)
        except EvaluationError as error:
            if self.context.rule.builtin:
                return True
            raise failure(self.context.rule, item, error) from error

    def _message(self, item: RenderedObject, subject: Subject) -> str:
        value = values_at(subject.value, self.context.rule.field_path)
        shown = "(hidden)" if item.kind == "Secret" else "nothing" if value is None else str(value)[:MAX_SHOWN]
        parts = {
            "{kind}": item.kind,
            "{name}": item.name,
            "{namespace}": item.namespace,
            "{container}": subject.container,
            "{value}": shown,
        }
        text = self.context.rule.message
        for place, part in parts.items():
            text = text.replace(place, part)
        return text
