"""Fetch what a repository refers to: render it, fetch what was lacking, until nothing new is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.engine_time import Budget
from gitlint_ops.render.repository import render_repository
from gitlint_ops.source import Span, open_tree
from gitlint_ops.source.vendor import Lock, Locked, Remote, open_fetched
from gitlint_ops.source.vendor.client import VendorClient

MAX_ROUNDS = 10
"""How often what was fetched may lead to more: a base of a base, a chart that an Application of an artifact names."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What could not be fetched, the first place that needs it, and why."""

    remote: Remote
    span: Span | None
    reason: str
    kind: str


@dataclass(frozen=True, slots=True)
class Vendored:
    """What a repository needs from elsewhere: all that is at hand, what of it is new, and what cannot be had."""

    lock: Lock
    fetched: tuple[Remote, ...]
    failures: tuple[Failure, ...]


@dataclass(slots=True)
class Vendoring:
    """One run over a repository. Archives that are in one of ``stores`` are used, new ones are put into the first.

    ``lock`` pins what it names. ``hosts`` may be private and be redirected to. ``say`` is told what is being done.
    """

    root: Path
    config: Config
    lock: Lock
    stores: Sequence[Path]
    hosts: Collection[str]
    say: Callable[[str], None]

    def run(self) -> Vendored:
        """Fetch all that the deliveries of the repository need; raises VendorError, EngineUnavailableError."""
        found: dict[Remote, Locked] = dict(self.lock)
        failures: dict[Remote, Failure] = {}
        new: dict[Remote, None] = {}
        used: set[Remote] = set()
        with VendorClient(self.root, network=True, hosts=self.hosts) as client:
            for _ in range(MAX_ROUNDS):
                wanted, used = self._rendered(found)
                lacking = {key: span for key, span in wanted.items() if key not in failures}
                fetched = self._fetch(client, lacking, failures)
                found |= fetched
                new |= dict.fromkeys(fetched)
                used |= fetched.keys()
                if not fetched:
                    break
        # What is locked and cannot be had today is still what the repository wants.
        kept = {key: entry for key, entry in found.items() if key in used or key in failures}
        return Vendored(kept, tuple(new), tuple(failures.values()))

    def _fetch(
        self, client: VendorClient, wanted: Mapping[Remote, Span | None], failures: dict[Remote, Failure]
    ) -> dict[Remote, Locked]:
        """Fetch what is wanted; what cannot be had is added to ``failures``."""
        if not wanted:
            return {}
        self.say(f"Fetching {len(wanted)} ...")
        self.stores[0].mkdir(parents=True, exist_ok=True)
        found: dict[Remote, Locked] = {}
        for key, answer in zip(wanted, client.fetch(self._pinned(wanted), self.stores[0]), strict=True):
            if isinstance(answer, EngineError):
                failures[key] = Failure(key, wanted[key], answer.message, answer.kind)
            else:
                found[key] = self.lock.get(key, answer)
        return found

    def _rendered(self, lock: Lock) -> tuple[Mapping[Remote, Span | None], set[Remote]]:
        """Give what is lacking, with the first place that needs it, and what of the lock is used."""
        self.say("Rendering ...")
        budget = Budget(self.config.limits.total_seconds)
        with (
            open_fetched(lock, self.stores) as fetched,
            EngineClient(self.root, fetched=fetched.folder, budget=budget) as engine,
        ):
            rendering = render_repository(open_tree(self.root, engine, self.config, fetched), engine, self.config)
        wanted: dict[Remote, Span | None] = {}
        for _, item in rendering.unrendered:
            for key in item.remotes:
                if not any(fnmatchcase(key.url, pattern) for pattern in self.config.vendor.skip):
                    wanted.setdefault(key, item.span)
        return wanted, fetched.used

    def _pinned(self, wanted: Collection[Remote]) -> list[tuple[Remote, Locked | None]]:
        """Ask for the very revision of what is locked, and for anything that fits of the rest."""
        return [_pin(key, self.lock[key]) if key in self.lock else (key, None) for key in wanted]


def _pin(key: Remote, locked: Locked) -> tuple[Remote, Locked]:
    version = locked.version if key.kind == "chart" else locked.revision
    return replace(key, version=version or key.version), locked
