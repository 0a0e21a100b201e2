"""The lint room: rules look at sources, graph and rendered objects, and say what is wrong.

In: a source tree, a rendering, the configuration, the engine. Out: a Report with findings at source lines, merged over
environments, suppressed where the user asks for it, and the coverage.
"""

from gitlint_ops.lint.errors import InternalError
from gitlint_ops.lint.loader import load_rules, rule_by_name
from gitlint_ops.lint.runner import lint

__all__ = ["InternalError", "lint", "load_rules", "rule_by_name"]
