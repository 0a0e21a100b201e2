import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from gitlint_ops.cache.states import MAX_DIGESTED_BYTES, Read, States

Change = Callable[[Path], object]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "one.yaml").write_text("one")
    (tmp_path / "a" / "b" / "two.yaml").write_text("two")
    if sys.platform != "win32":
        (tmp_path / "link").symlink_to("a/one.yaml")
        (tmp_path / "nowhere").symlink_to("gone")
    return tmp_path


def changes(root: Path, read: Read, change: Change) -> bool:
    before = States(root).of(read)
    assert States(root).of(read) == before
    change(root)
    return States(root).of(read) != before


EDIT: Change = lambda root: (root / "a/one.yaml").write_text("other")  # noqa: E731 - a name for a row below
SAME_SIZE: Change = lambda root: (root / "a/one.yaml").write_text("eno")  # noqa: E731
ADD: Change = lambda root: (root / "a/new.yaml").write_text("")  # noqa: E731
DELETE: Change = lambda root: (root / "a/one.yaml").unlink()  # noqa: E731
DEEP: Change = lambda root: (root / "a/b/new.yaml").write_text("")  # noqa: E731
MOVED: Change = lambda root: ((root / "link").unlink(), (root / "link").symlink_to("a/b/two.yaml"))  # noqa: E731


@pytest.mark.parametrize(
    ("kind", "path", "change", "changed"),
    [
        ("file", "a/one.yaml", EDIT, True),
        ("file", "a/one.yaml", SAME_SIZE, True),
        ("file", "a/one.yaml", DELETE, True),
        ("file", "a/one.yaml", ADD, False),
        ("present", "a/one.yaml", EDIT, True),
        ("present", "a/one.yaml", SAME_SIZE, False),
        ("present", "a", ADD, False),
        ("absent", "a/new.yaml", ADD, True),
        ("absent", "a/none.yaml", ADD, False),
        ("folder", "a", ADD, True),
        ("folder", "a", DELETE, True),
        ("folder", "a", EDIT, False),
        ("folder", "a", DEEP, False),
        ("folder", "a", lambda root: (DELETE(root), (root / "a/one.yaml").mkdir()), True),
        ("tree", "a", DEEP, True),
        ("tree", "a", SAME_SIZE, True),
        ("tree", "a/b", EDIT, False),
        ("tree", ".", lambda root: (root / ".git").mkdir(), False),
        ("named", "new.yaml", DEEP, True),
        ("named", "one.yaml", DEEP, False),
        ("named", "one.yaml", DELETE, True),
        ("named", "HEAD", lambda root: ((root / ".git").mkdir(), (root / ".git/HEAD").write_text("")), False),
    ],
)
def test_a_state_changes_with_what_is_there(kind: str, path: str, change: Change, changed: bool, root: Path) -> None:
    assert changes(root, Read(kind, path), change) == changed


@pytest.mark.skipif(sys.platform == "win32", reason="needs symlinks")
@pytest.mark.parametrize(
    ("path", "change", "changed"),
    [
        ("link", MOVED, True),
        ("link", SAME_SIZE, True),
        ("link", DELETE, True),
        ("link", ADD, False),
        ("nowhere", lambda root: (root / "gone").write_text(""), True),
    ],
)
def test_a_link_is_where_it_leads(path: str, change: Change, changed: bool, root: Path) -> None:
    assert changes(root, Read("file", path), change) == changed


def test_what_lies_outside_is_named_in_full(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other") / "a.json"
    other.write_text("1")
    assert changes(root, Read("file", str(other)), lambda _: other.write_text("2"))


def test_only_the_size_of_what_is_too_large_counts(root: Path) -> None:
    large = root / "large"
    with large.open("wb") as file:
        file.truncate(MAX_DIGESTED_BYTES + 1)
    assert States(root).of(Read("file", "large")) == f"file of {MAX_DIGESTED_BYTES + 1}"


def test_the_day(root: Path) -> None:
    assert States(root).of(Read("today")) == date.today().isoformat()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_opened(root: Path) -> None:
    os.mkfifo(root / "pipe")
    assert States(root).of(Read("file", "pipe")) == "no file"
    assert States(root).of(Read("tree", ".")) != States(root).of(Read("tree", "a"))


def test_each_place_is_looked_at_once(root: Path) -> None:
    states = States(root)
    before = states.of(Read("file", "a/one.yaml"))
    EDIT(root)
    assert states.of(Read("file", "a/one.yaml")) == before


def test_what_cannot_be_a_path_is_unreadable(root: Path) -> None:
    assert States(root).of(Read("file", "a\0b")) == "unreadable ValueError"
