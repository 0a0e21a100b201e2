"""Writes the pages that a program knows better: rules and configuration; pages of rules that are gone are removed."""

from __future__ import annotations

from pathlib import Path

from gitlint_ops.config import Config
from gitlint_ops.lint import load_rules
from gitlint_ops.report.config_page import render_config_page
from gitlint_ops.report.rule_page import render_rule_index, render_rule_page

FOLDER = Path(__file__).parent


def pages() -> dict[str, str]:
    """Give each page's path below docs/ and its text."""
    rules = load_rules(Config(), examples=True)
    return {
        "rules/README.md": render_rule_index(rules),
        **{f"rules/{rule.name}.md": render_rule_page(rule) for rule in rules},
        "reference/configuration.md": render_config_page(),
    }


def main() -> None:
    """Write all pages."""
    current = pages()
    for path in (FOLDER / "rules").glob("*.md"):
        if f"rules/{path.name}" not in current:
            path.unlink()
    for name, text in current.items():
        (FOLDER / name).parent.mkdir(exist_ok=True)
        (FOLDER / name).write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
