"""Which values a chart's templates mention, read from the text of their actions: no branch is missed that way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo.charts import dependencies
from gitlint_ops.repo.model import Chart
from gitlint_ops.source import FieldPath, Json
from gitlint_ops.source.narrowing import elements

_ACTION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_COMMENT = re.compile(r"^-?\s*/\*.*\*/\s*-?$", re.DOTALL)
_WHOLE = re.compile(r"\.Values\b(?!\.[A-Za-z_])")
_TEST = re.compile(r"^-?\s*(?:else\s+)?if\s+\$?[\w.]*?\w+\s*-?$")
_OWN_FILE = re.compile(
    r"(^|/)(values[^/]*\.ya?ml|values\.schema\.json|Chart\.(ya?ml|lock)|README[^/]*|LICENSE|\.helmignore)$"
)


class Mentions:
    """What the templates of one chart, and of the charts in it, say of values."""

    def __init__(self, context: CheckContext, chart: Chart) -> None:
        self._tree = context.tree
        self._chart = chart
        self._actions = list(self._read())
        self._found: dict[str, bool] = {}
        self._text = "\n".join(self._actions)
        self._passing = "\n".join(action for action in self._actions if not _TEST.match(action))
        self.reserved = frozenset(self._reserved())
        """Top keys that are not the chart's own: of its subcharts, of what switches them, and ``global``."""

    @property
    def is_readable(self) -> bool:
        """Whether the templates can be judged: none hands all values on, and no archive holds more of them."""
        archives = any(name.endswith((".tgz", ".tar.gz")) for name in self._tree.children(self._below("charts")))
        return not archives and not self._chart.missing_dependencies and not _WHOLE.search(self._text)

    def has(self, key: str, more: str = "") -> bool:
        """Whether any action mentions a key, in whatever place; ``more`` are actions in values."""
        return self._finds(rf"(?<![\w-]){re.escape(key)}(?![\w-])", self._text, more)

    def hands_on(self, key: str, more: str = "") -> bool:
        """Whether an action may pass on what stands below a key: it mentions the key without a field of it."""
        return self._finds(rf"(?<![\w-]){re.escape(key)}(?![\w-])(?!\.[A-Za-z_])", self._passing, more)

    def _finds(self, pattern: str, text: str, more: str) -> bool:
        """Whether a pattern is in the chart's text, which each of its releases asks anew, or in ``more``."""
        if pattern not in self._found:
            self._found[pattern] = re.search(pattern, text) is not None
        return self._found[pattern] or (bool(more) and re.search(pattern, more) is not None)

    def fields_of(self, path: FieldPath) -> list[str]:
        """Give the names that the templates or the chart's own values have below a path."""
        above = str(path[-1]) if path else "Values"
        named = re.findall(rf"\.{re.escape(above)}\.([A-Za-z_]\w*)", self._text)
        own: Json = self._defaults()
        for step in path:
            own = own.get(step) if isinstance(own, Mapping) else None
        return sorted({*named, *(str(key) for key in (own if isinstance(own, Mapping) else ()))})

    def _read(self) -> Iterator[str]:
        templates = [path for path in self._files() if "/templates/" in f"/{path}"]
        actions = [action for path in templates for action in _actions(self._tree.text(path))]
        yield from actions
        if any(".Files" in action for action in actions):
            for path in self._files():
                if path not in templates and not _OWN_FILE.search(path):
                    yield from _actions(self._tree.text(path))
        yield from in_strings(self._defaults())

    def _files(self) -> tuple[str, ...]:
        return self._tree.files_under(self._chart.folder)

    def _below(self, name: str) -> str:
        return name if self._chart.folder == "." else f"{self._chart.folder}/{name}"

    def _defaults(self) -> Json:
        path = self._below("values.yaml")
        documents = self._tree.read(path).documents if self._tree.is_file(path) else ()
        return documents[0].value if documents else None

    def _reserved(self) -> Iterator[str]:
        yield from ("global", "tags", *self._tree.subfolders(self._below("charts")))
        for item in dependencies(self._tree, self._chart.folder, self._chart.data):
            yield from (str(item.get(key) or "") for key in ("name", "alias"))
            for condition in str(item.get("condition") or "").split(","):
                yield condition.strip().partition(".")[0]
            for imported in elements(item.get("import-values")):
                parent = imported.get("parent") if isinstance(imported, Mapping) else imported
                yield str(parent or "").partition(".")[0]


def _actions(text: str) -> Iterator[str]:
    """Give the inner text of each action of a template, comments left out."""
    yield from (found[1] for found in _ACTION.finditer(text) if not _COMMENT.match(found[1]))


def in_strings(value: Json) -> Iterator[str]:
    """Give the actions in the texts of values, which a template may evaluate with ``tpl``."""
    if isinstance(value, str):
        yield from _actions(value)
    below = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for item in below:
        yield from in_strings(item)
