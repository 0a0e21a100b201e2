from __future__ import annotations

import re

from gitlint_ops.config import config_schema
from gitlint_ops.report.config_page import render_config_page

ROWS = dict(re.findall(r"^\| `([^`]+)` \| .* \| (.*) \|$", render_config_page(), re.MULTILINE))


def test_settings_of_lists_of_names_and_behind_references_have_rows() -> None:
    page = render_config_page()
    assert "| `clusters[].labels` | mapping | Labels of its cluster Secret, by which generators select. |" in page
    assert "| `rules.NAME.severity` | `error`, `warning`, `info` | How heavy its findings are. |" in page
    assert "| `environments.NAME.rank` | number | Place in the promotion order, 0 first. |" in page
    assert "| `overrides[].rules.NAME.options` | mapping |" in page


def test_every_setting_is_described() -> None:
    assert [name for name, meaning in ROWS.items() if not meaning.strip()] == []


def test_every_setting_has_a_section() -> None:
    assert re.findall(r"^## (.*)$", render_config_page(), re.MULTILINE) == list(config_schema()["properties"])
