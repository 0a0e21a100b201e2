"""A user's own rules: read like ours, and proven to be sound before anything runs.

Nothing of a repository is executed: its rule is a CEL expression, or names a check that is part of this program.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import gitlint_ops.lint.checks as our_checks
from gitlint_ops.config import ConfigError
from gitlint_ops.lint.loader import line_of, nearest, read_rule, rule_text, yaml_loader
from gitlint_ops.lint.model import Rule
from gitlint_ops.lint.user_expressions import check_expression
from gitlint_ops.yaml_bounds import YAMLBoundsError, check_bounds


def read_user_rule(file: Path, shown: str, ours: Iterable[Rule]) -> Rule:
    """Read a rule of the user's; ``shown`` is how errors name its file, ``ours`` are the program's own rules.

    A rule that names a check has the options that our rules of that check have, with its own defaults where it gives
    some. Raises ConfigError with the line: for what is wrong in any rule file, for an expression that does not compile
    or that fails on an example, for a check that is not there.
    """
    text = rule_text(file, shown)
    _check_bounds(text, shown)
    rule = replace(read_rule(file, shown), builtin=False)
    if rule.cel:
        rule = replace(rule, cel_lines=_expression_lines(text, rule.cel))
        check_expression(rule)
    else:
        rule = _with_inherited_options(rule, ours)
        _check_python_name(rule, text)
    _check_options(rule, text)
    return rule


def _check_bounds(text: str, shown: str) -> None:
    import yaml

    try:
        check_bounds(yaml.parse(text, Loader=yaml_loader()))
    except YAMLBoundsError as error:
        raise ConfigError(str(error), shown, error.line) from error
    except yaml.YAMLError:
        # The reading of the rule says what is wrong, and where.
        return


def _expression_lines(text: str, expression: str) -> tuple[int, ...]:
    """Give the file's lines of the key and of each line of the expression, which a block begins one line below it."""
    start = line_of(text, ["cel"])
    is_block = text.splitlines()[start - 1].partition(":")[2].strip().startswith("|")
    return tuple(start + line if is_block else start for line in range(expression.count("\n") + 2))


def _check_python_name(rule: Rule, text: str) -> None:
    line = line_of(text, ["check"])
    module, _, name = rule.check.partition(".")
    modules = [item.name for item in pkgutil.iter_modules(our_checks.__path__)]
    if module not in modules:
        hint = nearest(module, modules)
        raise ConfigError(f"check: '{rule.check}': this program has no checks '{module}'{hint}", rule.path, line)
    known = _checks_in(module)
    if name not in known:
        hint = nearest(name, known) or "; it has no checks"
        raise ConfigError(f"check: '{rule.check}': '{module}' has no check '{name}'{hint}", rule.path, line)


def _checks_in(module: str) -> list[str]:
    """Give the functions of one of our modules that are checks: from a context to violations."""
    found = import_module(f"{our_checks.__name__}.{module}")
    return [name for name, item in vars(found).items() if not name.startswith("_") and _is_check(item, found.__name__)]


def _is_check(item: Any, module: str) -> bool:
    if not inspect.isfunction(item) or item.__module__ != module:
        return False
    signature = inspect.signature(item)
    kinds = [parameter.annotation for parameter in signature.parameters.values()]
    return kinds == ["CheckContext"] and signature.return_annotation == "Iterator[Violation]"


def _with_inherited_options(rule: Rule, ours: Iterable[Rule]) -> Rule:
    properties: dict[str, Any] = {}
    for other in ours:
        if other.check == rule.check:
            properties.update(other.options_schema["properties"])
    properties.update(rule.options_schema["properties"])
    defaults = {name: option["default"] for name, option in properties.items()}
    return replace(rule, options_schema={**rule.options_schema, "properties": properties}, default_options=defaults)


def _check_options(rule: Rule, text: str) -> None:
    """Check that the options are a JSON Schema and that the defaults satisfy it."""
    from jsonschema_rs import Draft202012Validator

    for name, schema in rule.options_schema["properties"].items():
        line = line_of(text, ["options", name])
        try:
            errors = list(Draft202012Validator(dict(schema), offline=True).iter_errors(schema["default"]))
        except ValueError as error:
            raise ConfigError(f"options.{name}: {error}".splitlines()[0], rule.path, line) from error
        if errors:
            raise ConfigError(f"options.{name}.default: {errors[0].message}", rule.path, line)
