from __future__ import annotations

from typing import Any

import pytest

from gitlint_ops.render.compare.fields import FieldComparison

Change = tuple[str, str, Any, Any]


def _changes(before: Any, after: Any, group: str = "apps") -> list[Change]:
    found = FieldComparison(group).compare(before, after)
    return [(change.kind, change.shown, change.before, change.after) for change in found]


def _pod(containers: list[dict[str, Any]]) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": containers}}}}


def test_equal_objects_have_no_changes() -> None:
    assert _changes({"a": [{"name": "x"}]}, {"a": [{"name": "x"}]}) == []


def test_null_is_absent() -> None:
    assert _changes({"a": None}, {}) == []
    assert _changes({"a": None}, {"a": 1}) == [("added", "a", None, 1)]


def test_a_number_is_no_boolean_and_no_text() -> None:
    assert _changes({"a": 1, "b": "1"}, {"a": True, "b": 1}) == [
        ("changed", "a", 1, True),
        ("changed", "b", "1", 1),
    ]


def test_what_is_new_or_gone_is_one_change() -> None:
    assert _changes({"a": {"b": 1}}, {"c": {"d": {"e": 1}}}) == [
        ("removed", "a", {"b": 1}, None),
        ("added", "c", None, {"d": {"e": 1}}),
    ]


def test_containers_are_matched_by_name_whatever_their_order() -> None:
    before = _pod([{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:1"}])
    after = _pod([{"name": "b", "image": "b:2"}, {"name": "a", "image": "a:1"}])
    assert _changes(before, after) == [("changed", "spec.template.spec.containers[b].image", "b:1", "b:2")]


def test_paths_are_those_of_each_side() -> None:
    before = _pod([{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:1"}])
    after = _pod([{"name": "b", "image": "b:2"}])
    removed, changed = FieldComparison("apps").compare(before, after)
    assert removed.before_path == ("spec", "template", "spec", "containers", 0)
    assert changed.before_path[-2:] == (1, "image")
    assert changed.after_path[-2:] == (0, "image")


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("volumeMounts", {"name": "v", "mountPath": "/a"}, {"name": "v", "mountPath": "/b"}),
        ("ports", {"containerPort": 53, "protocol": "TCP"}, {"containerPort": 53, "protocol": "UDP"}),
        ("env", {"name": "A", "value": "1"}, {"name": "B", "value": "2"}),
        ("subjects", {"kind": "User", "name": "x"}, {"kind": "Group", "name": "x"}),
        ("tolerations", {"key": "k", "effect": "NoSchedule"}, {"key": "k", "effect": "NoExecute"}),
    ],
)
def test_sets_have_no_order(field: str, one: Any, other: Any) -> None:
    assert _changes({field: [one, other]}, {field: [other, one]}) == []


def test_init_containers_have_an_order() -> None:
    elements = [{"name": "a"}, {"name": "b"}]
    (change,) = FieldComparison("apps").compare({"initContainers": elements}, {"initContainers": elements[::-1]})
    assert (change.shown, change.order) == ("initContainers", True)


def test_variables_that_use_others_have_an_order() -> None:
    elements = [{"name": "A", "value": "1"}, {"name": "B", "value": "$(A)"}]
    assert len(_changes({"env": elements}, {"env": elements[::-1]})) == 1


def test_lists_of_custom_resources_have_an_order() -> None:
    routes = [{"match": "a"}, {"match": "b"}]
    assert len(_changes({"http": routes}, {"http": routes[::-1]}, "networking.istio.io")) == 1
    assert _changes({"rules": routes}, {"rules": routes[::-1]}, "rbac.authorization.k8s.io") == []


def test_texts_of_a_set_have_no_order_and_arguments_have() -> None:
    assert _changes({"verbs": ["get", "list"]}, {"verbs": ["list", "get"]}) == []
    assert _changes({"args": ["-a", "-b"]}, {"args": ["-b", "-a"]}) == [("changed", "args", ["-a", "-b"], ["-b", "-a"])]


def test_elements_without_identity_are_matched_by_place() -> None:
    before = {"rules": [{"verbs": ["get"]}, {"verbs": ["list"]}]}
    after = {"rules": [{"verbs": ["get"]}, {"verbs": ["list", "watch"]}]}
    assert _changes(before, after) == [("changed", "rules[1].verbs", ["list"], ["list", "watch"])]


def test_an_element_more() -> None:
    before = {"env": [{"name": "A", "value": "1"}]}
    after = {"env": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]}
    assert _changes(before, after) == [("added", "env[B]", None, {"name": "B", "value": "2"})]


def test_a_generated_name_is_marked() -> None:
    comparison = FieldComparison("apps", {"web-2222222222": "web-4444444444"})
    (change,) = comparison.compare({"name": "web-2222222222"}, {"name": "web-4444444444"})
    assert change.generated
