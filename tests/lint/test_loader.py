from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.config import Config, ConfigError
from gitlint_ops.lint import load_rules, rule_by_name
from gitlint_ops.lint.loader import read_rule
from tests.lint.support import rule

Write = Callable[[Mapping[str, str]], Path]
GOOD = """\
name: no-latest
category: own
severity: warning
confidence: high
summary: A thing.
why: Because.
fix: Change it.
options:
  allow: {type: array, items: {type: string}, default: [], description: What may.}
cel: object.spec.replicas > 1
match: {kinds: [Deployment]}
message: "{kind} {name} has {value}"
field: spec.template.spec.containers[0].image
examples:
  - name: bad
    files: {a.yaml: ""}
    findings: []
"""


def test_a_rule_is_read(write: Write) -> None:
    root = write({"rules/own/no-latest.yaml": GOOD})
    found = read_rule(root / "rules/own/no-latest.yaml", "no-latest.yaml")
    assert (found.name, found.category, found.severity, found.production_severity) == (
        "no-latest",
        "own",
        "warning",
        "warning",
    )
    assert found.field_path == ("spec", "template", "spec", "containers", 0, "image")
    assert found.default_options == {"allow": []}
    assert len(found.examples) == 1


def test_examples_are_left_out_unless_wanted(write: Write) -> None:
    root = write({"rules/own/no-latest.yaml": GOOD})
    assert read_rule(root / "rules/own/no-latest.yaml", "x", examples=False).examples == ()


def test_keys_after_the_examples_are_not_lost(write: Write) -> None:
    root = write({"rules/own/no-latest.yaml": GOOD + "enabled: false\n"})
    assert read_rule(root / "rules/own/no-latest.yaml", "x", examples=False).enabled is False


@pytest.mark.parametrize(
    ("change", "message", "line"),
    [
        (("severity: warning", "severety: warning"), "the rule: unknown key 'severety'; did you mean 'severity'?", 3),
        (("severity: warning", "severity: fatal"), 'severity: "fatal" is not one of "error", "warning" or "info"', 3),
        (("name: no-latest", "name: no-late"), "name: 'no-late' must be 'no-latest', as the file is called", 1),
        (("category: own", "category: other"), "category: 'other' must be 'own', as the folder is called", 2),
        (("match: {kinds", "match: {kind"), "match: unknown key 'kind'; did you mean 'kinds'?", 11),
        (("    findings: []", "    finding: []"), "examples.0: unknown key 'finding'; did you mean 'findings'?", 17),
        (
            ("cel: object", "check: a.b\ncel: object"),
            "the rule: a rule has either 'check', or 'cel' with 'match' and 'message'",
            1,
        ),
    ],
)
def test_a_wrong_rule_is_named_with_its_line(write: Write, change: tuple[str, str], message: str, line: int) -> None:
    root = write({"rules/own/no-latest.yaml": GOOD.replace(*change)})
    with pytest.raises(ConfigError) as error:
        read_rule(root / "rules/own/no-latest.yaml", "rules/own/no-latest.yaml")
    assert (error.value.message, error.value.path, error.value.line) == (message, "rules/own/no-latest.yaml", line)


def test_a_rule_that_is_no_yaml_is_named_with_its_line(write: Write) -> None:
    root = write({"rules/own/no-latest.yaml": GOOD.replace("why: Because.", "why: [a")})
    with pytest.raises(ConfigError, match=r"not valid YAML: .*expected ',' or '\]'") as error:
        read_rule(root / "rules/own/no-latest.yaml", "rules/own/no-latest.yaml")
    assert error.value.line == 7


def test_rules_of_the_users_folders_stand_beside_our_own(write: Write) -> None:
    root = write({"policy/own/no-latest.yaml": GOOD})
    names = [found.name for found in load_rules(Config(rule_folders=("policy",)), root)]
    assert "no-latest" in names
    assert "schema-error" in names
    assert names == sorted(names)


def test_a_user_rule_cannot_take_the_name_of_ours(write: Write) -> None:
    root = write({"policy/own/schema-error.yaml": GOOD.replace("name: no-latest", "name: schema-error")})
    with pytest.raises(ConfigError, match="the rule 'schema-error' exists already"):
        load_rules(Config(rule_folders=("policy",)), root)


def test_a_missing_rule_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="rule_folders: there is no folder 'policy'"):
        load_rules(Config(rule_folders=("policy",)), tmp_path)


def test_an_unknown_rule_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="there is no rule 'schema-eror'; did you mean 'schema-error'"):
        rule_by_name("schema-eror", [rule("schema-error"), rule("other")])


def test_loading_all_rules_is_quick() -> None:
    load_rules(Config())
    started = time.process_time()
    load_rules(Config())
    assert time.process_time() - started < 0.1
