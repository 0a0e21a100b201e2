"""The lock file: what each reference of the repository came to, so that later runs take the same bytes."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gitlint_ops.source.vendor.model import KINDS, Locked, Remote

LOCK_NAME = "gitlint-ops.lock"
MAX_LOCK_BYTES = 4 * 1024 * 1024
_FORMAT = 1
_FIELDS = ("kind", "url", "name", "wanted", "version", "revision", "file", "digest")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,150}\.(tgz|tar)")

Lock = Mapping[Remote, Locked]


class VendorError(Exception):
    """What was fetched cannot be used: ``message`` says what is wrong, ``advice`` what to do."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


def read_lock(root: Path) -> Lock:
    """Read the lock file at a repository's root; where there is none, nothing is locked. Raises VendorError."""
    file = root / LOCK_NAME
    try:
        if file.is_symlink():
            raise _malformed("it is a symbolic link")
        if not file.is_file():
            return {}
        if file.stat().st_size > MAX_LOCK_BYTES:
            raise _malformed("it is over 4 MiB")
        data = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _malformed("it cannot be read as JSON") from error
    if not isinstance(data, dict) or data.get("version") != _FORMAT or not isinstance(data.get("artifacts"), list):
        raise _malformed(f"it has no 'version: {_FORMAT}' and list of 'artifacts'")
    return dict(_entry(item) for item in data["artifacts"])


def _malformed(why: str) -> VendorError:
    return VendorError(f"{LOCK_NAME}: {why}", "restore it, or delete it and run 'gitlint-ops vendor'")


def _entry(item: Any) -> tuple[Remote, Locked]:
    if not isinstance(item, dict) or not all(isinstance(value, str) for value in item.values()):
        raise _malformed("an artifact is not a mapping of texts")
    text = {key: item.get(key, "") for key in _FIELDS}
    if text["kind"] not in KINDS or not text["url"]:
        raise _malformed(f"an artifact has no url, or a kind that is none of {', '.join(KINDS)}")
    # The file is opened by this name: it must not lead anywhere else.
    if not _FILE.fullmatch(text["file"]) or not _DIGEST.fullmatch(text["digest"]):
        raise _malformed(f"the artifact of {text['url'][:100]} has no plain file name, or no sha256 digest")
    key = Remote(text["kind"], text["url"], text["name"], text["wanted"])
    return key, Locked(text["file"], text["digest"], text["version"], text["revision"])


def write_lock(root: Path, lock: Lock) -> None:
    """Write the lock file in one step, artifacts in order, empty fields left out."""
    artifacts = [_fields(key, lock[key]) for key in sorted(lock)]
    text = json.dumps({"version": _FORMAT, "artifacts": artifacts}, indent=2, ensure_ascii=False) + "\n"
    # In a folder that nobody knows before: the repository may hold a symlink of any other name.
    with tempfile.TemporaryDirectory(prefix=f".{LOCK_NAME}-", dir=root, ignore_cleanup_errors=True) as folder:
        partial = Path(folder, LOCK_NAME)
        partial.write_bytes(text.encode())
        partial.replace(root / LOCK_NAME)


def _fields(key: Remote, found: Locked) -> dict[str, str]:
    values = (key.kind, key.url, key.name, key.version, found.version, found.revision, found.file, found.digest)
    return {name: value for name, value in zip(_FIELDS, values, strict=True) if value}
