"""Files that another tool fills in before they are YAML: Jinja templates of Ansible, lines of ``<TOKENS>``."""

from __future__ import annotations

import re

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo.references import lies_in_template

_STATEMENT = re.compile(r"\{%.*?%\}")
_EXPRESSION = re.compile(r"\{\{.*?\}\}")
_FILLED_LINE = re.compile(r"\s*(?:-\s+)?(?:<[A-Z][A-Z0-9_. -]*>|\{%.*%\}|\{\{.*\}\}|@@?[A-Z]\w+@@?|__[A-Z]\w+__)\s*")
"""A line that is a token and nothing else: no YAML document has a use for one."""
_NAME = "template.yaml"


def filled_in_line(context: CheckContext, path: str) -> int:
    """Give the 1-based line of a file's first template line, where the file is YAML once such lines are taken out.

    0 where it has none, or where it is no YAML even without them: then it is broken, whatever else it is.
    """
    lines = context.tree.text(path).split("\n")
    # What lies in ``boilerplate/`` or ``templates/new-app/`` is filled in wherever it has an expression.
    is_template = lies_in_template(path)
    tokens = [number for number, line in enumerate(lines, 1) if _is_token(line, is_template)]
    if not tokens:
        return 0
    return tokens[0] if _is_yaml(context, _without_tokens(lines, is_template)) else 0


def _is_token(line: str, is_template: bool) -> bool:
    return _FILLED_LINE.fullmatch(line.rstrip("\r")) is not None or (is_template and bool(_EXPRESSION.search(line)))


def _without_tokens(lines: list[str], is_template: bool) -> str:
    """Leave the token lines out. Where a file has Jinja's statements, its expressions are Jinja's too."""
    is_jinja = is_template or any(_STATEMENT.search(line) for line in lines)
    kept = ("" if _FILLED_LINE.fullmatch(line.rstrip("\r")) else line for line in lines)
    return "\n".join(_EXPRESSION.sub("x", line) if is_jinja else line for line in kept)


def _is_yaml(context: CheckContext, text: str) -> bool:
    answer = context.engine.call("read", files=[_NAME], texts={_NAME: text}, values=False)
    return not any(problem["kind"] == "invalid-yaml" for problem in answer["files"][0].get("problems") or ())
