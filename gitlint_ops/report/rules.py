"""The rules for people and programs: the list, and the page of one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gitlint_ops.lint.baseline import OWN_CATEGORY
from gitlint_ops.lint.model import ANNOTATION, Rule
from gitlint_ops.report.json_report import SCHEMA_VERSION, dumps
from gitlint_ops.report.page import STYLES, Page, plural


def render_rules_json(rules: Sequence[Rule]) -> str:
    """Give the rules as JSON, by category and name."""
    return dumps({"schema_version": SCHEMA_VERSION, "rules": [_rule_data(rule) for rule in _sorted(rules)]})


def _rule_data(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "category": rule.category,
        "severity": rule.severity,
        "production_severity": rule.production_severity,
        "confidence": rule.confidence,
        "security": rule.security,
        "enabled": rule.enabled,
        "summary": rule.summary,
        "references": list(rule.references),
        "options": dict(rule.default_options),
    }


def _sorted(rules: Iterable[Rule]) -> list[Rule]:
    return sorted(rules, key=lambda rule: (rule.category, rule.name))


def render_rules_text(rules: Sequence[Rule], *, color: bool, width: int, unicode: bool = True) -> str:
    """Give the rules by category: name, severity (and production's, where it differs), what each catches."""
    page = Page(color=color, width=width, unicode=unicode)
    wide = max((len(rule.name) for rule in rules), default=0)
    category = ""
    for rule in _sorted(rules):
        if rule.category != category:
            category = rule.category
            page.line((category, "bold underline"))
        state = "" if rule.enabled else "(off) "
        severity = _severities(rule).ljust(26)
        page.line(
            (rule.name.ljust(wide + 2), "bold"),
            (severity, STYLES[rule.severity]),
            state + rule.summary,
            indent=2,
            hanging=wide + 28,
        )
    page.line()
    page.line(
        f"{plural(len(rules), 'rule')}. 'gitlint-ops explain RULE' says why one matters and how to fix what it finds."
    )
    return page.text()


def _severities(rule: Rule) -> str:
    if rule.production_severity == rule.severity:
        return rule.severity
    return f"{rule.severity} (prod: {rule.production_severity})"


def render_explanation(rule: Rule, *, color: bool, width: int, unicode: bool = True) -> str:
    """Give the page of one rule: what it catches, why it matters, how to fix it, options, examples, suppression."""
    page = Page(color=color, width=min(width, 100), unicode=unicode)
    page.line((rule.name, "bold underline"))
    page.line(
        (_severities(rule), STYLES[rule.severity]),
        f"  category {rule.category}, confidence {rule.confidence}",
        "" if rule.enabled else ", off unless the configuration turns it on",
    )
    page.line()
    page.line(rule.summary)
    for title, prose in (("Why it matters", rule.why), ("How to fix it", rule.fix)):
        _write_title(page, title)
        page.prose(prose, indent=2)
    _write_options(page, rule)
    _write_example(page, "Bad", next((e for e in rule.examples if e.get("findings")), None))
    _write_example(page, "Good", next((e for e in rule.examples if not e.get("findings")), None))
    _write_suppression(page, rule)
    if rule.references:
        _write_title(page, "References")
        for reference in rule.references:
            page.raw(reference, indent=2)
    return page.text()


def _write_title(page: Page, title: str) -> None:
    page.line()
    page.line((title, "bold"))


def _write_options(page: Page, rule: Rule) -> None:
    if not rule.default_options:
        return
    _write_title(page, "Options")
    schemas = rule.options_schema.get("properties", rule.options_schema)
    for name, default in rule.default_options.items():
        schema = schemas.get(name) or {}
        page.line(
            (name, "bold"), f" (default: {json.dumps(default)})  {schema.get('description', '')}", indent=2, hanging=4
        )
    page.line()
    page.line("Set them in .gitlint-ops.yaml:", indent=2)
    name, default = next(iter(rule.default_options.items()))
    for number, line in enumerate(("rules:", f"{rule.name}:", "options:", f"{name}: {json.dumps(default)}")):
        page.raw((line, "cyan"), indent=4 + 2 * number)


def _write_example(page: Page, title: str, example: Mapping[str, Any] | None) -> None:
    if example is None:
        return
    _write_title(page, f"{title}: {example.get('name', '')}")
    lines = {(f.get("path"), f.get("line")) for f in example.get("findings", ())}
    for path, text in example.get("files", {}).items():
        page.raw((path, "underline"), indent=2)
        for number, line in enumerate(str(text).rstrip("\n").split("\n"), 1):
            hit = (path, number) in lines
            page.raw((">" if hit else " ", STYLES["error"]), f" {line}", indent=2)
    for finding in example.get("findings", ()):
        page.line(
            (f"{finding.get('path')}:{finding.get('line')} ", "cyan"),
            str(finding.get("message", "")),
            indent=2,
            hanging=2,
        )


def _write_suppression(page: Page, rule: Rule) -> None:
    _write_title(page, "To accept one finding")
    is_own = rule.category == OWN_CATEGORY
    if not is_own:
        page.line("Put a comment with the reason on its line, or on the line above it:", indent=2)
        page.raw((f"# gitlint-ops: ignore={rule.name} reason=why this is fine", "cyan"), indent=4)
        page.line("Or an annotation on the object:", indent=2)
        page.raw((f'{ANNOTATION}: "{rule.name} reason=why this is fine"', "cyan"), indent=4)
    page.line(f"{'Accept' if is_own else 'Or accept'} it in .gitlint-ops.yaml:", indent=2)
    for line in (
        "suppressions:",
        f"  - rule: {rule.name}",
        "    path: path/of/the/file.yaml",
        "    reason: why this is fine",
    ):
        page.raw((line, "cyan"), indent=4)
