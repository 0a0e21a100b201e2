from __future__ import annotations

import pytest

from gitlint_ops.config import Config, ConfigError, RuleSetting, WorkloadSetting
from gitlint_ops.lint import load_rules
from gitlint_ops.lint.profiles import profile_names, profile_settings
from gitlint_ops.lint.selection import select

RULES = load_rules(Config())
NAMES = {rule.name for rule in RULES}
WORKLOAD = ("off", "baseline", "restricted")


def severities(config: Config) -> dict[str, str]:
    return {item.rule.name: item.rule.severity for item in select(RULES, config)}


@pytest.mark.parametrize("profile", profile_names())
@pytest.mark.parametrize("workload", ["", *WORKLOAD])
def test_every_profile_names_rules_that_exist(profile: str, workload: str) -> None:
    profile_settings(Config(profile=profile, workload=WorkloadSetting(workload)), NAMES)


def test_a_profiles_unknown_rule_is_answered_with_the_nearest() -> None:
    with pytest.raises(
        ConfigError, match=r"the profile strict names no rule with 'deprecated-api'; did you mean 'deprecated-ap'\?"
    ):
        profile_settings(Config(profile="strict"), {*NAMES, "deprecated-ap"} - {"deprecated-api"})


def test_an_unknown_profile_is_an_error() -> None:
    with pytest.raises(ConfigError, match="there is no profile 'strct'; there are: recommended, strict"):
        profile_settings(Config(profile="strct"))


def test_recommended_changes_nothing() -> None:
    assert severities(Config()) == {rule.name: rule.severity for rule in RULES if rule.enabled}


def test_strict_has_more_rules_and_heavier_ones() -> None:
    recommended, strict = severities(Config()), severities(Config(profile="strict"))
    assert recommended.keys() < strict.keys()
    assert (recommended["mutable-image-tag"], strict["mutable-image-tag"]) == ("warning", "error")
    assert {"host-network", "memory-limit-missing"} <= strict.keys() - recommended.keys()


def test_the_users_rules_go_before_a_profile() -> None:
    config = Config(profile="strict", rules={"mutable-image-tag": RuleSetting(severity="info")})
    assert severities(config)["mutable-image-tag"] == "info"


def test_a_workload_profile_goes_before_the_general_one() -> None:
    found = severities(Config(profile="strict", workload=WorkloadSetting("off")))
    assert not {rule.name for rule in RULES if rule.category == "workload"} & found.keys()


def test_restricted_is_baseline_and_more() -> None:
    own, baseline, restricted = (
        severities(Config(workload=WorkloadSetting(name))).keys() for name in ("", "baseline", "restricted")
    )
    assert "host-network" in baseline - own
    assert "run-as-non-root" in restricted - baseline
    assert own < baseline < restricted


def test_restricted_narrows_an_option() -> None:
    selected = {item.rule.name: item for item in select(RULES, Config(workload=WorkloadSetting("restricted")))}
    assert selected["added-capability"].options == {"allow": ["NET_BIND_SERVICE"]}
