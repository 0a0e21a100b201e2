"""The reference of the configuration in Markdown, as docs/reference/ keeps it: a row for each setting of its schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.config import config_schema

_HEAD = """\
<!-- Made from gitlint_ops/config.schema.json by `make docs`; edit that file. -->

# Configuration

`.gitlint-ops.yaml` at the repository's root, or the file that `--config` names. Every setting may be left out; an
unknown one is an error that names the nearest. Editors that read JSON Schema complete and check it by this first line:

```yaml
# yaml-language-server: $schema=https://raw.githubusercontent.com/gitlint-ops/gitlint-ops/main/gitlint_ops/config.schema.json
```

In the names below, `[]` is each item of a list and `NAME` a name of yours.
"""


def render_config_page() -> str:
    """Give the whole page, ending with a newline."""
    schema = config_schema()
    parts = [_HEAD]
    for name, setting in schema["properties"].items():
        rows = list(_rows(name, setting, schema))[1:]
        parts.append(f"## {name}\n\n{_sentence(setting)}\n")
        parts += ["\n".join(["| setting | type | meaning |", "|---|---|---|", *rows]) + "\n"] if rows else []
    return "\n".join(parts)


def _rows(name: str, setting: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    resolved = _resolved(setting, schema)
    yield f"| `{name}` | {_type(resolved)} | {_cell(setting.get('description', ''))} |"
    for path, inner in _inside(resolved):
        yield from _rows(name + path, inner, schema)


def _inside(setting: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give what stands below a setting that settings of their own have."""
    items = setting.get("items", {})
    for key, inner in setting.get("properties", {}).items():
        yield f".{key}", inner
    for key, inner in items.get("properties", {}).items():
        yield f"[].{key}", inner
    for key, inner in _of_any_name(setting).items():
        yield f".NAME.{key}", inner


def _of_any_name(setting: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the settings of entries under names of the user's: of the form that has any."""
    entry = setting.get("additionalProperties")
    forms = [entry, *entry.get("oneOf", ())] if isinstance(entry, dict) else []
    found: Mapping[str, Any] = next((form["properties"] for form in forms if "properties" in form), {})
    return found


def _resolved(setting: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    definition: Mapping[str, Any] = schema["$defs"][setting["$ref"].rpartition("/")[2]] if "$ref" in setting else {}
    return {**definition, **setting}


def _type(setting: Mapping[str, Any]) -> str:
    if "enum" in setting:
        return ", ".join(f"`{value}`" for value in setting["enum"])
    names = {"object": "mapping", "array": "list", "string": "text", "boolean": "true or false", "integer": "number"}
    kinds = setting.get("type", "object")
    known = [names.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null"]
    return " or ".join(known)


def _sentence(setting: Mapping[str, Any]) -> str:
    kind = "" if "enum" in setting else f"{_type(setting).capitalize()}. "
    return f"{kind}{setting['description']}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
