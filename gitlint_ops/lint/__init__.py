"""The lint room: rules look at sources, graph and rendered objects, and say what is wrong.

In: a source tree, a rendering, the configuration, the engine. Out: a Report with findings at source lines, merged over
environments, suppressed where the user asks for it, and the coverage.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gitlint_ops.lint.errors import InternalError
    from gitlint_ops.lint.loader import load_rules, rule_by_name
    from gitlint_ops.lint.runner import lint

__all__ = ["InternalError", "lint", "load_rules", "rule_by_name"]
_MODULES = {"InternalError": "errors", "lint": "runner", "load_rules": "loader", "rule_by_name": "loader"}


def __getattr__(name: str) -> Any:
    """Import what is asked for: who only reads reports waits for none of the rules."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
