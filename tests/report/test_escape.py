from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlint_ops.report.escape import break_commands, printable, safe_json


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("plain text, with ümlauts and 日本語", "plain text, with ümlauts and 日本語"),
        ("\x1b[2Jgone", "\\e[2Jgone"),
        ("two\nlines\r\n", "two\\nlines\\r\\n"),
        ("tab\tnul\x00bell\x07back\x08", "tab\\tnul\\0bell\\aback\\b"),
        ("delete\x7f csi\x9b31m", "delete\\x7f csi\\x9b31m"),
        ("user\u202egnp.exe\u2066\u200b", "user\\u202egnp.exe\\u2066\\u200b"),
        ("line\u2028paragraph\u2029", "line\\u2028paragraph\\u2029"),
        ("not-utf8-\udcff.yaml", "not-utf8-\\udcff.yaml"),
        ("tag \U000e0041", "tag \\U000e0041"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(hostile: str, shown: str) -> None:
    assert printable(hostile) == shown


@given(st.text())
def test_nothing_that_moves_the_cursor_survives(text: str) -> None:
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", printable(text))


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        ("::set-output name=x::y", "\\x3a:set-output name=x::y"),
        ("   ::add-mask::x", "   \\x3a:add-mask::x"),
        ("fine\n::group::x", "fine\n\\x3a:group::x"),
        ("fine\r::group::x", "fine\r\\x3a:group::x"),
        ("\x1b[1m::error::x", "\x1b[1m\\x3a:error::x"),
        ("text ##[command]x", "text #\\x23[command]x"),
        ("###[x]", "##\\x23[x]"),
        ("#\x1b[31m#[x]", "#\x1b[31m\\x23[x]"),
        ("std::vector, a :: b, # [x]", "std::vector, a :: b, # [x]"),
    ],
)
def test_workflow_commands_are_broken(line: str, broken: str) -> None:
    assert break_commands(line) == broken


def test_json_keeps_its_value_and_holds_no_command() -> None:
    value = {"a": "##[command]x \x7f \u202e ###["}
    text = safe_json(json.dumps(value))
    assert json.loads(text) == value
    assert "##[" not in text
    assert text.isprintable()


def test_json_shows_the_delete_character_as_an_escape() -> None:
    assert safe_json('"a\x7fb"') == '"a\\u007fb"'


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("a\udcffb", "a\\udcffb"),
        ("\U0001f600", "\U0001f600"),
        ("\\udcff", "\\udcff"),
        ("\\\udcff", "\\\\udcff"),
        ("\U0001f600\udcff\ud83d", "\U0001f600\\udcff\\ud83d"),
    ],
)
def test_json_holds_no_half_of_a_character(value: str, read: str) -> None:
    assert json.loads(safe_json(json.dumps(value))) == read


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_keeps_every_whole_text(text: str) -> None:
    assert json.loads(safe_json(json.dumps(text))) == text
