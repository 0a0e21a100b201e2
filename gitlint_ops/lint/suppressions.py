"""What hides a finding: a comment at its line, an annotation on its object, an entry of the configuration.

Hidden findings stay in the report with their suppression; only their weight changes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from gitlint_ops.config import Config, ConfigError, SuppressionSetting
from gitlint_ops.lint.model import ObjectRef, Suppression
from gitlint_ops.source import SourceTree, Span

ANNOTATION = "gitlint-ops.dev/ignore"
_COMMENT = re.compile(r"(?:#|//|/\*)\s*gitlint-ops:\s*ignore=(?P<rest>.*)$")
_COMMENT_LINE = re.compile(r"^\s*(?:#|//|\{\{-?\s*/\*)")
_RULES = re.compile(r"^\s*(?P<rules>[a-z-]+(?:\s*,\s*[a-z-]+)*)(?:\s+reason=(?P<reason>.*))?")


@dataclass(frozen=True, slots=True)
class Ignore:
    """An ignore as written: the rules it names and its reason ('' where none is given)."""

    rules: tuple[str, ...]
    reason: str


def parse_ignore(text: str) -> Ignore | None:
    """Read ``rule[,rule] [reason=...]``, as a comment (after ``ignore=``) or the annotation has it; else None."""
    found = _RULES.match(text)
    if found is None:
        return None
    reason = (found["reason"] or "").strip().removesuffix("}}").removesuffix("-").rstrip().removesuffix("*/").strip()
    return Ignore(tuple(name.strip() for name in found["rules"].split(",")), reason.strip("\"'"))


def by_annotation(rule: str, data: Any) -> Suppression | None:
    """Give the suppression that an object's own annotation asks for, None where it names another rule or none."""
    metadata = data.get("metadata") if isinstance(data, Mapping) else None
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    text = annotations.get(ANNOTATION) if isinstance(annotations, Mapping) else None
    ignore = parse_ignore(text) if isinstance(text, str) else None
    return Suppression("annotation", ignore.reason) if ignore and rule in ignore.rules else None


def by_comment(rule: str, span: Span, tree: SourceTree) -> Suppression | None:
    """Give the suppression by a comment on the span's first line or in the comment lines right above it."""
    line = span.line
    while True:
        text = tree.line_text(span.path, line)
        found = _COMMENT.search(text)
        ignore = parse_ignore(found["rest"]) if found else None
        if ignore and rule in ignore.rules:
            return Suppression("comment", ignore.reason)
        line -= 1
        if line < 1 or not _COMMENT_LINE.match(tree.line_text(span.path, line)):
            return None


class ConfigSuppressions:
    """The configuration's suppressions, those that have ended left out."""

    def __init__(self, config: Config, today: date | None = None) -> None:
        day = today or date.today()
        self._settings = tuple(s for s in config.suppressions if not _ended(s, day, config.path))

    def find(self, rule: str, span: Span, target: ObjectRef | None) -> Suppression | None:
        """Give the first entry for this rule, path (glob) and object (glob of ``Kind/[namespace/]name``)."""
        for setting in self._settings:
            if setting.rule == rule and _path_fits(setting.path, span.path) and _object_fits(setting.object, target):
                return Suppression("config", setting.reason, setting.until)
        return None


def _ended(setting: SuppressionSetting, today: date, path: str) -> bool:
    if not setting.until:
        return False
    try:
        return date.fromisoformat(setting.until) < today
    except ValueError as error:
        raise ConfigError(
            f"suppressions: until: '{setting.until}' is not a date such as 2030-12-31", path, setting.line
        ) from error


def _path_fits(pattern: str, path: str) -> bool:
    return not pattern or fnmatchcase(path, pattern) or path.startswith(pattern.rstrip("/") + "/")


def _object_fits(pattern: str, target: ObjectRef | None) -> bool:
    if not pattern:
        return True
    if target is None:
        return False
    names = (f"{target.kind}/{target.name}", f"{target.kind}/{target.namespace}/{target.name}")
    return any(fnmatchcase(name, pattern) for name in names)
