"""The configuration file: what it gives, and what is said of its mistakes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.config import (
    ClusterSetting,
    Config,
    ConfigError,
    EnvironmentSetting,
    ExemptSetting,
    OverrideSetting,
    RuleSetting,
    WorkloadSetting,
    load_config,
)

Write = Callable[[Mapping[str, str]], Path]


def test_no_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load_config(tmp_path) == Config()


def test_everything_that_can_be_said(write: Write) -> None:
    root = write(
        {
            ".gitlint-ops.yaml": """
            exclude: [vendor]
            repository: {urls: ["https://git.example.com/a/b"]}
            kubernetes: {version: 1.30}
            environments:
              blue: {production: true, rank: 3, paths: ["clusters/blue/**"]}
              green:
            clusters:
              - {name: prod-eu, server: https://prod-eu.example.com, labels: {env: prod}}
            substitutions: {REPLICAS: 3}
            rules:
              mutable-image-tag: info
              unknown-kind: off
              oversized-overlay: {options: {max_patches: 5}}
            profile: strict
            overrides:
              - paths: ["legacy/**"]
                environments: [dev, "test-*"]
                rules: {mutable-image-tag: off}
            workload: {profile: baseline, exempt: {namespaces: ["vpn-*"]}}
            suppressions:
              - {rule: plaintext-secret, path: "hack/**", reason: local only, until: 2027-01-31, environments: [dev]}
            baseline: ci/known.json
            """
        }
    )
    config = load_config(root)
    assert config.exclude == ("vendor",)
    assert config.repository_urls == ("https://git.example.com/a/b",)
    assert config.kubernetes_version == "1.30"
    assert config.environments == (
        EnvironmentSetting("blue", True, 3, ("clusters/blue/**",)),
        EnvironmentSetting("green"),
    )
    assert config.clusters == (ClusterSetting("prod-eu", "https://prod-eu.example.com", {"env": "prod"}),)
    assert config.substitutions == {"REPLICAS": "3"}
    assert config.rules["mutable-image-tag"] == RuleSetting(enabled=True, severity="info", line=11)
    assert config.rules["unknown-kind"].enabled is False
    assert config.rules["oversized-overlay"].options == {"max_patches": 5}
    assert config.profile == "strict"
    assert config.overrides == (
        OverrideSetting(
            ("legacy/**",), ("dev", "test-*"), {"mutable-image-tag": RuleSetting(enabled=False, line=18)}, 16
        ),
    )
    assert config.workload == WorkloadSetting("baseline", ExemptSetting(namespaces=("vpn-*",)))
    (suppression,) = config.suppressions
    assert (suppression.reason, suppression.until, suppression.line) == ("local only", "2027-01-31", 21)
    assert suppression.environments == ("dev",)
    assert config.baseline == "ci/known.json"


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("exclud: [a]\n", "unknown key 'exclud'; did you mean 'exclude'?", 1),
        (
            "# c\nrules:\n  a: {option: {}}\n",
            "unknown key 'rules.a.option'; did you mean 'options'?",
            3,
        ),
        (
            "repository:\n  url: x\n",
            "unknown key 'repository.url'; did you mean 'urls'?",
            2,
        ),
        ("rules: {a: warn}\n", "rules.a: there is no 'warn'; did you mean 'warning'?", 1),
        ("rules: {a: 3}\n", "rules.a: 3 is not valid under any of the given schemas", 1),
        ("profile: stric\n", "profile: there is no 'stric'; did you mean 'strict'?", 1),
        (
            "workload: {profile: high}\n",
            "workload.profile: there is no 'high'; there are: off, baseline, restricted",
            1,
        ),
        ("overrides:\n- rules: {a: off}\n", "overrides.0: 'paths' or 'environments' is missing", 2),
        (
            "overrides:\n- paths: [a]\n  rules:\n    a: {severty: info}\n",
            "unknown key 'overrides.0.rules.a.severty'; did you mean 'severity'?",
            4,
        ),
        ("exclude: a\n", "exclude: 'a' is not of type 'array'", 1),
        ("- a\n", "the file: ['a'] is not of type 'object'", 0),
        ("a: [\n", "not valid YAML: expected the node content, but found '<stream end>'", 2),
        ("a: 1\na: 2\n", 'not valid YAML: found duplicate key "a" with value "2" (original value: "1")', 2),
    ],
)
def test_mistakes_are_named_with_their_line(write: Write, text: str, message: str, line: int) -> None:
    root = write({"x": ""})
    (root / ".gitlint-ops.yaml").write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(root)
    assert (caught.value.message, caught.value.path, caught.value.line) == (message, ".gitlint-ops.yaml", line)


def test_a_file_that_is_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"the configuration file '.*none\.yaml' is not there"):
        load_config(tmp_path, tmp_path / "none.yaml")
