"""The configuration file ``.gitlint-ops.yaml``: read, checked against its JSON Schema, turned into frozen types."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

CONFIG_NAME = ".gitlint-ops.yaml"
MAX_CONFIG_BYTES = 1024 * 1024


class ConfigError(Exception):
    """The configuration is wrong: ``message`` says what and what would be right; ``path`` and ``line`` where."""

    def __init__(self, message: str, path: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line


@dataclass(frozen=True, slots=True)
class EnvironmentSetting:
    """An environment that the user names: its path globs, its promotion rank, whether it is production."""

    name: str
    production: bool = False
    rank: int | None = None
    patterns: tuple[str, ...] = ()
    kubernetes_version: str = ""


@dataclass(frozen=True, slots=True)
class ClusterSetting:
    """A cluster as an ApplicationSet's cluster generator sees it."""

    name: str
    server: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    environment: str = ""
    kubernetes_version: str = ""


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """What the user changes about a rule; None keeps the rule's own."""

    enabled: bool | None = None
    severity: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class OverrideSetting:
    """Rule settings for some places: path globs and environment globs, each empty for all."""

    paths: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    rules: Mapping[str, RuleSetting] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class ExemptSetting:
    """Objects that rules on workloads leave out, as globs of namespaces, names and images."""

    namespaces: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkloadSetting:
    """How strict the family ``workload`` is: '' for each rule's own default, or the name of one of its profiles."""

    profile: str = ""
    exempt: ExemptSetting = ExemptSetting()


@dataclass(frozen=True, slots=True)
class SuppressionSetting:
    """Findings that the user accepts: a rule, perhaps a path glob and ``Kind/name``, a reason, an end (ISO date).

    ``environments``: only there; empty for all.
    """

    rule: str
    path: str = ""
    object: str = ""
    reason: str = ""
    until: str = ""
    line: int = 0
    environments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration; every field has the default of a run without a file."""

    path: str = ""
    exclude: tuple[str, ...] = ()
    repository_urls: tuple[str, ...] = ()
    kubernetes_version: str = ""
    environments: tuple[EnvironmentSetting, ...] = ()
    clusters: tuple[ClusterSetting, ...] = ()
    substitutions: Mapping[str, str] = field(default_factory=dict)
    remotes: Mapping[str, str] = field(default_factory=dict)
    controllers: Mapping[str, str] = field(default_factory=dict)
    """The versions of the controllers that run, by name: ``argocd``, ``flux``."""
    profile: str = "recommended"
    rules: Mapping[str, RuleSetting] = field(default_factory=dict)
    overrides: tuple[OverrideSetting, ...] = ()
    workload: WorkloadSetting = WorkloadSetting()
    rule_folders: tuple[str, ...] = ()
    schema_folders: tuple[str, ...] = ()
    schema_locations: tuple[str, ...] = ()
    operators: tuple[Mapping[str, Any], ...] = ()
    """What the cluster's operators make from which objects: entries as in ``lint/references/makers.yaml``."""
    network: bool = False
    """Whether this run may ask addresses; never from a file, only from the command line."""
    suppressions: tuple[SuppressionSetting, ...] = ()
    baseline: str = ""
    """Where the baseline is, relative to the repository root; '' for its usual place."""


def load_config(root: Path, explicit: Path | None = None) -> Config:
    """Read ``.gitlint-ops.yaml`` at the root, or the file named; no file gives the defaults. Raises ConfigError."""
    path = explicit or root / CONFIG_NAME
    if not path.is_file():
        if explicit is not None:
            raise ConfigError(f"the configuration file '{explicit}' is not there", str(explicit))
        return Config()
    shown = path.name if explicit is None else str(explicit)
    try:
        if path.stat().st_size > MAX_CONFIG_BYTES:
            raise ConfigError("the configuration file is over 1 MiB", shown)
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the configuration file cannot be read: {error}", shown) from error
    data = _parse(text, shown)
    _validate(data, shown)
    return _build(data, shown)


def config_schema() -> dict[str, Any]:
    """Give the published JSON Schema of the configuration file."""
    text = resources.files("gitlint_ops").joinpath("config.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _parse(text: str, path: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import RoundTripConstructor
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    class Constructor(RoundTripConstructor):
        """Keeps dates as the texts that they are in the file."""

    Constructor.add_constructor("tag:yaml.org,2002:timestamp", Constructor.construct_yaml_str)
    yaml = YAML(typ="rt")
    yaml.Constructor = Constructor
    try:
        return yaml.load(text) or {}
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ConfigError(f"not valid YAML: {error.problem or error.context}", path, line) from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise ConfigError(f"not valid YAML: {error}", path) from error


def _validate(data: Any, path: str) -> None:
    from jsonschema import Draft202012Validator

    errors = sorted(
        Draft202012Validator(config_schema()).iter_errors(data), key=lambda e: [str(s) for s in e.absolute_path]
    )
    if errors:
        first = _meant(errors[0])
        raise ConfigError(_wording(first), path, _line_of(data, list(first.absolute_path), _unknown_key(first)))


def _meant(error: Any) -> Any:
    """Give, for a value that fits no alternative, what is wrong for the one that its type means."""
    if error.validator != "oneOf":
        return error
    types = {"object": Mapping, "boolean": bool}
    for nested in error.context:
        branch = error.schema["oneOf"][nested.schema_path[0]]
        if isinstance(error.instance, types.get(branch.get("type", ""), str)):
            return nested
    return error


def _unknown_key(error: Any) -> str:
    if error.validator != "additionalProperties":
        return ""
    known = error.schema.get("properties", {})
    return next((str(key) for key in error.instance if key not in known), "")


def _wording(error: Any) -> str:
    place = ".".join(str(step) for step in error.absolute_path)
    key = _unknown_key(error)
    if error.validator == "enum" and isinstance(error.instance, str):
        return f"{place}: there is no '{error.instance}'; {_hint(error.instance, error.validator_value, 'there are')}"
    if error.validator == "anyOf":
        keys = " or ".join(f"'{required}'" for option in error.validator_value for required in option["required"])
        return f"{place}: {keys} is missing"
    if not key:
        return f"{place or 'the file'}: {error.message}"
    known = list(error.schema.get("properties", {}))
    return f"unknown key '{place + '.' if place else ''}{key}'; {_hint(key, known, 'known keys')}"


def _hint(word: str, known: list[str], introduction: str) -> str:
    near = difflib.get_close_matches(word, known, 1, 0.5)
    return f"did you mean '{near[0]}'?" if near else f"{introduction}: {', '.join(known)}"


def _line_of(data: Any, steps: list[Any], key: str = "") -> int:
    """Give the 1-based line of a place in a ruamel round-trip value."""
    line = 0
    for step in [*steps, *([key] if key else [])]:
        marks = getattr(data, "lc", None)
        if marks is None:
            break
        try:
            line = marks.key(step)[0] + 1 if isinstance(step, str) else marks.item(step)[0] + 1
            data = data[step] if not (key and step == key) else None
        except (KeyError, IndexError, TypeError):
            break
    return line


def _build(data: Mapping[str, Any], path: str) -> Config:
    return Config(
        path=path,
        exclude=tuple(data.get("exclude", ())),
        repository_urls=tuple(data.get("repository", {}).get("urls", ())),
        kubernetes_version=_version(data.get("kubernetes", {}).get("version", "")),
        environments=tuple(_environment(name, item or {}) for name, item in data.get("environments", {}).items()),
        clusters=tuple(_cluster(item) for item in data.get("clusters", ())),
        substitutions={str(k): str(v) for k, v in data.get("substitutions", {}).items()},
        remotes=dict(data.get("remotes", {})),
        controllers=dict(data.get("controllers", {})),
        profile=data.get("profile", "recommended"),
        rules=_rules(data, ["rules"], data.get("rules", {})),
        overrides=tuple(_override(data, at, item) for at, item in enumerate(data.get("overrides", ()))),
        workload=_workload(data.get("workload", {})),
        rule_folders=tuple(data.get("rule_folders", ())),
        schema_folders=tuple(data.get("schema_folders", ())),
        schema_locations=tuple(data.get("schema_locations", ())),
        operators=tuple(_plain(item) for item in data.get("operators", ())),
        suppressions=tuple(_suppression(data, at, item) for at, item in enumerate(data.get("suppressions", ()))),
        baseline=data.get("baseline", ""),
    )


def _environment(name: str, item: Mapping[str, Any]) -> EnvironmentSetting:
    return EnvironmentSetting(
        name,
        bool(item.get("production", False)),
        item.get("rank"),
        tuple(item.get("paths", ())),
        _version(item.get("kubernetes_version", "")),
    )


def _version(value: str | float) -> str:
    """Give a version as text; an unquoted 1.30 arrives as the number 1.3, and no Kubernetes 1.3 is meant by it."""
    text = str(value)
    return f"{text}0" if isinstance(value, float) and len(text) == 3 else text


def _cluster(item: Mapping[str, Any]) -> ClusterSetting:
    return ClusterSetting(
        item["name"],
        item.get("server", ""),
        dict(item.get("labels", {})),
        dict(item.get("annotations", {})),
        item.get("environment", ""),
        _version(item.get("kubernetes_version", "")),
    )


def _rules(data: Mapping[str, Any], place: list[Any], items: Mapping[str, Any]) -> dict[str, RuleSetting]:
    return {name: rule_setting(item, _line_of(data, [*place, name])) for name, item in items.items()}


def rule_setting(item: Any, line: int = 0) -> RuleSetting:
    """Build what is said about one rule: a boolean, 'off' or a severity, or a mapping of them."""
    if isinstance(item, bool):
        return RuleSetting(enabled=item, line=line)
    if isinstance(item, str):
        return RuleSetting(enabled=item != "off", severity=None if item == "off" else item, line=line)
    return RuleSetting(item.get("enabled"), item.get("severity"), _plain(item.get("options", {})), line)


def _override(data: Mapping[str, Any], at: int, item: Mapping[str, Any]) -> OverrideSetting:
    return OverrideSetting(
        tuple(item.get("paths", ())),
        tuple(item.get("environments", ())),
        _rules(data, ["overrides", at, "rules"], item["rules"]),
        _line_of(data, ["overrides", at]),
    )


def _workload(item: Mapping[str, Any]) -> WorkloadSetting:
    exempt = {key: tuple(globs) for key, globs in item.get("exempt", {}).items()}
    return WorkloadSetting(item.get("profile", ""), ExemptSetting(**exempt))


def _suppression(data: Mapping[str, Any], at: int, item: Mapping[str, Any]) -> SuppressionSetting:
    return SuppressionSetting(
        item["rule"],
        item.get("path", ""),
        item.get("object", ""),
        item.get("reason", ""),
        str(item.get("until", "")),
        _line_of(data, ["suppressions", at]),
        tuple(item.get("environments", ())),
    )


def _plain(value: Any) -> Any:
    """Turn ruamel's round-trip containers and numbers into plain ones."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if isinstance(value, float) else int(value)
    return value
