"""The page of a rule in Markdown, as docs/rules/ keeps it: facts, why, how to fix, options, examples, suppression."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gitlint_ops.lint.baseline import OWN_CATEGORY
from gitlint_ops.lint.model import Rule

NOTE = "<!-- Made from rules/{category}/{name}.yaml by `make docs`; edit that file. -->"


def render_rule_page(rule: Rule) -> str:
    """Give the whole page of one rule, ending with a newline."""
    parts = [
        NOTE.format(category=rule.category, name=rule.name),
        f"# {rule.name}",
        rule.summary,
        _facts(rule),
        "## Why it matters",
        rule.why.strip(),
        "## How to fix it",
        rule.fix.strip(),
        *_options(rule),
        *_example("Bad", next((e for e in rule.examples if e.get("findings")), None)),
        *_example("Good", next((e for e in rule.examples if not e.get("findings")), None)),
        "## To accept one finding",
        _acceptance(rule),
        *_references(rule.references),
    ]
    return "\n\n".join(parts) + "\n"


def render_rule_index(rules: Iterable[Rule]) -> str:
    """Give the list of all pages, by category."""
    lines = [
        "<!-- Made by `make docs`. -->",
        "",
        "# Rules",
        "",
        "| rule | category | severity | finds |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| [{rule.name}]({rule.name}.md) | {rule.category} | {_severity(rule)} | {rule.summary} |"
        for rule in sorted(rules, key=lambda rule: (rule.category, rule.name))
    ]
    return "\n".join(lines) + "\n"


def _severity(rule: Rule) -> str:
    if rule.production_severity == rule.severity:
        return rule.severity
    return f"{rule.severity}, {rule.production_severity} in production"


def _facts(rule: Rule) -> str:
    default = "on" if rule.enabled else "off"
    row = f"| {rule.category} | {_severity(rule)} | {rule.confidence} | {default} |"
    return f"| category | severity | confidence | default |\n|---|---|---|---|\n{row}"


def _options(rule: Rule) -> list[str]:
    if not rule.default_options:
        return []
    schemas = rule.options_schema.get("properties", rule.options_schema)
    rows = [
        f"| `{name}` | `{json.dumps(default)}` | {_cell((schemas.get(name) or {}).get('description', ''))} |"
        for name, default in rule.default_options.items()
    ]
    return ["## Options", "\n".join(["| option | default | meaning |", "|---|---|---|", *rows])]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _acceptance(rule: Rule) -> str:
    """Give how a finding is accepted: by a comment; by the configuration where it is about suppressions themselves."""
    if rule.category == OWN_CATEGORY:
        return f"```yaml\nsuppressions:\n  - {{rule: {rule.name}, path: its/file.yaml, reason: why this is fine}}\n```"
    return f"```yaml\n# gitlint-ops: ignore={rule.name} reason=why this is fine\n```"


def _example(title: str, example: Mapping[str, Any] | None) -> list[str]:
    if example is None:
        return []
    parts = [f"## {title}: {example.get('name', '')}"]
    for path, text in example.get("files", {}).items():
        language = "yaml" if path.endswith((".yaml", ".yml")) else "text"
        parts.append(f"`{path}`\n\n```{language}\n{str(text).rstrip()}\n```")
    findings = [f"- `{f.get('path')}:{f.get('line')}`: {f.get('message', '')}" for f in example.get("findings", ())]
    return [*parts, "\n".join(findings)] if findings else parts


def _references(references: Sequence[str]) -> list[str]:
    return ["## References", "\n".join(f"- <{reference}>" for reference in references)] if references else []
