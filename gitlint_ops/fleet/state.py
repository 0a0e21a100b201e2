"""The state folder of a fleet: the report of each repository that was checked, so that a run that ended goes on."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gitlint_ops import __version__
from gitlint_ops.fleet.model import Answer


@dataclass(frozen=True, slots=True)
class State:
    """One file for each name, with its latest report and what that rests on.

    The folder need not be there. A file that cannot be read, or is another version's, is as good as none.
    """

    folder: Path

    def recall(self, name: str) -> Answer | None:
        """Give what was kept for a name, None where there is nothing."""
        try:
            answer = Answer.read(self._file(name).read_bytes())
        except (OSError, ValueError):
            # The repository is checked anew, which needs nobody's attention.
            return None
        return answer if answer.version == __version__ and _is_whole(answer.report, answer.basis) else None

    def keep(self, name: str, answer: Answer) -> None:
        """Keep an answer in one step, for the user alone. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file, partial = tempfile.mkstemp(prefix=".part-", dir=self.folder)
        try:
            with os.fdopen(file, "wb") as part:
                part.write(answer.line().encode("ascii"))
            Path(partial).replace(self._file(name))
        except BaseException:
            # A full disk, or a signal: what is half written must not stay.
            Path(partial).unlink(missing_ok=True)
            raise

    def _file(self, name: str) -> Path:
        return self.folder / f"{hashlib.sha256(os.fsencode(name)).hexdigest()[:32]}.json"


def _is_whole(report: Mapping[str, Any] | None, basis: Mapping[str, Any] | None) -> bool:
    return isinstance(report, dict) and isinstance(basis, dict)
