"""What discovery asks of the engine: templates, environment substitution, YAML in strings, and path matching."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.source.model import Json

MatchSyntax = Literal["path", "doublestar", "gobwas", "pathspec"]
_PARSE = "{{ .text | fromYaml | toJson }}"
_PARSE_LIST = "{{ .text | fromYamlArray | toJson }}"


class TemplateError(Exception):
    """A template, a pattern, or YAML inside a string, that the controller refuses; ``message`` is the library's own.

    ``kind`` is ``invalid-object``, or the engine's error kind where it is not the text's fault.
    """

    def __init__(self, message: str, kind: str = "invalid-object") -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind


def ask(client: EngineClient, verb: str, **fields: Any) -> dict[str, Any]:
    """Send a request whose failure is the fault of a text in an object; raises TemplateError."""
    try:
        return client.call(verb, **fields)
    except EngineError as error:
        kind = "invalid-object" if error.kind == "failed" else error.kind
        raise TemplateError(error.message, kind) from error


@dataclass(frozen=True, slots=True)
class Mode:
    """How an ApplicationSet's templates are rendered."""

    go_template: bool = False
    options: tuple[str, ...] = ()

    @property
    def engine(self) -> str:
        """The template engine's name in the engine's protocol."""
        return "gotemplate" if self.go_template else "fasttemplate"


def render(
    engine: EngineClient, mode: Mode, items: Sequence[tuple[Json, Mapping[str, Any]]]
) -> list[Json | TemplateError]:
    """Render the strings and keys of each value with its parameters; answers stand in the order of the items.

    What fails for one item is its answer; raises TemplateError where none could be rendered.
    """
    if not items:
        return []
    request = [{"value": value, "params": params} for value, params in items]
    answer = ask(engine, "template", engine=mode.engine, options=list(mode.options), items=request)
    return [TemplateError(item["error"]) if item.get("error") else item.get("value") for item in answer["items"]]


def render_one(engine: EngineClient, mode: Mode, value: Json, params: Mapping[str, Any]) -> Json:
    """Render one value; raises TemplateError."""
    rendered = render(engine, mode, [(value, params)])[0]
    if isinstance(rendered, TemplateError):
        raise rendered
    return rendered


def expand(engine: EngineClient, text: str, variables: Mapping[str, str]) -> str:
    """Substitute ``$X`` and ``${X}`` as Argo CD does (Go's os.Expand: an unknown variable is empty)."""
    if "$" not in text:
        return text
    items = [{"value": text, "params": variables}]
    item = ask(engine, "template", engine="osexpand", items=items)["items"][0]
    if item.get("error"):
        raise TemplateError(item["error"])
    return str(item["value"])


def parse_yaml(engine: EngineClient, text: str) -> dict[str, Any]:
    """Parse a YAML mapping in a string, as the controllers do; blank text is empty. Raises TemplateError."""
    if not text.strip():
        return {}
    parsed = _parsed(engine, _PARSE, text)
    if not isinstance(parsed, dict):
        raise TemplateError("it is not a YAML mapping")
    return parsed


def parse_yaml_list(engine: EngineClient, text: str) -> list[Any]:
    """Parse a YAML list that stands in a string, as the controllers do. Raises TemplateError."""
    parsed = _parsed(engine, _PARSE_LIST, text)
    if not isinstance(parsed, list):
        raise TemplateError("it is not a YAML list")
    return parsed


def _parsed(engine: EngineClient, template: str, text: str) -> Json:
    rendered = render_one(engine, Mode(go_template=True), template, {"text": text})
    return json.loads(rendered) if isinstance(rendered, str) and rendered else None


def matching(engine: EngineClient, syntax: MatchSyntax, pattern: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Give the paths that a pattern matches, in their order; raises TemplateError."""
    if not paths:
        return ()
    answer = ask(engine, "match", syntax=syntax, patterns=[pattern], paths=list(paths))
    return tuple(paths[index] for index in sorted(answer["matches"][0]))
