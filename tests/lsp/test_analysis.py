from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.cli.options import PlaceOptions
from gitlint_ops.cli.session import open_session
from gitlint_ops.lsp.analysis import Analysis, Host, SupersededError

Write = Callable[[Mapping[str, str]], Path]
FILES = {"kustomization.yaml": "resources: [config.yaml]\n", "config.yaml": "apiVersion: v1\nkind: ConfigMap\n"}
CURED = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"


def analysis(root: Path, typed: Mapping[str, str], wanted: Callable[[], bool]) -> Analysis:
    host = Host(lambda _: root, lambda path: open_session(PlaceOptions(paths=(path,), root=path)), str)
    return Analysis(host, root, typed, wanted)


def test_a_check_that_nobody_waits_for_is_given_up(write: Write) -> None:
    root = write(FILES)
    with pytest.raises(SupersededError):
        analysis(root, {}, lambda: False)


def test_what_is_typed_is_checked_and_what_is_no_file_of_the_repository_is_left_out(write: Write) -> None:
    root = write(FILES)
    typed = {"config.yaml": CURED, "kustomization.yaml": FILES["kustomization.yaml"], "new.yaml": "a: b\n"}
    for given, known, failed in (({}, frozenset(), True), (typed, frozenset({"config.yaml"}), False)):
        checked = analysis(root, given, lambda: True)
        assert checked.typed == known
        assert bool(checked.report.coverage.failed) == failed
        checked.close()
    assert (root / "config.yaml").read_text("utf-8") == FILES["config.yaml"]
