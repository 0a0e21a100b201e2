"""Whatever text a repository holds, the parsers of the Python half end in time, and raise nothing but what they say."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from gitlint_ops.config import ConfigError, config_of
from gitlint_ops.lint.baseline import read_baseline
from gitlint_ops.lint.checks.secret_patterns import tokens_in
from gitlint_ops.lint.checks.source_credentials import credentials_in
from gitlint_ops.lint.errors import BaselineError
from gitlint_ops.lint.expressions import Binding, ExpressionError, names_in
from gitlint_ops.lint.globs import path_fits
from gitlint_ops.lint.redaction import without_user_info
from gitlint_ops.lint.suppression.syntax import parse_comment, parse_ignore
from gitlint_ops.lint.user_rules import read_user_rule
from gitlint_ops.render.provenance.selectors import matches_any
from gitlint_ops.render.provenance.trial import altered_text
from gitlint_ops.repo.pipelines.shell import parse_shell
from gitlint_ops.report.escape import break_commands, printable, safe_json
from gitlint_ops.source.vendor import LOCK_NAME, VendorError, read_lock
from gitlint_ops.yaml_bounds import YAMLBoundsError, check_bounds

EXAMPLES = int(os.environ.get("GITLINT_OPS_EXAMPLES", "25"))
"""How many texts each parser is given; ``make fuzz`` gives more."""
FUZZED = settings(max_examples=EXAMPLES, deadline=10_000, suppress_health_check=[HealthCheck.too_slow], database=None)

WORDS = st.sampled_from(
    (
        *"{}[]()'\"`$\\|&;<>#:-?!%@*~=,\n\t\x00\u202e\u2028\ud7ffaZ9 ",
        *(
            "$(",
            "${",
            "<<EOF",
            "EOF",
            "---",
            "...",
            "&a",
            "*a",
            "<<:",
            "!!binary",
            "\r\n",
            "\x1b[2J",
            "0x",
            "1e999",
            ".inf",
        ),
        *("rules:", "exclude:", "limits:", "gitlint-ops:", "ignore", "reason=", "until=", "kubectl", "helm", "apply"),
        *(
            "if",
            "then",
            "fi",
            "for",
            "do",
            "done",
            "::error::",
            "##[x]",
            "//user:pass@host/",
            "9" * 30,
            "(a+)+$",
            "(?P<x>",
        ),
    )
)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    st.lists(WORDS, max_size=80).map(" ".join),
    st.lists(WORDS, max_size=80).map("".join),
)


def _config(text: str) -> None:
    with suppress(ConfigError):
        config_of(text, "config", Path())


def _in_file(read: Callable[[Path], object], name: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "own" / name
        file.parent.mkdir()
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        with suppress(ConfigError, BaselineError, VendorError):
            read(file)


def _expression(text: str) -> None:
    list(names_in(text))
    with suppress(ExpressionError):
        Binding().compile(text)


def _bounded(text: str) -> None:
    with suppress(YAMLBoundsError, YAMLError):
        check_bounds(YAML(typ="safe", pure=True).parse(text))


PARSERS: Mapping[str, Callable[[str], Any]] = {
    "shell": parse_shell,
    "comment": parse_comment,
    "suppression": parse_ignore,
    "configuration": _config,
    "rule": lambda text: _in_file(lambda file: read_user_rule(file, "own/rule.yaml", ()), "rule.yaml", text),
    "baseline": lambda text: _in_file(lambda file: read_baseline(file, "baseline"), "baseline.json", text),
    "lock": lambda text: _in_file(lambda file: read_lock(file.parent), LOCK_NAME, text),
    "tokens": lambda text: list(tokens_in(text)),
    "credentials": lambda text: list(credentials_in({"password": text, text: [text]})),
    "user info": without_user_info,
    "selector": lambda text: matches_any(text, ["a" * 200 + "b"]),
    "trial": altered_text,
    "glob": lambda text: path_fits([text, "a*" * 20 + text], "a" * 60),
    "expression": _expression,
    "bounds": _bounded,
}


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_ends_as_it_says(name: str) -> None:
    @FUZZED
    @given(TEXTS)
    def parses(text: str) -> None:
        PARSERS[name](text)

    parses()


@FUZZED
@given(TEXTS)
def test_what_is_shown_drives_nothing(text: str) -> None:
    shown = printable(text)
    assert "\n" not in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert not any(line.lstrip().startswith("::") for line in re.split("[\r\n]", break_commands(text)))
    assert json.loads(safe_json(json.dumps(text))) == text
