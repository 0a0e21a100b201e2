from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import pytest

from gitlint_ops.config import Config, ConfigError, SuppressionSetting
from gitlint_ops.lint.model import ObjectRef, Suppression
from gitlint_ops.lint.suppressions import ConfigSuppressions, Ignore, by_annotation, by_comment, parse_ignore
from gitlint_ops.source import SourceTree, Span

Open = Callable[[Mapping[str, str]], SourceTree]
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a-rule", Ignore(("a-rule",), "")),
        ("a-rule, b-rule reason=we know", Ignore(("a-rule", "b-rule"), "we know")),
        ('a-rule reason="quoted" ', Ignore(("a-rule",), "quoted")),
        ("a-rule reason=in a template */ -}}", Ignore(("a-rule",), "in a template")),
        ("", None),
    ],
)
def test_parse_ignore(text: str, expected: Ignore | None) -> None:
    assert parse_ignore(text) == expected


TEXT = """
a: 1  # gitlint-ops: ignore=a-rule reason=same line
# gitlint-ops: ignore=a-rule,b-rule reason=above
# another remark
b: 2
c: 3
{{- /* gitlint-ops: ignore=a-rule reason=template */ -}}
d: 4
"""


@pytest.mark.parametrize(
    ("rule", "line", "reason"),
    [
        ("a-rule", 1, "same line"),
        ("b-rule", 1, None),
        ("b-rule", 4, "above"),
        ("a-rule", 5, None),
        ("a-rule", 7, "template"),
        ("c-rule", 4, None),
    ],
)
def test_a_comment_counts_for_its_line_and_for_the_one_below(
    open_files: Open, rule: str, line: int, reason: str | None
) -> None:
    tree = open_files({"a.yaml": TEXT})
    expected = Suppression("comment", reason) if reason else None
    assert by_comment(rule, Span("a.yaml", line), tree) == expected


def test_an_annotation_counts_for_its_object() -> None:
    data = {"metadata": {"annotations": {"gitlint-ops.dev/ignore": "a-rule,b-rule reason=known"}}}
    assert by_annotation("b-rule", data) == Suppression("annotation", "known")
    assert by_annotation("c-rule", data) is None
    assert by_annotation("a-rule", {"metadata": None}) is None


@pytest.mark.parametrize(
    ("setting", "hides"),
    [
        (SuppressionSetting("a-rule", reason="r"), True),
        (SuppressionSetting("b-rule", reason="r"), False),
        (SuppressionSetting("a-rule", path="apps/**", reason="r"), True),
        (SuppressionSetting("a-rule", path="apps", reason="r"), True),
        (SuppressionSetting("a-rule", path="infra/*", reason="r"), False),
        (SuppressionSetting("a-rule", object="Deployment/w*", reason="r"), True),
        (SuppressionSetting("a-rule", object="Deployment/shop/web", reason="r"), True),
        (SuppressionSetting("a-rule", object="Service/web", reason="r"), False),
        (SuppressionSetting("a-rule", reason="r", until="2026-11-23"), True),
        (SuppressionSetting("a-rule", reason="r", until="2026-11-22"), False),
    ],
)
def test_config_suppressions(setting: SuppressionSetting, *, hides: bool) -> None:
    target = ObjectRef("apps/v1", "Deployment", "shop", "web", "")
    settings = ConfigSuppressions(Config(suppressions=(setting,)), TODAY)
    expected = Suppression("config", "r", setting.until) if hides else None
    assert settings.find("a-rule", Span("apps/web/a.yaml", 3), target) == expected


def test_an_end_that_is_no_date_is_a_configuration_error() -> None:
    setting = SuppressionSetting("a-rule", reason="r", until="soon", line=7)
    with pytest.raises(ConfigError, match="suppressions: until: 'soon' is not a date such as 2030-12-31") as error:
        ConfigSuppressions(Config(suppressions=(setting,), path="c.yaml"), TODAY)
    assert error.value.line == 7
