from __future__ import annotations

from dataclasses import replace

import pytest

from gitlint_ops.config import Config, ConfigError, OverrideSetting, RuleSetting
from gitlint_ops.lint.selection import select, settings_of
from tests.lint.support import rule

OPTIONS = {
    "options_schema": {
        "type": "object",
        "properties": {"allow": {"type": "array", "items": {"type": "string"}}},
        "additionalProperties": False,
    },
    "default_options": {"allow": ["a"]},
}


def test_defaults_hold_without_settings() -> None:
    (chosen,) = select([rule(**OPTIONS), rule("off-rule", enabled=False)], Config())
    assert chosen.options == {"allow": ["a"]}


def test_settings_change_severity_options_and_enabling() -> None:
    settings = {
        "some-rule": RuleSetting(severity="info", options={"allow": ["b"]}),
        "off-rule": RuleSetting(enabled=True),
        "other-rule": RuleSetting(enabled=False),
    }
    rules = [rule(**OPTIONS), rule("off-rule", enabled=False), rule("other-rule")]
    first, second = select(rules, Config(rules=settings))
    assert (first.rule.severity, first.rule.production_severity, first.options) == ("info", "info", {"allow": ["b"]})
    assert second.rule.name == "off-rule"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"some-rul": RuleSetting(line=4)}, "rules: there is no rule 'some-rul'; did you mean 'some-rule'?"),
        (
            {"some-rule": RuleSetting(options={"alow": []}, line=4)},
            "rules.some-rule.options: unknown option 'alow'; did you mean 'allow'?",
        ),
        (
            {"some-rule": RuleSetting(options={"allow": [1]}, line=4)},
            'rules.some-rule.options.allow.0: 1 is not of type "string"',
        ),
        (
            {"plain-rule": RuleSetting(options={"allow": []}, line=4)},
            "rules.plain-rule.options: unknown option 'allow'; it has none",
        ),
    ],
)
def test_a_wrong_setting_is_a_configuration_error(settings: dict[str, RuleSetting], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        select([rule(**OPTIONS), rule("plain-rule")], Config(path=".gitlint-ops.yaml", rules=settings))
    assert (error.value.message, error.value.path, error.value.line) == (message, ".gitlint-ops.yaml", 4)


def test_a_run_of_some_rules_turns_them_on_and_keeps_what_overrides_say_of_them() -> None:
    off = RuleSetting(enabled=False, severity="info")
    place = OverrideSetting(paths=("apps",), rules={"some-rule": off, "other-rule": off})
    asked = settings_of(Config(rules={"some-rule": off, "other-rule": off}, overrides=(place,)), ["some-rule", "new"])
    assert asked == Config(
        rules={"some-rule": replace(off, enabled=True), "new": RuleSetting(enabled=True)},
        overrides=(replace(place, rules={"some-rule": off}),),
    )
