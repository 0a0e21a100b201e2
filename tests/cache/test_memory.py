import json
from pathlib import Path

import pytest

from gitlint_ops.cache import Memory, Read, Store

READS = (Read("file", "a.yaml"), Read("absent", "values.yaml"))


def memory_of(root: Path, made_by: bytes = b"1", folder: str = "cache") -> Memory:
    return Memory(Store(root.parent / folder, 1024 * 1024), made_by, root)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "a.yaml").write_text("a: 1")
    return tmp_path / "root"


def keep(root: Path, result: bytes = b"result") -> None:
    memory = memory_of(root)
    memory.keep(b"question", result, READS)
    memory.store.close()


def test_a_result_holds_while_all_that_was_read_is_the_same(root: Path) -> None:
    keep(root)
    (root / "other.yaml").write_text("")
    assert memory_of(root).recall(b"question") == (b"result", tuple(sorted(READS)))
    assert memory_of(root).recall(b"another") is None
    assert memory_of(root, made_by=b"2").recall(b"question") is None


@pytest.mark.parametrize("name", ["a.yaml", "values.yaml"])
def test_an_edit_and_a_new_file_end_it_and_the_way_back_brings_it_back(name: str, root: Path) -> None:
    keep(root)
    before = (root / name).read_text() if (root / name).exists() else None
    (root / name).write_text("a: 2")
    assert memory_of(root).recall(b"question") is None
    keep(root, b"other")
    assert (memory_of(root).recall(b"question") or (b"",))[0] == b"other"
    (root / name).unlink()
    if before is not None:
        (root / name).write_text(before)
    assert (memory_of(root).recall(b"question") or (b"",))[0] == b"result"


def test_it_holds_for_the_same_files_elsewhere(root: Path, tmp_path: Path) -> None:
    keep(root)
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "a.yaml").write_text("a: 1")
    assert (memory_of(root).at(copy).recall(b"question") or (b"",))[0] == b"result"


def test_results_over_other_places_stand_beside_each_other(root: Path) -> None:
    keep(root)
    memory = memory_of(root)
    for name in ("b.yaml", "c.yaml"):
        memory.keep(b"question", name.encode(), [Read("file", name)])
    memory.store.close()
    assert (memory_of(root).recall(b"question") or (b"",))[0] == b"c.yaml"
    (root / "c.yaml").write_text("")
    assert (memory_of(root).recall(b"question") or (b"",))[0] == b"b.yaml"
    (root / "b.yaml").write_text("")
    assert (memory_of(root).recall(b"question") or (b"",))[0] == b"result"


@pytest.mark.parametrize("forged", [b"", b"nothing", b"{}", b"[1]", b"[[1]]", b'[[["file"]]]', b"[" * 100_000, b"5"])
def test_a_forged_list_of_places_is_none(forged: bytes, root: Path) -> None:
    memory = memory_of(root)
    memory.store.put(b"reads\0" + b"1\0question", forged)
    assert memory.recall(b"question") is None


def test_a_forged_list_opens_no_result(root: Path) -> None:
    keep(root)
    memory = memory_of(root)
    memory.store.put(b"reads\0" + b"1\0question", json.dumps([[["tree", "/"], ["file", "../x"]]][:0]).encode())
    assert memory.recall(b"question") is None
