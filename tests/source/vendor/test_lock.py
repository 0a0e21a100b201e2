"""The lock file: written in order, read back the same, and refused where it is not what ``vendor`` writes."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from gitlint_ops.source.vendor import Locked, VendorError, read_lock, remote, write_lock

DIGEST = "sha256:" + "0" * 64
LOCK = {
    remote("git", "https://example.com/r", version="main"): Locked("r-main-00.tar", DIGEST, "main", "abc"),
    remote("chart", "https://u:p@example.com/charts/", "web", "1.x"): Locked("web-1.2.0-00.tgz", DIGEST, "1.2.0"),
}


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_lock(tmp_path) == {}
    write_lock(tmp_path, LOCK)
    assert read_lock(tmp_path) == LOCK
    assert list(tmp_path.iterdir()) == [tmp_path / "gitlint-ops.lock"]
    assert json.loads((tmp_path / "gitlint-ops.lock").read_text("utf-8"))["artifacts"][0] == {
        "kind": "chart",
        "url": "https://example.com/charts",
        "name": "web",
        "wanted": "1.x",
        "version": "1.2.0",
        "file": "web-1.2.0-00.tgz",
        "digest": DIGEST,
    }


def test_it_is_text_that_a_diff_shows_line_by_line(tmp_path: Path) -> None:
    write_lock(tmp_path, {remote("file", "https://example.com/\u00fc"): Locked("a.tar", DIGEST)})
    assert (tmp_path / "gitlint-ops.lock").read_text("utf-8") == (
        '{\n  "version": 1,\n  "artifacts": [\n    {\n      "kind": "file",\n'
        '      "url": "https://example.com/\u00fc",\n      "file": "a.tar",\n'
        f'      "digest": "{DIGEST}"\n    }}\n  ]\n}}\n'
    )


def test_what_is_half_written_lies_beside_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        seen.append(self.relative_to(tmp_path).as_posix())
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    write_lock(tmp_path, LOCK)
    assert [re.fullmatch(r"\.gitlint-ops\.lock-\w+/gitlint-ops\.lock", name) is not None for name in seen] == [True]


@pytest.mark.skipif(sys.platform == "win32", reason="symlinks need a right there")
def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text('{"version": 1, "artifacts": [{"kind": "secret"}]}', "utf-8")
    (tmp_path / "gitlint-ops.lock").symlink_to(tmp_path / "outside")
    with pytest.raises(VendorError) as refused:
        read_lock(tmp_path)
    assert refused.value.message == "gitlint-ops.lock: it is a symbolic link"


ENTRY = {"kind": "git", "url": "https://example.com/r", "file": "r.tar", "digest": DIGEST}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "it cannot be read as JSON"),
        ("[" * 100_000, "it cannot be read as JSON"),
        ("[]", "it has no 'version: 1' and list of 'artifacts'"),
        ({"version": 2, "artifacts": []}, "it has no 'version: 1' and list of 'artifacts'"),
        ({"version": 1, "artifacts": [{**ENTRY, "wanted": 1}]}, "an artifact is not a mapping of texts"),
        (
            {"version": 1, "artifacts": [{**ENTRY, "kind": "ftp"}]},
            "an artifact has no url, or a kind that is none of chart, git, oci, file",
        ),
        (
            {"version": 1, "artifacts": [{**ENTRY, "file": "../../etc/passwd.tar"}]},
            "the artifact of https://example.com/r has no plain file name, or no sha256 digest",
        ),
        (
            {"version": 1, "artifacts": [{**ENTRY, "digest": "md5:0"}]},
            "the artifact of https://example.com/r has no plain file name, or no sha256 digest",
        ),
    ],
)
def test_what_is_malformed_is_refused(tmp_path: Path, content: Any, why: str) -> None:
    (tmp_path / "gitlint-ops.lock").write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    with pytest.raises(VendorError) as refused:
        read_lock(tmp_path)
    assert refused.value.message == str(refused.value) == f"gitlint-ops.lock: {why}"
    assert refused.value.advice == "restore it, or delete it and run 'gitlint-ops vendor'"


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (
            remote("chart", "https://example.com/charts", "web", "1.x"),
            "chart 'web' 1.x from https://example.com/charts",
        ),
        (remote("git", "git@example.com:o/r.git", version="main"), "Git repository git@example.com:o/r.git main"),
        (remote("oci", "oci://example.com/x"), "OCI artifact oci://example.com/x"),
        (remote("file", "https://example.com/crds.yaml?token=secret"), "https://example.com/crds.yaml"),
    ],
)
def test_a_reference_in_the_users_words(wanted: object, shown: str) -> None:
    assert str(wanted) == shown
