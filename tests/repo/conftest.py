"""Surveys of small repositories, with the true engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

import pytest

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.repo import Context, survey
from gitlint_ops.source import open_tree


class SurveyOf(Protocol):
    """Survey a repository of these files (path to text)."""

    def __call__(self, files: Mapping[str, str], config: Config = ...) -> Context: ...


@pytest.fixture
def survey_of(write: Callable[[Mapping[str, str]], Path]) -> Iterator[SurveyOf]:
    """Write files, survey them, and end the engine with the test."""
    clients: list[EngineClient] = []

    def survey_files(files: Mapping[str, str], config: Config | None = None) -> Context:
        root = write(files)
        clients.append(EngineClient(root, workers=1))
        tree = open_tree(root, clients[-1], config or Config())
        return survey(tree, clients[-1], config or Config())

    yield survey_files
    for client in clients:
        client.close()
