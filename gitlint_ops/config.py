"""The configuration file ``.gitlint-ops.yaml``: read, checked against its JSON Schema, turned into frozen types."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from gitlint_ops.config_errors import line_of, meant, unknown_key, wording
from gitlint_ops.yaml_bounds import YAMLBoundsError, check_bounds

CONFIG_NAME = ".gitlint-ops.yaml"
MAX_CONFIG_BYTES = 1024 * 1024
_TOO_LARGE = "the configuration file is over 1 MiB"


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
class LimitSetting:
    """What a run may cost: seconds for one unit to render, for all of them together, and findings in a report."""

    render_seconds: int = 60
    total_seconds: int = 900
    findings: int = 20_000


@dataclass(frozen=True, slots=True)
class VendorSetting:
    """What ``vendor`` keeps where, relative to the repository's root, and globs of addresses that it leaves out."""

    folder: str = ".gitlint-ops/vendor"
    skip: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrustedBase:
    """The commit that a configuration is of: what it names lies in ``folder``; ``prefix`` is the root's place there."""

    folder: Path
    commit: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration; every field has the default of a run without a file."""

    path: str = ""
    exclude: tuple[str, ...] = ()
    limits: LimitSetting = LimitSetting()
    repository_urls: tuple[str, ...] = ()
    kubernetes_version: str = ""
    environments: tuple[EnvironmentSetting, ...] = ()
    clusters: tuple[ClusterSetting, ...] = ()
    substitutions: Mapping[str, str] = field(default_factory=dict)
    remotes: Mapping[str, str] = field(default_factory=dict)
    vendor: VendorSetting = VendorSetting()
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
    cache_folder: str = ""
    """Where what is fetched is kept, '' for the user's cache; never from a file, only from the command line."""
    network: bool = False
    """Whether this run may ask addresses; never from a file, only from the command line."""
    suppressions: tuple[SuppressionSetting, ...] = ()
    baseline: str = ""
    """Where the baseline is, relative to the repository root; '' for its usual place."""
    inline_suppressions: str = "all"
    """Which comments and annotations count: all, or those that ``base`` has too."""
    base: TrustedBase | None = None
    """Where the configuration is of a commit, not of the work tree; never from a file."""

    def home(self, root: Path) -> Path:
        """Give the folder that rule folders, schemas and the baseline are relative to, for a repository at ``root``."""
        return self.base.folder if self.base else root


def load_config(root: Path, explicit: Path | None = None) -> Config:
    """Read ``.gitlint-ops.yaml`` at the root, or the file named; no file gives the defaults. Raises ConfigError.

    The repository's own file, and the folders that it names, lie inside the repository: a stranger may have written it.
    """
    if explicit is not None:
        return _read(explicit, str(explicit))
    path = root / CONFIG_NAME
    if not path.exists() and not path.is_symlink():
        return Config()
    _confine(root, CONFIG_NAME, "the configuration file", CONFIG_NAME)
    return _confined(_read(path, CONFIG_NAME), root)


def config_of(text: str, shown: str, root: Path) -> Config:
    """Read a configuration that the repository held as a text; ``shown`` is how errors name it. Raises ConfigError."""
    if len(text) > MAX_CONFIG_BYTES:
        raise ConfigError(_TOO_LARGE, shown)
    return _confined(_parsed(text, shown), root)


def _confined(config: Config, root: Path) -> Config:
    for key, folders in (("rule_folders", config.rule_folders), ("schema_folders", config.schema_folders)):
        for name in folders:
            _confine(root, name, f"{key}: '{name}'", config.path)
    folder = config.vendor.folder
    _confine(root, folder, f"vendor.folder: '{folder}'", config.path)
    if ".git" in folder.lower().split("/"):
        raise ConfigError(f"vendor.folder: '{folder}' is Git's own", config.path)
    return config


def _confine(root: Path, name: str, what: str, shown: str) -> None:
    if not (root / name).resolve().is_relative_to(root.resolve()):
        raise ConfigError(f"{what} leads out of the repository", shown)


def _read(path: Path, shown: str) -> Config:
    try:
        if not path.exists():
            raise ConfigError(f"the configuration file '{shown}' is not there", shown)
        if not path.is_file():
            raise ConfigError("the configuration file is not a regular file", shown)
        if path.stat().st_size > MAX_CONFIG_BYTES:
            raise ConfigError(_TOO_LARGE, shown)
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the configuration file cannot be read: {_reason(error)}", shown) from error
    return _parsed(text, shown)


def _parsed(text: str, shown: str) -> Config:
    data = _parse(text, shown)
    _validate(data, shown)
    return _build(data, shown)


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error.strerror)


def config_schema() -> dict[str, Any]:
    """Give the published JSON Schema of the configuration file."""
    text = resources.files("gitlint_ops").joinpath("config.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _parse(text: str, path: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import RoundTripConstructor
    from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLWarning

    class Constructor(RoundTripConstructor):
        """Keeps dates as the texts that they are in the file."""

    Constructor.add_constructor("tag:yaml.org,2002:timestamp", Constructor.construct_yaml_str)
    yaml = YAML(typ="rt")
    yaml.Constructor = Constructor
    try:
        check_bounds(yaml.parse(text))
        with warnings.catch_warnings():
            # A repeated anchor is legal in YAML 1.2; the warning would quote the file, as it is, to the terminal.
            warnings.simplefilter("ignore", YAMLWarning)
            return yaml.load(text) or {}
    except YAMLBoundsError as error:
        raise ConfigError(str(error), path, error.line) from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ConfigError(f"not valid YAML: {error.problem or error.context}", path, line) from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise ConfigError(f"not valid YAML: {error}", path) from error


def _validate(data: Any, path: str) -> None:
    if _is_valid(data):
        return
    # What words the errors takes longer to import than a whole hook may take.
    from jsonschema import Draft202012Validator

    errors = sorted(
        Draft202012Validator(config_schema()).iter_errors(data), key=lambda e: [str(s) for s in e.absolute_path]
    )
    if errors:
        first = meant(errors[0])
        raise ConfigError(wording(first), path, line_of(data, list(first.absolute_path), unknown_key(first)))


def _is_valid(data: Any) -> bool:
    """Whether the schema takes it; False too where a value is none of JSON's kinds."""
    from jsonschema_rs import Draft202012Validator

    try:
        return Draft202012Validator(config_schema()).is_valid(_plain(data))
    except (ValueError, RecursionError):
        return False


def _build(data: Mapping[str, Any], path: str) -> Config:
    return Config(
        path=path,
        exclude=tuple(data.get("exclude", ())),
        limits=LimitSetting(**{key: int(value) for key, value in data.get("limits", {}).items()}),
        repository_urls=tuple(data.get("repository", {}).get("urls", ())),
        kubernetes_version=_version(data.get("kubernetes", {}).get("version", "")),
        environments=tuple(_environment(name, item or {}) for name, item in data.get("environments", {}).items()),
        clusters=tuple(_cluster(item) for item in data.get("clusters", ())),
        substitutions={str(k): str(v) for k, v in data.get("substitutions", {}).items()},
        remotes=dict(data.get("remotes", {})),
        vendor=_vendor(data.get("vendor", {})),
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
        inline_suppressions=data.get("inline_suppressions", "all"),
    )


def _environment(name: str, item: Mapping[str, Any]) -> EnvironmentSetting:
    return EnvironmentSetting(
        name,
        bool(item.get("production", False)),
        item.get("rank"),
        tuple(item.get("paths", ())),
        _version(item.get("kubernetes_version", "")),
    )


def _vendor(item: Mapping[str, Any]) -> VendorSetting:
    default = VendorSetting()
    return VendorSetting(item.get("folder", default.folder), tuple(item.get("skip", ())))


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
    return {name: rule_setting(item, line_of(data, [*place, name])) for name, item in items.items()}


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
        line_of(data, ["overrides", at]),
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
        line_of(data, ["suppressions", at]),
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
