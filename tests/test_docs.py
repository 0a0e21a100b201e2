"""What is generated in docs/ is what the program generates now."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def test_the_rule_pages_are_current() -> None:
    expected = runpy.run_path(str(DOCS / "generate.py"))["pages"]()
    actual = {path.name: path.read_text("utf-8") for path in (DOCS / "rules").glob("*.md")}
    assert actual == expected, "run 'make docs'"


def test_each_link_of_the_readme_leads_somewhere() -> None:
    readme = (DOCS.parent / "README.md").read_text("utf-8")
    links = re.findall(r"\]\((?!https://)([^)#]+)\)", readme)
    assert len(links) > 10
    assert [link for link in links if not (DOCS.parent / link).exists()] == []
