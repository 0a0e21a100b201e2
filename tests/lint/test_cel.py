from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from gitlint_ops.cache import Memory, Store
from gitlint_ops.config import Config, ConfigError
from gitlint_ops.lint.cel import check_expression
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.spares import Spares
from gitlint_ops.render.model import Rendering
from gitlint_ops.repo.model import Environment, RepoGraph
from gitlint_ops.source import display_path
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
        builtin=False,
        field_path=("spec", "replicas"),
        path="policy/own/some-rule.yaml",
    )
    anything = cast("Any", None)
    context = CheckContext(anything, rendering, Config(), anything, anything, chosen, options or {})
    return list(check_expression(context))


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
        (
            "object.spec.missing == 1",
            r"cel: fails on Deployment dev: there is no 'missing'; read it with \.\?missing and orValue\(\)",
        ),
        (
            "object.spec.replicas > '1'",
            r"cel: fails on Deployment dev: '>' does not take int and string; convert one, or test it with type\(\)",
        ),
        ("object.spec.replicas", "cel: fails on Deployment dev: gives int, not true or false"),
    ],
)
def test_a_wrong_expression_is_a_configuration_error(expression: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        check(expression)
    assert error.value.path == "policy/own/some-rule.yaml"


def look(match: dict[str, Any], expression: str, spec: dict[str, Any], **fields: Any) -> list[tuple[str, str]]:
    """Check one Deployment whose pod has this spec; give the places and messages."""
    data = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"template": {"spec": spec}},
    }
    message = "{kind} {namespace}/{name}, {container}: {value}"
    chosen = rule(cel=expression, match=match, message=message, **fields)
    rendering = Rendering(RepoGraph({}, {}), {"web": (rendered(data),)}, 1, ())
    anything = cast("Any", None)
    context = CheckContext(anything, rendering, Config(), anything, anything, chosen, {})
    return [(display_path(item.field_path), item.message) for item in check_expression(context)]


POD = "spec.template.spec"


def test_each_container_is_looked_at_with_its_role_and_its_pod() -> None:
    spec = {"hostNetwork": True, "containers": [{"name": "a"}, {"name": "b"}], "initContainers": [{"name": "c"}]}
    found = look({"each": "container"}, "!pod.hostNetwork || role == 'init'", spec, field_path=("image",))
    assert found == [
        (f"{POD}.containers[0].image", "Deployment shop/web, a: nothing"),
        (f"{POD}.containers[1].image", "Deployment shop/web, b: nothing"),
    ]


def test_each_security_context_is_looked_at() -> None:
    spec = {"securityContext": {"runAsUser": 0}, "containers": [{"name": "a", "securityContext": {"runAsUser": 0}}]}
    found = look({"each": "security_context"}, "security.runAsUser > 0", spec, field_path=("runAsUser",))
    assert found == [
        (f"{POD}.securityContext.runAsUser", "Deployment shop/web, : 0"),
        (f"{POD}.containers[0].securityContext.runAsUser", "Deployment shop/web, a: 0"),
    ]


def test_each_item_of_a_list_is_looked_at() -> None:
    spec = {"containers": [{"name": "a", "ports": [{"hostPort": 80}, {"hostPort": 0}]}, {"name": "b"}]}
    match = {"each": "container", "items": "ports"}
    found = look(match, "item.hostPort == 0", spec, field_path=("hostPort",))
    assert found == [(f"{POD}.containers[0].ports[0].hostPort", "Deployment shop/web, a: 80")]


@pytest.mark.parametrize("security", [None, {"privileged": None}])
def test_a_null_is_an_absent_field(security: Any) -> None:
    spec = {"containers": [{"name": "a", "securityContext": security}]}
    assert look({"each": "container"}, "container.?securityContext.?privileged.orValue(true) == false", spec) == [
        (f"{POD}.containers[0]", f"Deployment shop/web, a: {spec['containers'][0]}")
    ]


def test_our_rules_leave_malformed_objects_to_the_schemas() -> None:
    spec = {"containers": [{"name": "a", "securityContext": {"privileged": "yes"}}]}
    assert look({"each": "container"}, "!container.securityContext.privileged", spec) == []


def test_an_error_shows_nothing_of_a_secret() -> None:
    with pytest.raises(ConfigError) as error:
        check("int(object.spec.replicas) > 1", kind="Secret")
    assert error.value.message == (
        "cel: fails on Secret dev: its values are not shown; test with has() what may be absent"
    )


def test_what_was_fine_in_an_earlier_run_is_looked_at_where_its_environment_became_production(tmp_path: Path) -> None:
    item = rendered({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}, delivery("shop", "shop"))
    chosen = rule(cel="!environment.production", match={"kinds": ["ConfigMap"]}, message="wrong")
    anything = cast("Any", None)
    for production in (False, False, True, True, False):
        graph = RepoGraph({}, {}, environments={"shop": Environment("shop", 0, production)})
        memory = Memory(Store(tmp_path, 1024 * 1024), b"", tmp_path)
        spares = Spares(memory)
        rendering = Rendering(graph, {"shop": (item,)}, 1, ())
        context = CheckContext(anything, rendering, Config(), anything, anything, chosen, {}, spares=spares)
        assert len(list(check_expression(context))) == (1 if production else 0)
        spares.keep()
        memory.store.close()
