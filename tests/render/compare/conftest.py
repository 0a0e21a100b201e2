"""A base beside a work tree, made of files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.render import Provenance
from gitlint_ops.render.compare import Base, Causes, open_both
from gitlint_ops.render.model import Rendering
from gitlint_ops.source import open_tree
from tests.repositories import Repository


@dataclass(frozen=True)
class Compared:
    base: Base
    head: Rendering
    causes: Causes


Compare = Callable[[Mapping[str, str], Mapping[str, str]], Compared]


@pytest.fixture
def compared(tmp_path: Path) -> Iterator[Compare]:
    """Commit the files as they were, write those that are, and compare."""
    stack = ExitStack()

    def compare_files(before: Mapping[str, str], after: Mapping[str, str]) -> Compared:
        repository = Repository(tmp_path / "repo")
        repository.commit(before)
        repository.write(after)
        engine = stack.enter_context(EngineClient(repository.root, workers=1))
        tree = open_tree(repository.root, engine, Config())
        head, base = stack.enter_context(open_both(tree, engine, Config(), "HEAD"))
        return Compared(base, head, base.causes(tree, head, Provenance(tree, engine, head)))

    with stack:
        yield compare_files
