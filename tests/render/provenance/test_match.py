from __future__ import annotations

from gitlint_ops.render.provenance.match import MISSING, corresponding, same, value_at
from gitlint_ops.render.provenance.replacements import field_paths
from gitlint_ops.render.provenance.transforms import split_image
from gitlint_ops.render.provenance.trial import altered_text


def test_elements_are_found_by_their_merge_key() -> None:
    rendered = {
        "containers": [{"name": "proxy"}, {"name": "web", "ports": [{"containerPort": 80}, {"containerPort": 81}]}]
    }
    source = {"containers": [{"name": "web", "ports": [{"containerPort": 81, "name": "x"}]}]}
    path = ("containers", 1, "ports", 1, "containerPort")
    assert corresponding(rendered, path, source) == ("containers", 0, "ports", 0, "containerPort")
    assert corresponding(rendered, ("containers", 0, "name"), source) == ("containers",)


def test_scalars_are_found_by_equality_in_their_order() -> None:
    rendered = {"args": ["-v", "--new", "-v"]}
    assert corresponding(rendered, ("args", 2), {"args": ["-v", "-v"]}) == ("args", 1)
    assert corresponding(rendered, ("args", 1), {"args": ["-v", "-v"]}) == ("args",)


def test_elements_without_identity_are_found_by_likeness() -> None:
    rendered = {"rules": [{"verbs": ["get"], "resources": ["pods"]}, {"verbs": ["list"], "resources": ["nodes"]}]}
    source = {"rules": [{"verbs": ["list"], "resources": ["nodes"]}]}
    assert corresponding(rendered, ("rules", 1, "verbs", 0), source) == ("rules", 0, "verbs", 0)


def test_values_and_texts() -> None:
    assert value_at({"a": [None]}, ("a", 0)) is None
    assert value_at({"a": [None]}, ("a", 1)) is MISSING
    assert same(80, "80")
    assert same(True, "true")
    assert not same({"a": 1}, {"a": 2})


def test_images_are_split() -> None:
    assert split_image("host:5000/web") == ("host:5000/web", "", "")
    assert split_image("host:5000/web:1.0@sha256:ab") == ("host:5000/web", "1.0", "sha256:ab")


def test_replacement_paths() -> None:
    data = {"spec": {"containers": [{"name": "a"}, {"name": "b"}]}, "data": {"x.y": 1}}
    assert field_paths("spec.containers.[name=b].name", data) == [("spec", "containers", 1, "name")]
    assert field_paths("spec.containers.*.name", data) == [("spec", "containers", n, "name") for n in (0, 1)]
    assert field_paths(r"data.x\.y", data) == [("data", "x.y")]
    assert field_paths("spec.nothing", data) == []


def test_altered_texts_keep_their_type() -> None:
    texts = ("true", "9", '"1.9"', "web", "'web'", "")
    assert [altered_text(text) for text in texts] == ["false", "10", '"1.10"', "webx7q", "'webx7q'", "x7q"]
