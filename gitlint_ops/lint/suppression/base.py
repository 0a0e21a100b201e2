"""Suppressions that the trusted base has too: what a pull request adds hides nothing, where that is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from gitlint_ops.lint.suppression.directive import Directive
from gitlint_ops.source.git import git_text

if TYPE_CHECKING:
    from gitlint_ops.config import Config
    from gitlint_ops.source import SourceTree

Settle = Callable[[Directive, str], Directive]
"""Gives a suppression, written as this text, as it counts."""
_PROBLEM = (
    "the base does not have it in this file, and 'inline_suppressions: base' lets no change accept its own findings"
)


def as_written(directive: Directive, _text: str) -> Directive:
    """Let every suppression count."""
    return directive


def settling(tree: SourceTree, config: Config) -> Settle:
    """Give how a comment or an annotation counts: as it is, or only where the configuration's commit has its text too.

    That is by file, and as often: one that is moved within its file is the same, one that is copied is not.
    """
    base = config.base
    if base is None or config.inline_suppressions != "base":
        return as_written

    @cache
    def before(path: str) -> str:
        return git_text(tree.root, "cat-file", "blob", f"{base.commit}:{base.prefix}{path}") or ""

    def settle(directive: Directive, text: str) -> Directive:
        written, path = _written(directive, text.strip()), directive.span.path
        if 0 < len(written.findall(tree.whole_text(path))) <= len(written.findall(before(path))):
            return directive
        return replace(directive, ignore=replace(directive.ignore, problem=directive.ignore.problem or _PROBLEM))

    return settle


def _written(directive: Directive, text: str) -> re.Pattern[str]:
    """Give what a suppression looks like in a file: its whole text, as a part of it may say more or for longer."""
    whole = re.escape(text)
    if directive.kind == "comment":
        return re.compile(rf"{whole}\s*$", re.MULTILINE)
    return re.compile(rf"([\"']){whole}\1|(?<!\S){whole}[}}\]\s]*$", re.MULTILINE)
