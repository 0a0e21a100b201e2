"""What is generated in docs/ is what the program generates now."""

from __future__ import annotations

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def test_the_rule_pages_are_current() -> None:
    expected = runpy.run_path(str(DOCS / "generate.py"))["pages"]()
    actual = {path.name: path.read_text("utf-8") for path in (DOCS / "rules").glob("*.md")}
    assert actual == expected, "run 'make docs'"


def test_the_readme_names_each_rule() -> None:
    readme = (DOCS.parent / "README.md").read_text("utf-8")
    rules = {path.stem for path in (DOCS.parent / "rules").rglob("*.yaml")}
    assert {name for name in rules if f"(docs/rules/{name}.md)" not in readme} == set()
