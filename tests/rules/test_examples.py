"""Runs every rule's examples through the whole pipeline, one test an example, and checks that each rule is complete."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Set
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from gitlint_ops.config import CONFIG_NAME, Config, RuleSetting, load_config
from gitlint_ops.engine import EngineClient
from gitlint_ops.lint import lint, load_rules
from gitlint_ops.lint.baseline import baseline_of
from gitlint_ops.lint.model import Finding, Rule
from gitlint_ops.lint.runner import check_of
from gitlint_ops.render import render_repository
from gitlint_ops.render.compare import open_base
from gitlint_ops.source import open_tree
from tests.repositories import Repository

RULES = load_rules(Config(), examples=True)
BASE = "base"
EXAMPLES = [(rule, example) for rule in RULES for example in rule.examples]
EXAMPLE_IDS = [f"{rule.name}: {example['name']}" for rule, example in EXAMPLES]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=EXAMPLE_IDS)
def test_example(rule: Rule, example: Mapping[str, Any], tmp_path: Path) -> None:
    if sys.platform == "win32" and "links" in example:
        pytest.skip("symlinks need a privilege on Windows")
    if rule.needs_base:
        _commit_before(example, tmp_path)
    _write(example, tmp_path)
    found = [finding for finding in _findings(rule, example, tmp_path) if finding.rule == rule.name]
    found.sort(key=lambda finding: (finding.span.path, finding.span.line, finding.message))
    wanted = sorted(example["findings"], key=_place)
    pinned = [*(expected.keys() for expected in wanted), *[set[str]()] * len(found)]
    assert [_shown(finding, keys) for finding, keys in zip(found, pinned, strict=False)] == wanted


def _commit_before(example: Mapping[str, Any], root: Path) -> None:
    """Make a repository with the files as they were, at BASE, and those of the commits since then."""
    repository = Repository(root)
    for files in (example["base_files"], *example.get("commits", ())):
        repository.commit(files)
        repository.branch_if_new(BASE)


def _write(example: Mapping[str, Any], root: Path) -> None:
    for name, text in example["files"].items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="")
    for name, target in example.get("links", {}).items():
        (root / name).symlink_to(target)
    if example.get("config"):
        (root / CONFIG_NAME).write_text(example["config"], "utf-8")


def _findings(rule: Rule, example: Mapping[str, Any], root: Path) -> tuple[Finding, ...]:
    """Check with this rule enabled; the rules that it yields to run too, as in a real run."""
    config = load_config(root)
    setting = RuleSetting(enabled=True, options=example.get("options", {}))
    others = [other for other in RULES if other.name in {*rule.yields_to, *example.get("with_rules", ())}]
    config = Config(**{**_fields(config), "rules": {**config.rules, rule.name: setting}})
    with ExitStack() as stack:
        engine = stack.enter_context(EngineClient(root, workers=1))
        tree = open_tree(root, engine, config)
        rendering = render_repository(tree, engine, config)
        baseline = baseline_of(tree, config)
        compared = rule.needs_base and stack.enter_context(open_base(tree, rendering, engine, config, BASE))
        report = lint(tree, rendering, config, engine, [rule, *others], base=compared or None, baseline=baseline)
    assert report.defects == ()
    return report.findings


def _fields(config: Config) -> dict[str, Any]:
    return {name: getattr(config, name) for name in Config.__slots__}


def _shown(finding: Finding, keys: Set[str]) -> dict[str, Any]:
    """Give what a finding shows, with those fields only that the example pins."""
    whole = {
        "path": finding.span.path,
        "line": finding.span.line,
        "column": finding.span.column,
        "severity": finding.severity,
        "environments": list(finding.environments),
        "exact": finding.exact,
        "message": finding.message,
    }
    return {key: value for key, value in whole.items() if key in {"path", "line", "message", *keys}}


def _place(item: Mapping[str, Any]) -> tuple[str, int, str]:
    return item["path"], item["line"], item["message"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_is_complete(rule: Rule) -> None:
    assert rule.summary.endswith(".")
    assert any(example["findings"] for example in rule.examples), "no bad example"
    assert any(not example["findings"] for example in rule.examples), "no good example"
    assert callable(check_of(rule))
    assert rule.options_schema["properties"].keys() == rule.default_options.keys()
    Draft202012Validator.check_schema(rule.options_schema)
    Draft202012Validator(rule.options_schema).validate(dict(rule.default_options))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_yields_to_rules_that_exist_or_will(rule: Rule) -> None:
    assert rule.name not in rule.yields_to


def test_there_are_rules() -> None:
    assert {"schema-error", "unknown-kind", "invalid-yaml", "duplicate-key", "render-failed", "not-rendered"} <= {
        rule.name for rule in RULES
    }
