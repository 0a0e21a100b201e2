"""How a check is repeated on a copy of the repository."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from gitlint_ops.engine import EngineClient
from gitlint_ops.fix.model import Check, Checked
from gitlint_ops.lint import lint
from gitlint_ops.render import render_repository
from gitlint_ops.source import SourceTree

if TYPE_CHECKING:
    from gitlint_ops.config import Config
    from gitlint_ops.lint.model import Baseline, Rule


def checking(rules: Iterable[Rule], config: Config, root: Path, baseline: Baseline | None = None) -> Check:
    """Give how a run is repeated on another tree: with these rules, and configuration and baseline of that at root."""
    # What lies beside the repository is not in a copy of it.
    home = config.home(root)
    folders = tuple(str(home / name) if (home / name).is_dir() else name for name in config.schema_folders)
    settled = dataclasses.replace(config, schema_folders=folders)

    def check(tree: SourceTree, engine: EngineClient) -> Checked:
        rendering = render_repository(tree, engine, settled)
        return Checked(tree, rendering, lint(tree, rendering, settled, engine, rules, baseline=baseline))

    return check
