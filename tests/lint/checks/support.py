"""A whole run over files written by a test, and findings in a short form."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from gitlint_ops.lint.model import Finding
from tests.lint.support import run

Place = tuple[str, int]


def findings(root: Path, files: Mapping[str, str], *rules: str) -> tuple[Finding, ...]:
    """Write files (path to text, dedented) below a folder and give what these rules find."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), "utf-8", newline="\n")
    return run(root, *rules).findings


def places(found: tuple[Finding, ...]) -> list[Place]:
    """Give path and line of each finding."""
    return sorted((item.span.path, item.span.line) for item in found)
