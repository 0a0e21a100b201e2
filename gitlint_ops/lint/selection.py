"""Which rules run, and how: each rule's own settings under the profile's, the configuration's and its overrides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, cast

from gitlint_ops.config import Config, ConfigError, OverrideSetting, RuleSetting
from gitlint_ops.lint.globs import path_fits
from gitlint_ops.lint.loader import nearest
from gitlint_ops.lint.model import Rule, Severity
from gitlint_ops.lint.placing import Placed, severity_in
from gitlint_ops.lint.profiles import profile_settings
from gitlint_ops.repo.model import RepoGraph

_GLOB = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Override:
    """What an entry of ``overrides`` says about one rule; ``option_set`` is its options' position, None for none."""

    where: OverrideSetting
    setting: RuleSetting
    option_set: int | None

    def fits(self, path: str, environment: str) -> bool:
        """Whether it concerns a finding in a file and an environment ('' for none)."""
        where = self.where
        if where.environments and not any(fnmatchcase(environment, glob) for glob in where.environments):
            return False
        return not where.paths or path_fits(where.paths, path)


@dataclass(frozen=True, slots=True)
class Effective:
    """How a rule stands at one place."""

    enabled: bool
    severity: Severity | None
    option_set: int


@dataclass(frozen=True, slots=True)
class Selected:
    """A rule that runs, with the severities and the options of this run."""

    rule: Rule
    options: Mapping[str, Any]
    severity: Severity | None = None
    """What the user wants; None leaves it to the rule."""
    overrides: tuple[Override, ...] = ()
    option_sets: tuple[Mapping[str, Any], ...] = ()
    """The options with which the rule has to run: its own first, then those of overrides that have some."""

    def at(self, path: str, environment: str) -> Effective:
        """Say how the rule stands for a file and an environment ('' for none): the last override that fits counts."""
        enabled, severity, option_set = self.rule.enabled, self.severity, 0
        for override in self.overrides:
            if override.fits(path, environment):
                said = override.setting
                enabled = enabled if said.enabled is None else said.enabled
                severity = cast("Severity | None", said.severity) or severity
                option_set = option_set if override.option_set is None else override.option_set
        return Effective(enabled, severity, option_set)

    def judge(self, placed: Placed, option_set: int, graph: RepoGraph) -> list[Placed]:
        """Give what remains of a violation that the rule found with one of its option sets.

        Environments in which the rule is off, or has other options, are taken out of it; where it is to have different
        severities it is split.
        """
        if not self.overrides and self.severity is None:
            return [placed]
        kept: dict[Severity | None, list[str]] = {}
        for environment in placed.environments or ("",):
            stands = self.at(placed.span.path, environment)
            if stands.enabled and stands.option_set == option_set:
                kept.setdefault(stands.severity, []).append(environment)
        return [self._narrowed(placed, severity, names, graph) for severity, names in kept.items()]

    def _narrowed(self, placed: Placed, severity: Severity | None, names: list[str], graph: RepoGraph) -> Placed:
        environments = tuple(name for name in names if name)
        gone = set(placed.environments) - set(environments)
        deliveries = tuple(
            item for item in placed.deliveries if item not in graph.deliveries or _stays(graph, item, gone)
        )
        natural = severity_in(placed.rule, placed.violation, environments, graph)
        return replace(placed, severity=severity or natural, environments=environments, deliveries=deliveries)


def _stays(graph: RepoGraph, delivery: str, gone: set[str]) -> bool:
    return graph.deliveries[delivery].environment not in gone


def select(rules: Iterable[Rule], config: Config) -> tuple[Selected, ...]:
    """Give the enabled rules as configured. Raises ConfigError for an unknown rule or a wrong option."""
    known = {rule.name: rule for rule in rules}
    _check_names(known, config.rules, "rules", config)
    for at, override in enumerate(config.overrides):
        _check_names(known, override.rules, f"overrides.{at}.rules", config)
    layers = profile_settings(config)
    chosen = (_select(_apply_all(rule, layers), config) for rule in known.values())
    return tuple(item for item in chosen if item.rule.enabled or any(o.setting.enabled for o in item.overrides))


def settings_of(config: Config, names: Iterable[str]) -> Config:
    """Give the configuration for a run of these rules only, which are turned on; overrides still count."""
    wanted = tuple(dict.fromkeys(names))
    rules = {name: replace(config.rules.get(name, RuleSetting()), enabled=True) for name in wanted}
    kept = [{name: said for name, said in item.rules.items() if name in rules} for item in config.overrides]
    overrides = tuple(replace(item, rules=said) for item, said in zip(config.overrides, kept, strict=True))
    return replace(config, rules=rules, overrides=overrides)


def check_environments(config: Config, known: Iterable[str]) -> None:
    """Check the environments that overrides name, now that they are known. Raises ConfigError."""
    names = set(known)
    for at, override in enumerate(config.overrides):
        for name in override.environments:
            if name not in names and not _GLOB.intersection(name):
                hint = nearest(name, names) or "; none was recognised"
                raise ConfigError(
                    f"overrides.{at}.environments: there is no environment '{name}'{hint}", config.path, override.line
                )


def _check_names(known: Mapping[str, Rule], settings: Mapping[str, RuleSetting], place: str, config: Config) -> None:
    for name, setting in settings.items():
        if name not in known:
            raise ConfigError(f"{place}: there is no rule '{name}'{nearest(name, known)}", config.path, setting.line)
        _check_options(known[name], setting, f"{place}.{name}.options", config)


def _check_options(rule: Rule, setting: RuleSetting, place: str, config: Config) -> None:
    from jsonschema_rs import Draft202012Validator

    known = rule.options_schema["properties"]
    for name in setting.options:
        if name not in known:
            hint = nearest(name, known) or "; it has none"
            raise ConfigError(f"{place}: unknown option '{name}'{hint}", config.path, setting.line)
    for error in Draft202012Validator(dict(rule.options_schema), offline=True).iter_errors(dict(setting.options)):
        where = ".".join([place, *(str(step) for step in error.instance_path)])
        raise ConfigError(f"{where}: {error.message}", config.path, setting.line)


def _apply_all(rule: Rule, layers: Iterable[Mapping[str, RuleSetting]]) -> Rule:
    """Put a profile's settings over a rule's own."""
    for layer in layers:
        if rule.name in layer:
            rule = _apply(rule, layer[rule.name])
            rule = replace(rule, default_options={**rule.default_options, **layer[rule.name].options})
    return rule


def _apply(rule: Rule, setting: RuleSetting) -> Rule:
    if setting.severity is not None:
        severity = cast("Severity", setting.severity)
        rule = replace(rule, severity=severity, production_severity=severity)
    return rule if setting.enabled is None else replace(rule, enabled=setting.enabled)


def _select(rule: Rule, config: Config) -> Selected:
    setting = config.rules.get(rule.name, RuleSetting())
    options = {**rule.default_options, **setting.options}
    sets: list[Mapping[str, Any]] = [options]
    overrides = []
    for where in config.overrides:
        said = where.rules.get(rule.name)
        if said is not None:
            if said.options:
                sets.append({**options, **said.options})
            overrides.append(Override(where, said, len(sets) - 1 if said.options else None))
    severity = cast("Severity | None", setting.severity)
    return Selected(_apply(rule, setting), options, severity, tuple(overrides), tuple(sets))
