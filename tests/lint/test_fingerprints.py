from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitlint_ops.lint.fingerprints import fingerprinted
from gitlint_ops.lint.model import Finding, ObjectRef
from gitlint_ops.source import SourceTree, Span
from tests.lint.support import run

Write = Callable[[Mapping[str, str]], Path]
Open = Callable[[Mapping[str, str]], SourceTree]

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: one
      image: nginx:latest
    - name: two
      image: nginx:latest
    - image: nginx:latest
    - image: nginx:latest
"""


def finding(line: int, column: int = 1, path: str = "a.yaml", **fields: object) -> Finding:
    settled = {"rule": "a-rule", "category": "images", "severity": "error", "message": "wrong", "exact": True, **fields}
    return Finding(span=Span(path, line, column), **settled)  # type: ignore[arg-type]


def fingerprints(root: Path) -> dict[str, str]:
    """Give place to fingerprint of the image findings, with a number where several are alike."""
    found: dict[str, str] = {}
    for item in sorted(run(root, "mutable-image-tag").findings, key=lambda item: item.span):
        name = item.place if item.place not in found else f"{item.place} again"
        found[name] = item.fingerprint
    return found


def write_pod(root: Path, text: str) -> Path:
    (root / "overlays" / "dev").mkdir(parents=True, exist_ok=True)
    (root / "overlays" / "dev" / "kustomization.yaml").write_text("resources: [pod.yaml]\n", "utf-8")
    (root / "overlays" / "dev" / "pod.yaml").write_text(text, "utf-8")
    return root


def test_the_place_is_in_the_words_of_the_file(tmp_path: Path) -> None:
    found = fingerprints(write_pod(tmp_path, POD))
    assert list(found) == [
        "Pod web spec.containers[one].image",
        "Pod web spec.containers[two].image",
        "Pod web spec.containers[].image",
        "Pod web spec.containers[].image again",
    ]
    assert len(set(found.values())) == 4
    assert {len(text) for text in found.values()} == {32}


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, POD.count("\n")), st.sampled_from(["", "# a remark", "   # indented"]))))
def test_inserted_lines_change_no_fingerprint(insertions: list[tuple[int, str]]) -> None:
    lines = POD.splitlines()
    for at, text in sorted(insertions, reverse=True):
        lines.insert(at, text)
    with tempfile.TemporaryDirectory() as before, tempfile.TemporaryDirectory() as after:
        expected = fingerprints(write_pod(Path(before), POD))
        assert fingerprints(write_pod(Path(after), "\n".join(lines) + "\n")) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kind: Pod", "kind: Pod\nstatus: {}"),
        ("    - name: one\n", "    - name: zero\n      image: nginx:1.27.1\n    - name: one\n"),
        ("nginx:latest", "nginx:edge"),
        ("  containers:\n    - name: one", '  containers:\n    - imagePullPolicy: Always\n      "name": one'),
    ],
    ids=["other field", "item before", "other value", "other style"],
)
def test_edits_elsewhere_change_no_fingerprint(tmp_path: Path, old: str, new: str) -> None:
    before = fingerprints(write_pod(tmp_path / "before", POD))
    assert fingerprints(write_pod(tmp_path / "after", POD.replace(old, new))) == before


def test_one_more_overlay_changes_no_fingerprint(write: Write) -> None:
    files = {"base/kustomization.yaml": "resources: [pod.yaml]\n", "base/pod.yaml": POD}
    files |= {"overlays/prod/kustomization.yaml": "resources: [../../base]\nnamePrefix: prod-\nnamespace: web\n"}
    before = fingerprints(write(files))
    assert len(before) == 4
    assert (
        fingerprints(write({"overlays/dev/kustomization.yaml": "resources: [../../base]\nnamePrefix: a-\n"})) == before
    )


def test_the_first_of_equals_mended_leaves_one_less(tmp_path: Path) -> None:
    before = fingerprints(write_pod(tmp_path / "before", POD))
    after = fingerprints(write_pod(tmp_path / "after", POD.replace("    - image: nginx:latest\n", "", 1)))
    assert set(after.values()) < set(before.values())
    assert len(after) == 3


def test_urls_of_a_kustomization_are_named_without_credentials_and_query(open_files: Open) -> None:
    tree = open_files(
        {"kustomization.yaml": "resources:\n  - https://me:secret@example.org/base?ref=main\nnamespace: a\n"}
    )
    (found,) = fingerprinted([finding(2, 5, "kustomization.yaml")], tree)
    assert found.place == "resources[https://***@example.org/base]"


def test_a_value_is_no_part_of_a_place(open_files: Open) -> None:
    text = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - args:\n        - --password=hunter2\n"
    (found,) = fingerprinted([finding(6, 11)], open_files({"a.yaml": text}))
    assert found.place == "Pod spec.containers[].args[]"


def test_a_rendered_object_tells_what_the_file_does_not(open_files: Open) -> None:
    tree = open_files({"values.yaml": "image:\n  tag: latest\n", "t.tpl": "x\n"})
    target = ObjectRef("apps/v1", "Deployment", "shop", "prod-web", "spec.template.spec.containers[0].image")
    places = [item.place for item in fingerprinted([finding(2, 8, "values.yaml", object=target)], tree)]
    assert places == ["image.tag (Deployment spec.template.spec.containers[].image)"]
    places = [item.place for item in fingerprinted([finding(1, 1, "t.tpl", object=target)], tree)]
    assert places == ["Deployment spec.template.spec.containers[].image"]


def test_parts_of_one_finding_share_their_fingerprint(open_files: Open) -> None:
    tree = open_files({"a.txt": "x\ny\n"})
    parts = [finding(1, path="a.txt", environments=("dev",)), finding(1, path="a.txt", environments=("prod",))]
    one, same, other = fingerprinted([*parts, finding(2, path="a.txt")], tree)
    assert one.fingerprint == same.fingerprint != other.fingerprint


def test_what_stands_for_many_places_is_known_wherever_it_stands_first(open_files: Open) -> None:
    tree = open_files({"a.yaml": "x: 1\n", "b.yaml": "x: 1\ny: 2\n"})
    decided = [finding(1, path="a.yaml", decision="old"), finding(2, path="b.yaml", decision="old")]
    one, other = (fingerprinted([item], tree)[0] for item in decided)
    assert (one.place, one.fingerprint) == ("old", other.fingerprint)


def test_a_long_place_is_cut_and_still_told_apart(open_files: Open) -> None:
    key = "k" * 400
    tree = open_files({"a.yaml": f"{key}a: 1\n{key}b: 1\n"})
    one, other = fingerprinted([finding(1, 404), finding(2, 404)], tree)
    assert len(one.place) == len(other.place) == 309
    assert one.place != other.place


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("export DB_PASSWORD=hunter2", "DB_PASSWORD"),
        ("  token: {{ .Values.token }}", "token"),
        ("c2VjcmV0LXBhc3N3b3Jk==", ""),
        ("aB3dE5fG7hI9jK1lM3=x", ""),
        ("hunter2", ""),
        ("# remark: x", ""),
    ],
)
def test_a_line_outside_of_yaml_is_named_by_its_key(open_files: Open, line: str, place: str) -> None:
    (found,) = fingerprinted([finding(1, path="run.sh")], open_files({"run.sh": f"{line}\n"}))
    assert found.place == place


def test_a_line_of_a_longer_text_is_named_by_its_key_too(open_files: Open) -> None:
    tree = open_files({"a.yaml": "data:\n  run.sh: |\n    set -e\n    PASSWORD=hunter2\n"})
    (found,) = fingerprinted([finding(4, 5)], tree)
    assert found.place == "data.run.sh PASSWORD"


def test_the_start_of_a_document_is_the_whole_of_it(open_files: Open) -> None:
    texts = ("kind: Pod\napiVersion: v1\n", "# a remark\napiVersion: v1\nkind: Pod\n")
    for at, text in enumerate(texts):
        tree = open_files({f"{at}.yaml": text})
        (found,) = fingerprinted([finding(1, path=f"{at}.yaml")], tree)
        assert found.place == "Pod"
    key = tree.span("1.yaml", 0, ("apiVersion",), on_key=True)
    places = [finding(2, 13, "1.yaml"), replace(finding(2, path="1.yaml"), span=key)]
    assert [item.place for item in fingerprinted(places, tree)] == ["Pod apiVersion", "Pod apiVersion"]
