from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from gitlint_ops.fix import FileChange, WriteError, write

OLD, NEW = b"a: 1\r\n", b"a: 2\r\n"


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "apps/a.yaml"
    file.parent.mkdir()
    file.write_bytes(OLD)
    file.chmod(0o640)
    mode = stat.S_IMODE(file.stat().st_mode)
    write(tmp_path, [FileChange("apps/a.yaml", OLD, NEW)])
    assert file.read_bytes() == NEW
    assert stat.S_IMODE(file.stat().st_mode) == mode
    assert list(file.parent.iterdir()) == [file]


def test_nothing_is_written_where_one_file_changed_meanwhile(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_bytes(OLD)
    (tmp_path / "b.yaml").write_bytes(b"a: 3\n")
    with pytest.raises(WriteError, match=r"^'b.yaml' changed while it was checked$"):
        write(tmp_path, [FileChange("a.yaml", OLD, NEW), FileChange("b.yaml", OLD, NEW)])
    assert (tmp_path / "a.yaml").read_bytes() == OLD


def test_a_file_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"^'a.yaml' cannot be read: No such file or directory$"):
        write(tmp_path, [FileChange("a.yaml", OLD, NEW)])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["link.yaml", "folder/a.yaml", "../outside.yaml"])
def test_nothing_is_written_through_a_link_or_outside(tmp_path: Path, path: str) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside.yaml"
    (root / "real").mkdir(parents=True)
    for file in (outside, root / "real/a.yaml"):
        file.write_bytes(OLD)
    try:
        (root / "link.yaml").symlink_to("../outside.yaml")
        (root / "folder").symlink_to("real")
    except OSError:
        pytest.skip("symlinks need a privilege on Windows")
    with pytest.raises(WriteError, match="is reached through a symlink"):
        write(root, [FileChange(path, OLD, NEW)])
    assert outside.read_bytes() == (root / "real/a.yaml").read_bytes() == OLD


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such mode there")
def test_what_was_written_is_taken_back_where_a_later_file_cannot_be(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser writes anywhere")
    for name in ("a.yaml", "locked/b.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(OLD)
    (tmp_path / "locked").chmod(0o555)
    with pytest.raises(WriteError, match=r"^'locked/b.yaml' cannot be written: Permission denied$"):
        write(tmp_path, [FileChange("a.yaml", OLD, NEW), FileChange("locked/b.yaml", OLD, NEW)])
    (tmp_path / "locked").chmod(0o755)
    assert (tmp_path / "a.yaml").read_bytes() == OLD
