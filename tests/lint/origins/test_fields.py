from __future__ import annotations

import pytest

from gitlint_ops.lint.origins.fields import MAX_PATHS, nearest_fields, paths_of, read_field
from gitlint_ops.source import FieldPath

DATA = {
    "metadata": {"labels": {"app.kubernetes.io/name": "web", "a": {"b": 1}, "a.b": 2}, "name": "web"},
    "spec": {"containers": [{"name": "web", "image": "x"}, {"name": "proxy.v1", "image": "y"}], "replicas": 1},
}


def paths(text: str) -> list[FieldPath]:
    steps = read_field(text)
    assert steps is not None
    return paths_of(DATA, steps)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("spec.replicas", ("spec", "replicas")),
        (".spec.replicas", ("spec", "replicas")),
        ("spec.containers[0].image", ("spec", "containers", 0, "image")),
        ("spec.containers.1.image", ("spec", "containers", 1, "image")),
        ("spec.containers.web.image", ("spec", "containers", 0, "image")),
        ("spec.containers[name=proxy.v1].image", ("spec", "containers", 1, "image")),
        ("spec.containers[name='proxy.v1'].image", ("spec", "containers", 1, "image")),
        ("spec.containers[image=y].name", ("spec", "containers", 1, "name")),
        ("metadata.labels['app.kubernetes.io/name']", ("metadata", "labels", "app.kubernetes.io/name")),
        ('metadata.labels."app.kubernetes.io/name"', ("metadata", "labels", "app.kubernetes.io/name")),
        ("metadata.labels.app.kubernetes.io/name", ("metadata", "labels", "app.kubernetes.io/name")),
        ("metadata.labels['a.b']", ("metadata", "labels", "a.b")),
        ("/metadata/labels/app.kubernetes.io~1name", ("metadata", "labels", "app.kubernetes.io/name")),
        ("/spec/containers/0/image", ("spec", "containers", 0, "image")),
    ],
)
def test_a_field_as_people_write_it(text: str, path: FieldPath) -> None:
    assert paths(text) == [path]


def test_every_element() -> None:
    assert paths("spec.containers[*].image") == [("spec", "containers", 0, "image"), ("spec", "containers", 1, "image")]


def test_a_key_with_a_dot_and_one_below_another_are_both_meant() -> None:
    assert paths("metadata.labels.a.b") == [("metadata", "labels", "a", "b"), ("metadata", "labels", "a.b")]


@pytest.mark.parametrize("text", ["spec.replica", "spec.containers[5]", "spec.containers.none", "spec.replicas.x"])
def test_a_field_that_is_not_there(text: str) -> None:
    assert paths(text) == []


@pytest.mark.parametrize("text", ["", "spec..", "spec[", "spec.['a", "spec]"])
def test_what_is_no_field(text: str) -> None:
    assert read_field(text) is None


def test_the_number_of_fields_is_bounded() -> None:
    steps = read_field("[*]")
    assert steps is not None
    assert len(paths_of(list(range(1000)), steps)) == MAX_PATHS


def test_the_nearest_fields() -> None:
    assert nearest_fields(DATA, "spec.replica")[0] == "spec.replicas"
    assert nearest_fields(DATA, "spec.template.image")[:2] == ["spec.containers[0].image", "spec.containers[1].image"]
