"""Writes the rule pages below docs/rules/ from the rule files; pages of rules that are gone are removed."""

from __future__ import annotations

from pathlib import Path

from gitlint_ops.config import Config
from gitlint_ops.lint import load_rules
from gitlint_ops.report.rule_page import render_rule_index, render_rule_page

FOLDER = Path(__file__).parent / "rules"


def pages() -> dict[str, str]:
    """Give each page's file name and text."""
    rules = load_rules(Config(), examples=True)
    return {"README.md": render_rule_index(rules), **{f"{rule.name}.md": render_rule_page(rule) for rule in rules}}


def main() -> None:
    """Write all pages."""
    FOLDER.mkdir(exist_ok=True)
    current = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in current:
            path.unlink()
    for name, text in current.items():
        (FOLDER / name).write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
