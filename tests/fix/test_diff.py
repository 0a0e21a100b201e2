from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from gitlint_ops.fix import FileChange, unified_diff

BEFORE = b"\xef\xbb\xbfa: 1\r\nb: 2\nc: 3\n" + b"d: 4\n" * 5 + b"e: 5"
AFTER = b"\xef\xbb\xbfa: 1\r\nb: '2'\nc: 3\n" + b"d: 4\n" * 5 + b"e: 6"


def test_the_diff_is_in_the_unified_form() -> None:
    assert unified_diff([FileChange("apps/a.yaml", b"a: 1\nb: 2\n", b"a: 1\nb: '2'\n")]) == (
        "--- a/apps/a.yaml\n+++ b/apps/a.yaml\n@@ -1,2 +1,2 @@\n a: 1\n-b: 2\n+b: '2'\n"
    )


def test_no_change_gives_no_diff() -> None:
    assert unified_diff([]) == ""


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_git_applies_the_diff(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(BEFORE)
    patch = unified_diff([FileChange("a.yaml", BEFORE, AFTER)]).encode()
    subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], cwd=tmp_path, input=patch, check=True)
    assert (tmp_path / "a.yaml").read_bytes() == AFTER


def test_lines_that_may_hold_a_secret_are_not_shown() -> None:
    change = FileChange(
        "a.yaml", b"a: 1\npassword: hunter2\n", b"a: 2\n  password: hunter2\n", frozenset({"password: hunter2"})
    )
    text = unified_diff([change])
    assert "hunter2" not in text
    assert text.splitlines()[3:] == [
        "-a: 1",
        "-# (not shown: it may hold a secret)",
        "+a: 2",
        "+  # (not shown: it may hold a secret)",
    ]
