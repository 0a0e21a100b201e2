"""The report of a whole run, remembered: a second run over the same repository needs neither engine nor rules."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gitlint_ops.cache import AnswerCache, Memory, Read, States
from gitlint_ops.lint.model import Report
from gitlint_ops.lint.spares import Spares
from gitlint_ops.report.stored import StoredReportError, from_bytes, to_bytes
from gitlint_ops.source.listing import Names, names_below
from gitlint_ops.source.whole import describe


@dataclass(frozen=True, slots=True)
class Basis:
    """What a report rests on: the places that were read for it, and a digest of their state and of what was asked."""

    digest: str
    reads: tuple[Read, ...]


def basis_of(value: Any) -> Basis | None:
    """Read a basis from its value of JSON, ``dataclasses.asdict``; None where it is none."""
    try:
        return Basis(str(value["digest"]), tuple(Read(str(kind), str(path)) for kind, path in value["reads"]))
    except (KeyError, TypeError, ValueError):
        return None


_COVERED = ("file", "link", "present")
"""Accesses that the description of the repository covers, where they are to its files."""


class RememberedRun:
    """One run over the repository at ``root``: ``asked`` is what else decides on its report, as JSON values."""

    def __init__(self, root: Path, memory: Memory, asked: Mapping[str, Any]) -> None:
        self._root = root
        self._memory = memory
        self._asked = json.dumps(asked, sort_keys=True)
        self.listed = names_below(root)
        """The names below the root as the run found them."""
        self._question, self._names = self._describe(memory.states, self.listed)
        self.spares = Spares(memory, {name.partition("/")[0] for name in self._names if "/" in name})
        """What earlier runs found nothing in, for the checks of this one."""
        self.basis: Basis | None = None
        """What the report rests on that was recalled or kept; None where there is none that would hold later."""

    def holds(self, basis: Basis) -> bool:
        """Tell whether a report that rests on ``basis`` is the one that this run would give."""
        return self._memory.digest(self._question, basis.reads) == basis.digest

    def recall(self) -> Report | None:
        """Give the report of an earlier run that holds now, None where there is none."""
        found = self._memory.recall(self._question)
        try:
            report = from_bytes(found[0]) if found else None
        except StoredReportError:
            return None
        self.basis = self._basis(found[1]) if found else None
        return report

    def keep(self, report: Report, answers: AnswerCache, beside: Collection[Read]) -> None:
        """Remember the report of this run, unless the repository has changed under it.

        ``answers`` knows what the engine read, ``beside`` is what else was looked at outside of the repository's files.
        """
        if report.defects or answers.unsettled or self._describe(States(self._root))[0] != self._question:
            return
        outside = {read for read in answers.reads if not (read.kind in _COVERED and read.path in self._names)}
        reads = tuple(sorted(outside.union(beside)))
        self._memory.keep(self._question, to_bytes(report), reads)
        self.basis = self._basis(reads)
        self.spares.keep()

    def _basis(self, reads: tuple[Read, ...]) -> Basis:
        return Basis(self._memory.digest(self._question, reads), reads)

    def _describe(self, states: States, known: Names | None = None) -> tuple[bytes, frozenset[str]]:
        """Give what is asked, over the files as ``states`` sees them, and the names of the files that it covers."""
        described, names = describe(self._root, states, self._memory.store.files, known)
        return f"run\n{self._asked}\n{described}".encode("utf-8", "surrogateescape"), names
