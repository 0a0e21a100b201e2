"""Reads rule files, strictly: an unknown key or a wrong value is an error with its line and what would be right."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitlint_ops.config import Config, ConfigError
from gitlint_ops.lint.model import Rule

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

MAX_RULE_BYTES = 1024 * 1024
_EXAMPLES = re.compile(r"^examples:", re.MULTILINE)


def load_rules(config: Config, root: Path | None = None, *, examples: bool = False) -> tuple[Rule, ...]:
    """Read the program's own rules and those of the folders that the configuration names, in name order.

    ``root`` is the repository root, to which ``rule_folders`` are relative. With ``examples`` the rules' examples are
    read too; they are the bulk of a file, and only the tests and the rule pages use them. Raises ConfigError.
    """
    found = {file.stem: read_rule(file, shown, examples=examples) for file, shown in _our_files()}
    ours = tuple(found.values())
    for file, shown in _user_files(config, root):
        from gitlint_ops.lint.user_rules import read_user_rule

        rule = read_user_rule(file, shown, ours)
        if rule.name in found:
            raise ConfigError(f"the rule '{rule.name}' exists already, in {found[rule.name].path}", shown, 1)
        found[rule.name] = rule
    return tuple(found[name] for name in sorted(found))


def load_rule(name: str, config: Config, root: Path | None = None) -> Rule:
    """Read one rule, with its examples; where it is the program's own, no other file is read. Raises ConfigError."""
    own = next(((file, shown) for file, shown in _our_files() if file.stem == name), None)
    return read_rule(*own) if own else rule_by_name(name, load_rules(config, root, examples=True))


def rule_categories(config: Config, root: Path | None = None) -> dict[str, str]:
    """Give the category of every rule there is, by the rule's name, without reading the rules. Raises ConfigError."""
    return {file.stem: file.parent.name for file, _ in (*_our_files(), *_user_files(config, root))}


def rule_by_name(name: str, rules: Iterable[Rule]) -> Rule:
    """Give the rule of that name. Raises ConfigError that names the nearest one."""
    known = {rule.name: rule for rule in rules}
    if name not in known:
        raise ConfigError(f"there is no rule '{name}'{nearest(name, known)}")
    return known[name]


def nearest(word: str, known: Iterable[str]) -> str:
    """Give the end of a message about an unknown word: the nearest known one, or all where none is near."""
    options = sorted(known)
    near = difflib.get_close_matches(word, options, 1, 0.5)
    if near:
        return f"; did you mean '{near[0]}'?"
    return f"; there are: {', '.join(options)}" if options else ""


def rules_folder() -> Path:
    """Give the folder of the program's own rules: inside the installed package, or ``rules/`` of a checkout."""
    package = Path(str(resources.files("gitlint_ops")))
    packaged = package / "_rules"
    return packaged if packaged.is_dir() else package.parent / "rules"


def _our_files() -> Iterator[tuple[Path, str]]:
    own = rules_folder()
    for file in sorted(own.glob("*/*.yaml")):
        yield file, f"rules/{file.relative_to(own).as_posix()}"


def _user_files(config: Config, root: Path | None) -> Iterator[tuple[Path, str]]:
    top = config.home(root or Path()).resolve()
    for name in config.rule_folders:
        folder = top / name
        if not folder.is_dir():
            raise ConfigError(f"rule_folders: there is no folder '{name}'", config.path)
        for file in sorted(folder.glob("*/*.yaml")):
            shown = f"{name.rstrip('/')}/{file.relative_to(folder).as_posix()}"
            if not file.resolve().is_relative_to(top):
                raise ConfigError(f"rule_folders: '{shown}' leads out of the repository", config.path)
            yield file, shown


def read_rule(file: Path, shown: str, *, examples: bool = True) -> Rule:
    """Read one rule file; ``shown`` is how errors name it. Raises ConfigError with the line."""
    text = rule_text(file, shown)
    if not examples:
        text = _without_examples(text)
    data = _parse(text, shown)
    _validate(data, text, shown)
    _names_fit(data, text, file, shown)
    return _rule(data, shown)


def rule_text(file: Path, shown: str) -> str:
    """Give a rule file's text. Raises ConfigError for what is no regular file, too large or not UTF-8."""
    try:
        if not file.is_file():
            raise ConfigError("the rule file is not a regular file", shown)
        if file.stat().st_size > MAX_RULE_BYTES:
            raise ConfigError("the rule file is over 1 MiB", shown)
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the rule file cannot be read: {error}", shown) from error


def _without_examples(text: str) -> str:
    """Cut a rule's text before its examples, which are its last key (a text that has keys after them is kept whole)."""
    start = _EXAMPLES.search(text)
    if start is None or re.search(r"^[^\s#-]", text[start.end() :], re.MULTILINE):
        return text
    return text[: start.start()]


def yaml_loader() -> Any:
    """Give the class that PyYAML loads with: libyaml reads all rules in the time that its Python twin takes for one."""
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _parse(text: str, shown: str) -> Mapping[str, Any]:
    import yaml

    try:
        data = yaml.load(text, Loader=yaml_loader())  # noqa: S506 - a safe loader, C or Python
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ConfigError(
            f"not valid YAML: {getattr(error, 'problem', None) or error}", shown, mark.line + 1 if mark else 0
        ) from error
    except ValueError as error:
        # PyYAML lets what Python makes of a scalar through: a number of thousands of digits, a date that is none.
        raise ConfigError(f"not valid YAML: {error}", shown) from error
    if not isinstance(data, dict):
        raise ConfigError("a rule file is a mapping with name, category, severity, ...", shown, 1)
    return data


@cache
def rule_schema() -> Mapping[str, Any]:
    """Give the published JSON Schema of a rule file."""
    text = resources.files("gitlint_ops.lint").joinpath("rule.schema.json").read_text("utf-8")
    schema: Mapping[str, Any] = json.loads(text)
    return schema


@cache
def _validator() -> Draft202012Validator:
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(dict(rule_schema()))


def _validate(data: Mapping[str, Any], text: str, shown: str) -> None:
    # An unknown key first: it is most often the misspelt one that is then called missing.
    try:
        errors = sorted(_validator().iter_errors(data), key=lambda error: not hasattr(error.kind, "unexpected"))
    except ValueError as refusal:
        raise ConfigError(f"a rule file holds texts, numbers, lists and mappings: {refusal}", shown) from refusal
    for error in errors:
        path = list(error.instance_path)
        unknown = list(getattr(error.kind, "unexpected", ()))
        if unknown:
            raise ConfigError(_unknown_key(path, unknown[0]), shown, line_of(text, [*path, unknown[0]]))
        raise ConfigError(f"{_place(path)}: {_said(error)}", shown, line_of(text, path))


def _said(error: Any) -> str:
    if not error.instance_path and type(error.kind).__name__.startswith("OneOf"):
        return "a rule has either 'check', or 'cel' with 'match' and 'message'"
    return str(error.message)


def _unknown_key(path: list[str | int], key: str) -> str:
    schema: Any = rule_schema()
    for step in path:
        schema = schema.get("items", {}) if isinstance(step, int) else schema.get("properties", {}).get(step, {})
        if "$ref" in schema:
            schema = rule_schema()["$defs"][schema["$ref"].rpartition("/")[2]]
    return f"{_place(path)}: unknown key '{key}'{nearest(key, schema.get('properties', {}))}"


def _place(path: list[str | int]) -> str:
    return ".".join(str(step) for step in path) or "the rule"


def line_of(text: str, path: list[Any]) -> int:
    """Give the 1-based line of a place in a YAML text, of the nearest enclosing one where it is not there."""
    import yaml

    node, line = yaml.compose(text, Loader=yaml_loader()), 1
    for step in path:
        step_node, line = _child(node, step, line)
        if step_node is None:
            break
        node = step_node
    return line


def _child(node: Any, step: Any, line: int) -> tuple[Any, int]:
    if isinstance(step, int):
        item = node.value[step]
        return item, item.start_mark.line + 1
    for key, value in node.value:
        if key.value == step:
            return value, key.start_mark.line + 1
    return None, line


def _names_fit(data: Mapping[str, Any], text: str, file: Path, shown: str) -> None:
    for key, expected in (("name", file.stem), ("category", file.parent.name)):
        if data[key] != expected:
            raise ConfigError(
                f"{key}: '{data[key]}' must be '{expected}', as the {'file' if key == 'name' else 'folder'} is called",
                shown,
                line_of(text, [key]),
            )


def _rule(data: Mapping[str, Any], shown: str) -> Rule:
    options = data.get("options") or {}
    return Rule(
        name=data["name"],
        category=data["category"],
        severity=data["severity"],
        production_severity=data.get("production_severity", data["severity"]),
        confidence=data["confidence"],
        summary=data["summary"],
        why=data["why"],
        fix=data["fix"],
        references=tuple(data.get("references", ())),
        options_schema={"type": "object", "properties": options, "additionalProperties": False},
        default_options={name: option["default"] for name, option in options.items()},
        examples=tuple(data.get("examples", ())),
        check=data.get("check", ""),
        cel=data.get("cel", ""),
        match=data.get("match", {}),
        message=data.get("message", ""),
        security=data.get("security", False),
        path=shown,
        enabled=data.get("enabled", True),
        field_path=_field_path(data.get("field", "")),
        needs_base=data.get("needs_base", False),
        yields_to=tuple(data.get("yields_to", ())),
    )


def _field_path(text: str) -> tuple[str | int, ...]:
    steps = re.findall(r"([A-Za-z][A-Za-z0-9]*)|\[([0-9]+)\]", text)
    return tuple(name or int(index) for name, index in steps)
