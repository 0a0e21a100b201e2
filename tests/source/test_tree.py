"""Documents, texts and places of a source tree, read by the real engine."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Mapping

import pytest

from gitlint_ops.source import SourceTree, Span

Open = Callable[[Mapping[str, str]], SourceTree]

DEPLOYMENT = """
    # the app
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: 2
      template:
        spec:
          containers:
            - name: web
              image: "nginx:1.29"
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    """


def test_documents_know_their_lines(open_files: Open) -> None:
    documents = list(open_files({"a.yaml": DEPLOYMENT}).documents())
    assert [(d.index, d.line, d.value["kind"], d.is_object) for d in documents] == [
        (0, 2, "Deployment", True),
        (1, 13, "Service", True),
    ]


def test_a_field_is_found_at_its_value_and_at_its_key(open_files: Open) -> None:
    tree = open_files({"a.yaml": DEPLOYMENT})
    image = ("spec", "template", "spec", "containers", 0, "image")
    assert tree.span("a.yaml", 0, image) == Span("a.yaml", 11, 18, 11, 30)
    assert tree.span("a.yaml", 0, image, on_key=True) == Span("a.yaml", 11, 11, 11, 16)
    assert tree.span("a.yaml", 1, ("metadata", "name")) == Span("a.yaml", 16, 9, 16, 12)


def test_a_field_that_is_missing_gives_what_encloses_it(open_files: Open) -> None:
    tree = open_files({"a.yaml": DEPLOYMENT})
    assert tree.span("a.yaml", 0, ("spec", "strategy", "type")) is None
    assert tree.nearest("a.yaml", 0, ("spec", "strategy", "type")) == (Span("a.yaml", 5, 1, 5, 5), False)
    assert tree.nearest("a.yaml", 0, ("spec", "replicas")) == (Span("a.yaml", 6, 13, 6, 14), True)


def test_places_of_many_files_are_found_at_once(open_files: Open) -> None:
    tree = open_files({"a.yaml": DEPLOYMENT, "b.yaml": "kind: A\n"})
    tree.preload_positions(["a.yaml", "b.yaml", "absent.yaml"])
    assert tree.span("a.yaml", 0, ("spec", "replicas")) == Span("a.yaml", 6, 13, 6, 14)
    assert tree.span("b.yaml", 0, ("kind",)) == Span("b.yaml", 1, 7, 1, 8)
    assert tree.span("absent.yaml", 0, ("kind",)) is None


def test_chart_templates_are_not_read_as_yaml(open_files: Open) -> None:
    tree = open_files(
        {
            "charts/web/Chart.yaml": "name: web\n",
            "charts/web/templates/a.yaml": "{{ if }}\n",
            "charts/web/crds/c.yaml": "a: 1\n",
            "templates/b.yaml": "b: 1\n",
        }
    )
    assert tree.yaml_files == ("charts/web/Chart.yaml", "charts/web/crds/c.yaml", "templates/b.yaml")


def test_one_broken_document_hides_no_other(open_files: Open) -> None:
    tree = open_files({"a.yaml": "a: 1\n---\nb: [1\n---\nc: 3\n", "b.yaml": "d: 4\n"})
    assert [d.value for d in tree.documents() if d.value] == [{"a": 1}, {"c": 3}, {"d": 4}]
    assert [(p.kind, p.span.path) for p in tree.problems()] == [("invalid-yaml", "a.yaml")]


def test_a_duplicate_key_is_named_with_both_lines(open_files: Open) -> None:
    tree = open_files({"a.yaml": "spec:\n  image: a\n  tag: b\n  image: c\n"})
    (problem,) = tree.problems()
    assert (problem.kind, problem.span, problem.key, problem.first_line) == (
        "duplicate-key",
        Span("a.yaml", 4, 3, 4, 8),
        "image",
        2,
    )


def test_a_file_that_is_too_large_is_said_to_be(open_files: Open) -> None:
    tree = open_files({"big.yaml": "a: 1\n" + "# padding\n" * 1_100_000, "small.yaml": "a: 1\n"})
    assert [d.path for d in tree.documents()] == ["small.yaml"]
    assert [(p.kind, p.span.path) for p in tree.problems()] == [("too-large", "big.yaml")]


def test_folders_are_known_by_their_files(open_files: Open) -> None:
    tree = open_files({"a.yaml": "", "x/b.yaml": "", "x/y/c.yaml": ""})
    assert (tree.children("."), tree.subfolders("."), tree.children("x")) == (("a.yaml",), ("x",), ("b.yaml",))
    assert tree.files_under("x") == ("x/b.yaml", "x/y/c.yaml")
    assert tree.is_folder("x/y")
    assert not tree.is_folder("z")
    assert not tree.is_file("../repo/a.yaml")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_do_not_depend_on_their_ends(open_files: Open, end: str) -> None:
    tree = open_files({"keep.txt": ""})
    (tree.root / "keep.txt").write_bytes(textwrap.dedent("a\n  b\nc").replace("\n", end).encode())
    assert list(tree.lines("keep.txt")) == ["a", "  b", "c"]
    assert tree.line_span("keep.txt", 2) == Span("keep.txt", 2, 3, 2, 4)
    assert tree.line_text("keep.txt", 9) == ""


def test_a_place_tells_its_field(open_files: Open) -> None:
    tree = open_files({"a.yaml": DEPLOYMENT, "b.yaml": "'a/b~c': [x, {d: 1}]\n1: {2: y}\n"})
    image = ("spec", "template", "spec", "containers", 0, "image")
    assert tree.field_at("a.yaml", 0, 11, 18) == tree.field_at("a.yaml", 0, 11, 11) == image
    assert tree.field_at("a.yaml", 0, 5, 1) == ("spec",)
    assert tree.field_at("a.yaml", 1, 16, 9) == ("metadata", "name")
    assert tree.field_at("a.yaml", 0, 1, 1) == ()
    assert tree.field_at("b.yaml", 0, 1, 16) == ("a/b~c", 1, "d")
    assert tree.field_at("b.yaml", 0, 2, 8) == ("1", "2")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_not_utf8_is_told(open_files: Open) -> None:
    tree = open_files({"good.yaml": "a: 1\n", "bad\udcff.yaml": "a: 1\n"})
    assert [(problem.kind, problem.span.path, problem.message) for problem in tree.problems()] == [
        ("unreadable", "bad\udcff.yaml", "the file's name is not UTF-8")
    ]
    assert [document.path for document in tree.documents()] == ["good.yaml"]
