"""What ``.sops.yaml`` says: which rule is for a file, which of its values are to be encrypted, and for whom.

After SOPS' own config/config.go: the nearest ``.sops.yaml`` at or above the file decides alone, the first rule whose
``path_regex`` (a Go regexp, unanchored) matches the path relative to it wins, a rule without one matches everything.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gitlint_ops.engine import EngineError
from gitlint_ops.lint.checks.regexps import go_matches
from gitlint_ops.lint.checks.sops_keys import rule_recipients
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.source.model import FieldPath

CONFIG_NAME = ".sops.yaml"
SELECTORS = (
    "unencrypted_suffix",
    "encrypted_suffix",
    "unencrypted_regex",
    "encrypted_regex",
    "unencrypted_comment_regex",
    "encrypted_comment_regex",
)
"""The settings that choose values; SOPS refuses two of them at once."""
DEFAULT_SUFFIX = "_unencrypted"
SECRET_WORD = re.compile(r"secret|sops|encrypt|crypt|credential|vault|private|(?<![a-z])enc(?![a-z])", re.IGNORECASE)
_NEUTRAL = "zzqx-7f3"
"""A file name that no rule means: a rule that matches it too is for a folder, and not for certain names."""


@dataclass(frozen=True, slots=True)
class Selector:
    """Which values SOPS encrypts: the setting's name (of SELECTORS) and its text."""

    setting: str
    text: str

    @property
    def by_comment(self) -> bool:
        """Whether comments decide, which a parsed document no longer has."""
        return "comment" in self.setting

    @property
    def shown(self) -> str:
        """The setting as a message names it."""
        return f"{self.setting} {self.text}" if self.text != DEFAULT_SUFFIX else "rule that every value is encrypted"


@dataclass(frozen=True, slots=True)
class CreationRule:
    """A creation rule: the file and the index that it has there, its pattern, its values, its recipients."""

    config: str
    index: int
    path_regex: str
    selector: Selector
    recipients: frozenset[str]

    @property
    def shown(self) -> str:
        """The rule as a message names it."""
        pattern = f" (path_regex {self.path_regex})" if self.path_regex else " (for every file)"
        return f"creation rule {self.index + 1} of {self.config}{pattern}"

    @property
    def field_path(self) -> FieldPath:
        """Where the rule stands in its file."""
        return ("creation_rules", self.index)


@dataclass(frozen=True, slots=True)
class Governed:
    """The rule that is for a file. ``by_name``: it means files of this name, and not all that lie in the folder."""

    rule: CreationRule
    by_name: bool


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that SOPS refuses: its file, where in it, and why."""

    config: str
    field_path: FieldPath
    reason: str


def selector_of(data: Mapping[str, Any]) -> Selector:
    """Give the selector of a creation rule or of a file's ``sops`` block; without any it is the default suffix."""
    for setting in SELECTORS:
        if data.get(setting):
            return Selector(setting, str(data[setting]))
    return Selector("unencrypted_suffix", DEFAULT_SUFFIX)


def selectors_in(data: Mapping[str, Any]) -> list[str]:
    """Give the names of the selectors that are set."""
    return [setting for setting in SELECTORS if data.get(setting)]


def governed_files(context: CheckContext) -> Mapping[str, Governed]:
    """Give, for each file of the repository that a creation rule is for, that rule."""
    return context.once("sops-governed", lambda: _survey(context))[0]


def broken_rules(context: CheckContext) -> Sequence[BrokenRule]:
    """Give the rules that SOPS refuses, and with them their whole file."""
    return context.once("sops-governed", lambda: _survey(context))[1]


def _survey(context: CheckContext) -> tuple[Mapping[str, Governed], Sequence[BrokenRule]]:
    governed: dict[str, Governed] = {}
    broken: list[BrokenRule] = []
    for config, files in _scopes(context):
        rules = list(_rules(context, config))
        matches = [_matching(context, rule, files, broken) for rule in rules]
        for path, neutral in files.items():
            first = next((n for n, matched in enumerate(matches) if path in matched), None)
            if first is not None:
                governed[path] = Governed(rules[first], neutral not in matches[first])
        broken += _contradictions(context, config)
    return governed, broken


def _scopes(context: CheckContext) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Give each ``.sops.yaml`` with the files for which it is the nearest, each with its neutral twin."""
    folders = {_folder(path) for path in context.tree.files if path.rpartition("/")[2] == CONFIG_NAME}
    scopes: dict[str, dict[str, str]] = defaultdict(dict)
    for path in context.tree.files if folders else ():
        folder = _folder(path)
        while folder not in folders and folder != ".":
            folder = _folder(folder)
        if folder in folders and path.rpartition("/")[2] != CONFIG_NAME:
            scopes[folder][path] = _twin(path)
    for folder in sorted(folders):
        yield (CONFIG_NAME if folder == "." else f"{folder}/{CONFIG_NAME}"), scopes[folder]


def _folder(path: str) -> str:
    return path.rpartition("/")[0] or "."


def _twin(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    _, dot, ending = name.rpartition(".")
    return f"{folder}{slash}{_NEUTRAL}{dot}{ending if dot else ''}"


def _rules(context: CheckContext, config: str) -> Iterator[CreationRule]:
    for index, data in _written(context, config):
        yield CreationRule(
            config, index, str(data.get("path_regex") or ""), selector_of(data), frozenset(rule_recipients(data))
        )


def _written(context: CheckContext, config: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    documents = context.tree.read(config).documents
    value = documents[0].value if documents else None
    rules = value.get("creation_rules") if isinstance(value, Mapping) else None
    for index, data in enumerate(rules if isinstance(rules, list) else ()):
        yield index, data if isinstance(data, Mapping) else {}


def _matching(
    context: CheckContext, rule: CreationRule, files: Mapping[str, str], broken: list[BrokenRule]
) -> frozenset[str]:
    """Give the files and twins that a rule matches; a pattern that does not compile goes to ``broken``."""
    paths = sorted({*files, *files.values()})
    if not rule.path_regex:
        return frozenset(paths)
    start = len(rule.config) - len(CONFIG_NAME)
    try:
        matched = go_matches(context, rule.path_regex, [path[start:] for path in paths])
    except EngineError as error:
        reason = f"path_regex does not compile: {error.message.rpartition('error parsing regexp: ')[2]}"
        broken.append(BrokenRule(rule.config, (*rule.field_path, "path_regex"), reason))
        return frozenset()
    return frozenset(rule.config[:start] + path for path in matched)


def _contradictions(context: CheckContext, config: str) -> Iterator[BrokenRule]:
    for index, data in _written(context, config):
        found = selectors_in(data)
        if len(found) > 1:
            reason = f"{' and '.join(found)} are set together, and SOPS takes one of them only"
            yield BrokenRule(config, ("creation_rules", index, found[1]), reason)
