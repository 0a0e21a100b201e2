from __future__ import annotations

from typing import Any, cast

import pytest

from gitlint_ops.config import Config, ConfigError
from gitlint_ops.lint import cel
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.render.model import Rendering
from gitlint_ops.repo.model import Environment, RepoGraph
from tests.lint.support import delivery, rendered, rule


def check(expression: str, *, kind: str = "Deployment", options: dict[str, Any] | None = None) -> list[Violation]:
    """Check a Deployment of dev and one of prod, both with two replicas, and a Secret."""
    objects = {
        name: (
            rendered(
                {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": {"replicas": 2}},
                delivery(name, name),
            ),
            rendered(
                {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "spec": {"replicas": "s3cret"}},
                delivery(name, name),
            ),
        )
        for name in ("dev", "prod")
    }
    environments = {"dev": Environment("dev", 0, False), "prod": Environment("prod", 1, True)}
    rendering = Rendering(RepoGraph({}, {}, environments=environments), objects, 2, ())
    chosen = rule(
        cel=expression,
        match={"kinds": [kind]},
        message="{kind} {name} has {value}",
        field_path=("spec", "replicas"),
        path="policy/own/some-rule.yaml",
    )
    anything = cast("Any", None)
    context = CheckContext(anything, rendering, Config(), anything, anything, chosen, options or {})
    return list(cel.check(context))


def test_a_false_expression_is_a_violation_at_the_field() -> None:
    found = check("object.spec.replicas > 2 || !environment.production")
    assert [(item.message, item.field_path) for item in found] == [("Deployment prod has 2", ("spec", "replicas"))]


def test_options_and_the_environments_name_are_known() -> None:
    found = check("environment.name in options.exempt", options={"exempt": ["dev"]})
    assert [item.message for item in found] == ["Deployment prod has 2"]


def test_the_value_of_a_secret_is_hidden() -> None:
    assert {item.message for item in check("false", kind="Secret")} == {
        "Secret dev has (hidden)",
        "Secret prod has (hidden)",
    }


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("object.spec.", "cel: "),
        ("object.spec.missing == 1", r"cel: fails on Deployment dev: .*missing.*; test with has\(\)"),
        ("object.spec.replicas", "cel: gives int on Deployment dev, not true or false"),
    ],
)
def test_a_wrong_expression_is_a_configuration_error(expression: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        check(expression)
    assert error.value.path == "policy/own/some-rule.yaml"
