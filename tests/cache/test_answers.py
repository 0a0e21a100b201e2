from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from gitlint_ops.cache import AnswerCache, Memory, Read, Store
from gitlint_ops.engine import EngineClient, EngineError

Write = Callable[[Mapping[str, str]], Path]
KUSTOMIZATION = "resources: [a.yaml]\n"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


class Engine:
    """An engine over a folder whose answers are remembered, as a run has it."""

    def __init__(self, root: Path) -> None:
        self.store = Store(root.parent / "cache", 1024 * 1024)
        self.answers = AnswerCache(Memory(self.store, b"1", root))
        self.client = EngineClient(root, remembered=self.answers)

    def __enter__(self) -> "Engine":
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self.store.close()

    def build(self, **fields: Any) -> dict[str, Any]:
        return self.client.call("kustomize", path=".", **fields)


def test_a_second_run_starts_no_engine(write: Write) -> None:
    root = write({"kustomization.yaml": KUSTOMIZATION, "a.yaml": CONFIG_MAP})
    with Engine(root) as first:
        built = first.build()
        assert first.client.pid is not None
    with Engine(root) as second:
        assert {**built, "id": 0} == {**second.build(), "id": 0}
        assert second.client.pid is None
        assert second.answers.reads == first.answers.reads
        assert {Read("file", "a.yaml"), Read("file", "kustomization.yaml")} < second.answers.reads
        assert second.client.requests == 1


def test_reads_are_given_to_those_who_ask(write: Write) -> None:
    root = write({"kustomization.yaml": KUSTOMIZATION, "a.yaml": CONFIG_MAP})
    for _ in range(2):
        with Engine(root) as engine:
            assert "reads" not in engine.build()
            paths = [read["path"] for read in engine.build(reads=True)["reads"]]
            assert {"a.yaml", "kustomization.yaml"} < set(paths)


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.yaml", CONFIG_MAP.replace("name: a", "name: b")), ("kustomization.yaml", "namespace: x\n" + KUSTOMIZATION)],
)
def test_a_change_is_built_anew(name: str, text: str, write: Write) -> None:
    root = write({"kustomization.yaml": KUSTOMIZATION, "a.yaml": CONFIG_MAP})
    with Engine(root) as first:
        built = first.build()
    (root / name).write_text(text)
    with Engine(root) as second:
        assert second.build()["objects"] != built["objects"]


def test_an_error_is_remembered_until_its_cause_goes(write: Write) -> None:
    root = write({"kustomization.yaml": KUSTOMIZATION})
    messages = set()
    for _ in range(2):
        with Engine(root) as engine:
            with pytest.raises(EngineError) as raised:
                engine.build()
            messages.add((raised.value.kind, raised.value.message, raised.value.path))
            pid = engine.client.pid
    assert pid is None
    assert len(messages) == 1
    (root / "a.yaml").write_text(CONFIG_MAP)
    with Engine(root) as engine:
        assert [item["kind"] for item in engine.build()["objects"]] == ["ConfigMap"]


@pytest.mark.parametrize("kind", ["timeout", "panic", "crashed"])
def test_what_another_run_need_not_meet_is_not_remembered(kind: str, tmp_path: Path) -> None:
    with Engine(tmp_path) as engine:
        engine.answers.keep({"verb": "x"}, {"ok": False, "error": {"kind": kind}})
        assert engine.answers.unsettled
        assert engine.answers.recall({"verb": "x"}) is None


def test_a_file_that_changes_while_it_is_read_is_not_remembered(write: Write) -> None:
    root = write({"kustomization.yaml": KUSTOMIZATION, "a.yaml": CONFIG_MAP})
    with Engine(root) as engine:
        answer = {"ok": True, "reads": [{"path": "a.yaml", "kind": "file", "digest": "0" * 64}]}
        engine.answers.keep({"verb": "x"}, answer)
        assert engine.answers.unsettled
        assert engine.answers.recall({"verb": "x"}) is None


def test_an_engine_elsewhere_notes_what_it_reads_too(write: Write) -> None:
    root = write({"here/a.yaml": "a: 1", "there/b.yaml": "b: 1"})
    with Engine(root / "here") as engine:
        other = engine.client.at(root / "there")
        other.call("read", files=["b.yaml"])
        other.close()
        assert Read("file", "b.yaml") in engine.answers.reads
        engine.client.depends_on("today")
        assert Read("today") in engine.answers.reads


def test_an_answer_of_another_form_is_none(tmp_path: Path) -> None:
    with Engine(tmp_path) as engine:
        for forged in (b"[]", b"{", b"[" * 100_000):
            Memory(engine.store, b"1", tmp_path).keep(b'{"verb":"x"}', forged, [])
            assert engine.answers.recall({"verb": "x"}) is None
