"""What rules look at, opened for questions about a repository outside of a run of the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.loader import load_rules, rule_by_name
from gitlint_ops.render import Provenance
from gitlint_ops.render.model import Rendering

if TYPE_CHECKING:
    from gitlint_ops.config import Config
    from gitlint_ops.engine import EngineClient
    from gitlint_ops.source import SourceTree

_ASKED_AS = "environment-behind"
"""The rule as which questions outside of a run are answered: it looks at all that is rendered, and has no options."""


def open_context(tree: SourceTree, rendering: Rendering, config: Config, engine: EngineClient) -> CheckContext:
    """Give a context for questions about a repository, outside of a run of the rules. Raises ConfigError."""
    rule = rule_by_name(_ASKED_AS, load_rules(config, tree.root))
    provenance = Provenance(tree, engine, rendering)
    return CheckContext(tree, rendering, config, provenance, engine, rule, rule.default_options)
