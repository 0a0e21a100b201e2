"""Profiles: which rules are on, how severe they are and with which options. One data file each.

In: the names that the configuration gives. Out: rule settings, which lie over the rules' own and under the user's.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources
from typing import Any

from gitlint_ops.config import Config, ConfigError, RuleSetting, config_schema, rule_setting


def profile_settings(config: Config, known: Collection[str] = ()) -> tuple[Mapping[str, RuleSetting], ...]:
    """Give the settings of the configuration's profiles, the weightier last: the general one, then the workloads'.

    ``known`` are the rules there are; with them a profile's names are checked too. Raises ConfigError.
    """
    names = [config.profile] + ([f"workload/{config.workload.profile}"] if config.workload.profile else [])
    found = tuple(layer for name in names for layer in _layers(name))
    for settings in found if known else ():
        for rule in settings:
            if rule not in known:
                near = difflib.get_close_matches(rule, known, 1)
                hint = f"; did you mean '{near[0]}'?" if near else ""
                raise ConfigError(f"the profile {' or '.join(names)} names no rule with '{rule}'{hint}")
    return found


def profile_names() -> tuple[str, ...]:
    """Give the general profiles."""
    files = resources.files(__name__).iterdir()
    return tuple(sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml")))


@cache
def _layers(name: str) -> tuple[Mapping[str, RuleSetting], ...]:
    """Read a profile after those that it extends. Raises ConfigError where the file is not as it must be."""
    data = _read(name)
    below = [layer for extended in data.get("extends", ()) for layer in _layers(extended)]
    return (*below, {rule: rule_setting(item) for rule, item in data["rules"].items()})


def _read(name: str) -> Mapping[str, Any]:
    import yaml
    from jsonschema_rs import Draft202012Validator

    file = resources.files(__name__).joinpath(f"{name}.yaml")
    if not file.is_file():
        raise ConfigError(f"there is no profile '{name}'; there are: {', '.join(profile_names())}")
    data: Mapping[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    for error in Draft202012Validator(_schema()).iter_errors(data):
        raise ConfigError(
            f"{'.'.join(map(str, error.instance_path)) or 'the profile'}: {error.message}", f"{name}.yaml"
        )
    return data


def _schema() -> dict[str, Any]:
    """Give the JSON Schema of a profile; what it says of a rule has the configuration's form."""
    text = {"type": "string", "minLength": 1}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "summary", "rules"],
        "properties": {
            "name": text,
            "summary": text,
            "extends": {"type": "array", "items": text},
            "rules": {"$ref": "#/$defs/rules"},
        },
        "$defs": config_schema()["$defs"],
    }
