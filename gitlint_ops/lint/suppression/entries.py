"""Suppressions in the configuration: which findings each entry names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from gitlint_ops.config import CONFIG_NAME, Config, ConfigError, SuppressionSetting
from gitlint_ops.lint.globs import path_fits
from gitlint_ops.lint.model import ObjectRef
from gitlint_ops.lint.suppression.directive import Directive
from gitlint_ops.lint.suppression.syntax import Ignore, last_day
from gitlint_ops.source import Span


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of ``suppressions`` and what it says of the findings that it hides."""

    directive: Directive
    path: str
    object: str

    def fits(self, rule: str, path: str, target: ObjectRef | None) -> bool:
        """Whether it names this rule, path (glob or folder) and object (glob of ``Kind/[namespace/]name``)."""
        return rule in self.directive.ignore.rules and self.covers(path) and _object_fits(self.object, target)

    def covers(self, path: str) -> bool:
        """Whether a repository-relative path is one that it speaks of."""
        return not self.path or path_fits((self.path,), path)


def entries_of(config: Config, root: Path) -> Iterator[Entry]:
    """Give the configuration's suppressions. Raises ConfigError for an end that is no date."""
    path = config_path(config, root)
    for setting in config.suppressions:
        _check_end(setting, config)
        ignore = Ignore((setting.rule,), setting.reason.strip(), setting.until, setting.environments)
        yield Entry(Directive("config", Span(path, max(1, setting.line)), ignore), setting.path, setting.object)


def config_path(config: Config, root: Path) -> str:
    """Give the configuration file's path relative to the repository root; its bare name where it lies outside."""
    if not config.path or config.path == CONFIG_NAME:
        return CONFIG_NAME
    file = Path(config.path).resolve()
    return file.relative_to(root.resolve()).as_posix() if file.is_relative_to(root.resolve()) else file.name


def _check_end(setting: SuppressionSetting, config: Config) -> None:
    if setting.until and last_day(setting.until) is None:
        message = f"suppressions: until: '{setting.until}' is not a date such as 2030-12-31"
        raise ConfigError(message, config.path, setting.line)


def _object_fits(pattern: str, target: ObjectRef | None) -> bool:
    if not pattern:
        return True
    if target is None:
        return False
    names = (f"{target.kind}/{target.name}", f"{target.kind}/{target.namespace}/{target.name}")
    return any(fnmatchcase(name, pattern) for name in names)
