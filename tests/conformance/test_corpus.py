"""With GITLINT_OPS_CORPUS=<folder of checkouts>: every kustomization there, against the official Kustomize."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from gitlint_ops.engine import EngineClient, EngineError
from tests.conformance.conftest import KUSTOMIZATION_FILES, Official, files_named, official_kustomize

CORPUS = os.environ.get("GITLINT_OPS_CORPUS", "")
CHECKOUTS = sorted(path for path in Path(CORPUS).iterdir() if path.is_dir()) if CORPUS else []


@pytest.mark.skipif(not CORPUS, reason="GITLINT_OPS_CORPUS names no folder")
@pytest.mark.parametrize("checkout", CHECKOUTS, ids=lambda path: path.name)
def test_every_kustomization(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [path.parent.relative_to(checkout) for path in files_named(checkout, KUSTOMIZATION_FILES)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        official = list(pool.map(lambda folder: official_kustomize(checkout / folder), folders))
    requests = [{"verb": "kustomize", "path": folder.as_posix(), "yaml": True} for folder in folders]
    with EngineClient(checkout) as engine:
        answers = engine.call_many(requests)
    verdicts = {
        folder.as_posix(): _verdict(expected, answer)
        for folder, expected, answer in zip(folders, official, answers, strict=True)
    }
    with capsys.disabled():
        print(f"\n{checkout.name}: {dict(Counter(verdicts.values()))}")  # noqa: T201
    assert [folder for folder, verdict in verdicts.items() if verdict.startswith("WRONG")] == []


def _verdict(expected: Official, answer: dict[str, Any] | EngineError) -> str:
    if isinstance(answer, EngineError):
        return f"both refuse ({answer.kind})" if expected.text is None else "WRONG: only the engine refuses"
    if expected.text is None:
        return "WRONG: only the official build refuses"
    return "same bytes" if answer["yaml"] == expected.text else "WRONG: other bytes"
