"""The process that fetches and unpacks: the engine's program in another role, with the user's own environment."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.source.vendor.model import Locked, Remote

TIMEOUT_MS = 180_000
"""How long one artifact may take, in milliseconds."""


class VendorClient(EngineClient):
    """Fetches archives, where ``network`` allows it, and unpacks them below ``root``.

    ``hosts`` are those that may be private, speak plain HTTP and be redirected to. Credentials are those of the user's
    own files for Helm, Docker and Git, so it has the user's environment; nothing of a repository tells it a server that
    the rules do not allow.
    """

    def __init__(self, root: Path, *, network: bool = False, hosts: Collection[str] = ()) -> None:
        super().__init__(root, timeout_ms=TIMEOUT_MS)
        self._network = network
        self._hosts = hosts
        self._temporary = tempfile.TemporaryDirectory(prefix="gitlint-ops-", ignore_cleanup_errors=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self._temporary.cleanup()

    def arguments(self) -> list[str]:
        """Give the program's arguments."""
        network = ["--network", "--hosts", ",".join(sorted(self._hosts))] if self._network else []
        return ["vendor", "--root", str(self._root), *network]

    def environment(self) -> dict[str, str]:
        """Give the user's whole environment: proxies, certificates, and where the files with credentials are.

        What is temporary goes into a folder of this client's: a process that is killed takes nothing away.
        """
        return {**os.environ, **dict.fromkeys(("TMPDIR", "TMP", "TEMP"), self._temporary.name)}

    def fetch(self, wanted: Sequence[tuple[Remote, Locked | None]], folder: Path) -> list[Locked | EngineError]:
        """Fetch artifacts into a folder; one that is locked must have that digest, and gets that file name.

        Errors stand in place of what cannot be had. No part of a file is left in the folder, however this ends.
        """
        with tempfile.TemporaryDirectory(prefix=".partial-", dir=folder, ignore_cleanup_errors=True) as partial:
            requests = [
                {"verb": "fetch", "source": _source(remote, locked), "folder": partial} for remote, locked in wanted
            ]
            answers = self.call_many(requests)
            for name in {answer["file"] for answer in answers if not isinstance(answer, EngineError)}:
                (Path(partial) / name).replace(folder / name)
        return [answer if isinstance(answer, EngineError) else _locked(answer) for answer in answers]


def _source(remote: Remote, locked: Locked | None) -> dict[str, str]:
    source = {"kind": remote.kind, "url": remote.url, "name": remote.name, "version": remote.version}
    return source | ({"digest": locked.digest, "file": locked.file} if locked is not None else {})


def _locked(answer: Mapping[str, Any]) -> Locked:
    return Locked(answer["file"], answer["digest"], answer.get("version") or "", answer.get("revision") or "")
