"""The formats of a report and of a diff: the tables that the command line, its help and the tests read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from gitlint_ops.lint.diff import Diff
    from gitlint_ops.lint.model import Report

TEXT = "text"
"""The format for people at a terminal: the only one that depends on more than what it shows, so it is in no table."""


@dataclass(frozen=True, slots=True)
class Format:
    """How to make one format: the module of this package and its function from a report, or a diff, to a text."""

    module: str
    function: str
    purpose: str
    """Who reads it, for the help."""
    commands: bool = False
    """Its lines are commands to the CI runner, which must reach it as they are."""
    layout: bool = False
    """It shows the repository's layout, which is worked out for it alone."""

    def render(self, shown: Report | Diff) -> str:
        """Give ``shown``, of the type that this format is for, with a final newline."""
        module = import_module(f"gitlint_ops.report.{self.module}")
        function = cast("Callable[[object], str]", getattr(module, self.function))
        return function(shown)


FORMATS = {
    "json": Format("json_report", "render_json", "programs"),
    "sarif": Format("sarif", "render_sarif", "code scanning"),
    "github": Format("github", "render_github", "annotations of a GitHub workflow", commands=True),
    "gitlab": Format("gitlab", "render_gitlab", "GitLab Code Quality"),
    "junit": Format("junit", "render_junit", "test reports"),
    "markdown": Format("markdown", "render_markdown", "a step summary or a comment"),
    "html": Format("html", "render_html", "one page for the browser", layout=True),
}
"""Name to format of a report; each is loaded when it is first used."""

DIFF_FORMATS = {
    "json": Format("diff_json", "render_diff_json", "programs"),
    "markdown": Format("diff_markdown", "render_diff_markdown", "a pull request (at most 60,000 bytes)"),
    "html": Format("html.diff", "render_diff_html", "one page for the browser"),
}
"""The same for a diff."""
