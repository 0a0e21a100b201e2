from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from gitlint_ops.engine import EngineClient
from gitlint_ops.repo.model import Delivery
from tests.render.provenance.support import Lab, lab, write

MakeLab = Callable[..., Lab]


@pytest.fixture
def make_lab(tmp_path: Path) -> Iterator[MakeLab]:
    """Write files, render the deliveries given, and give the lab; its engine ends with the test."""
    engine = EngineClient(tmp_path, workers=2)

    def make(files: Mapping[str, str], *deliveries: Delivery) -> Lab:
        write(tmp_path, {name: textwrap.dedent(text).lstrip("\n") for name, text in files.items()})
        return lab(tmp_path, engine, list(deliveries))

    yield make
    engine.close()
