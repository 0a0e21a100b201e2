from __future__ import annotations

from pathlib import Path

import pytest

from gitlint_ops.config import Config, ConfigError, SuppressionSetting
from gitlint_ops.lint.model import ObjectRef
from gitlint_ops.lint.suppression.entries import config_path, entries_of
from gitlint_ops.source import Span

TARGET = ObjectRef("apps/v1", "Deployment", "shop", "web", "")


@pytest.mark.parametrize(
    ("setting", "fits"),
    [
        (SuppressionSetting("a-rule", reason="r"), True),
        (SuppressionSetting("b-rule", reason="r"), False),
        (SuppressionSetting("a-rule", path="apps/**", reason="r"), True),
        (SuppressionSetting("a-rule", path="apps", reason="r"), True),
        (SuppressionSetting("a-rule", path="infra/*", reason="r"), False),
        (SuppressionSetting("a-rule", object="Deployment/w*", reason="r"), True),
        (SuppressionSetting("a-rule", object="Deployment/shop/web", reason="r"), True),
        (SuppressionSetting("a-rule", object="Service/web", reason="r"), False),
    ],
)
def test_an_entry_names_rule_path_and_object(tmp_path: Path, setting: SuppressionSetting, *, fits: bool) -> None:
    (entry,) = entries_of(Config(suppressions=(setting,)), tmp_path)
    assert entry.fits("a-rule", "apps/web/a.yaml", TARGET) == fits


def test_an_entry_for_an_object_fits_no_finding_without_one(tmp_path: Path) -> None:
    (entry,) = entries_of(Config(suppressions=(SuppressionSetting("a-rule", object="*", reason="r"),)), tmp_path)
    assert not entry.fits("a-rule", "a.yaml", None)


def test_an_entry_stands_at_its_line_of_the_configuration(tmp_path: Path) -> None:
    config = Config(path=".gitlint-ops.yaml", suppressions=(SuppressionSetting("a-rule", reason="r", line=7),))
    (entry,) = entries_of(config, tmp_path)
    assert entry.directive.span == Span(".gitlint-ops.yaml", 7)


def test_a_configuration_from_elsewhere_is_called_by_its_name(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    assert config_path(Config(path=str(root / "ci" / "lint.yaml")), root) == "ci/lint.yaml"
    assert config_path(Config(path=str(tmp_path / "lint.yaml")), root) == "lint.yaml"


@pytest.mark.parametrize("until", ["soon", "20301231", "2030-02-30"])
def test_an_end_that_is_no_date_is_a_configuration_error(tmp_path: Path, until: str) -> None:
    setting = SuppressionSetting("a-rule", reason="r", until=until, line=7)
    with pytest.raises(ConfigError) as error:
        list(entries_of(Config(suppressions=(setting,), path="c.yaml"), tmp_path))
    assert error.value.message == f"suppressions: until: '{until}' is not a date such as 2030-12-31"
    assert (error.value.path, error.value.line) == ("c.yaml", 7)
