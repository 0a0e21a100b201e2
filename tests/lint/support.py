"""Rules, deliveries and objects for tests of the lint room, and a whole run over files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gitlint_ops.config import load_config
from gitlint_ops.engine import EngineClient
from gitlint_ops.lint import lint, load_rules
from gitlint_ops.lint.model import Report, Rule
from gitlint_ops.render import render_repository
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Delivery, DirectoryUnit
from gitlint_ops.source import open_tree


def rule(name: str = "some-rule", category: str = "workload", **fields: Any) -> Rule:
    settings: dict[str, Any] = {
        "severity": "warning",
        "production_severity": "error",
        "confidence": "high",
        "summary": "A summary.",
        "why": "Because.",
        "fix": "Do.",
        "references": (),
        "options_schema": {"type": "object", "properties": {}, "additionalProperties": False},
        "default_options": {},
        "examples": (),
        **fields,
    }
    return Rule(name, category, **settings)


def delivery(name: str = "web", environment: str = "", controller: Any = "none", **fields: Any) -> Delivery:
    return Delivery(f"{controller}/{name}", controller, "Folder", "", name, environment=environment, **fields)


def rendered(data: Mapping[str, Any], owner: Delivery | None = None) -> RenderedObject:
    metadata = data.get("metadata") or {}
    return RenderedObject(
        data["apiVersion"],
        data["kind"],
        metadata.get("namespace", ""),
        metadata.get("name", ""),
        data,
        owner or delivery(),
        DirectoryUnit("."),
    )


def run(root: Path, *names: str) -> Report:
    """Check a folder with the rules of these names, as its configuration has them."""
    config = load_config(root)
    rules = [item for item in load_rules(config, root) if item.name in names]
    with EngineClient(root, workers=1) as engine:
        tree = open_tree(root, engine, config)
        return lint(tree, render_repository(tree, engine, config), config, engine, rules)
