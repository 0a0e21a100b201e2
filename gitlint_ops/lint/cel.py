"""Checks written as CEL expressions: one object at a time, true is fine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.config import ConfigError
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.render.model import RenderedObject

MAX_SHOWN = 80
"""Longest value in a message, in characters."""


def check(context: CheckContext) -> Iterator[Violation]:
    """Evaluate a rule's expression on every object that it matches; a false one is a violation at the rule's field.

    Raises ConfigError where the expression does not compile, fails on an object, or gives no boolean.
    """
    program = _compile(context)
    rule = context.rule
    for item in context.of_kinds(rule.match["kinds"], rule.match.get("api_groups")):
        if not _holds(program, item, context):
            yield Violation(_message(rule.message, item, rule.field_path), object=item, field_path=rule.field_path)


def _compile(context: CheckContext) -> Any:
    # The package imports a whole command line: only where a CEL rule runs.
    import cel

    try:
        return cel.compile(context.rule.cel)
    except ValueError as error:
        raise ConfigError(f"cel: {error}", context.rule.path) from error


def _holds(program: Any, item: RenderedObject, context: CheckContext) -> bool:
    environment = context.environment(item)
    variables = {
        "object": item.data,
        "environment": {
            "name": environment.name if environment else "",
            "production": bool(environment and environment.production),
        },
        "options": dict(context.options),
    }
    try:
        result = program.execute(variables)
    except (KeyError, RuntimeError, TypeError, ValueError) as error:
        raise ConfigError(
            f"cel: fails on {item.label}: {error!r}; test with has() before a field that may be absent",
            context.rule.path,
        ) from error
    if not isinstance(result, bool):
        raise ConfigError(f"cel: gives {type(result).__name__} on {item.label}, not true or false", context.rule.path)
    return result


def _message(template: str, item: RenderedObject, field_path: tuple[str | int, ...]) -> str:
    parts: Mapping[str, str] = {
        "{kind}": item.kind,
        "{name}": item.name,
        "{namespace}": item.namespace,
        "{value}": "(hidden)" if item.kind == "Secret" else str(_value(item.data, field_path))[:MAX_SHOWN],
    }
    for place, text in parts.items():
        template = template.replace(place, text)
    return template


def _value(data: Any, field_path: tuple[str | int, ...]) -> Any:
    for step in field_path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return "nothing"
    return data
