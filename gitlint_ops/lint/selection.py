"""Which rules run, and how: each rule's own settings overridden by the configuration's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from gitlint_ops.config import Config, ConfigError, RuleSetting
from gitlint_ops.lint.loader import nearest
from gitlint_ops.lint.model import Rule, Severity


@dataclass(frozen=True, slots=True)
class Selected:
    """A rule that runs, with the severities and the options of this run."""

    rule: Rule
    options: Mapping[str, Any]


def select(rules: Iterable[Rule], config: Config) -> tuple[Selected, ...]:
    """Give the enabled rules as configured. Raises ConfigError for an unknown rule or a wrong option."""
    known = {rule.name: rule for rule in rules}
    for name, setting in config.rules.items():
        if name not in known:
            raise ConfigError(f"rules: there is no rule '{name}'{nearest(name, known)}", config.path, setting.line)
    chosen = (_apply(rule, config.rules.get(rule.name, RuleSetting()), config) for rule in known.values())
    return tuple(item for item in chosen if item.rule.enabled)


def _apply(rule: Rule, setting: RuleSetting, config: Config) -> Selected:
    if setting.severity is not None:
        severity = cast("Severity", setting.severity)
        rule = replace(rule, severity=severity, production_severity=severity)
    if setting.enabled is not None:
        rule = replace(rule, enabled=setting.enabled)
    if setting.options:
        _check_options(rule, setting, config)
    return Selected(rule, {**rule.default_options, **setting.options})


def _check_options(rule: Rule, setting: RuleSetting, config: Config) -> None:
    from jsonschema_rs import Draft202012Validator

    known = rule.options_schema["properties"]
    for name in setting.options:
        if name not in known:
            hint = nearest(name, known) or "; it has none"
            raise ConfigError(f"rules.{rule.name}.options: unknown option '{name}'{hint}", config.path, setting.line)
    for error in Draft202012Validator(dict(rule.options_schema)).iter_errors(dict(setting.options)):
        place = ".".join(["rules", rule.name, "options", *(str(step) for step in error.instance_path)])
        raise ConfigError(f"{place}: {error.message}", config.path, setting.line)
