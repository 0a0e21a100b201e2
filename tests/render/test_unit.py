from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.render import render_unit, unit_in
from gitlint_ops.repo.model import DirectoryUnit, HelmUnit, KustomizeUnit, ValueLayer
from gitlint_ops.source import SourceTree, open_tree

CONFIG_MAP = "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: {}  # kept\ndata:\n  color: {}\n"
CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "chart/values.yaml": "color: red\n",
    "chart/values-prod.yaml": "color: blue\n",
    "chart/crds/crd.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n",
    "chart/templates/cm.yaml": CONFIG_MAP.format("{{ .Release.Name }}", "{{ .Values.color }}"),
}
FOLDER = {
    "plain/a.yaml": "kind: A   # kept as written\n---\n# dropped\nkind: B\n",
    "plain/b.yml": "kind: C\n",
    "plain/notes.txt": "no\n",
    "plain/sub/d.yaml": "kind: D\n",
}
OVERLAY = {
    "web/kustomization.yaml": "namePrefix: prod-\nresources: [cm.yaml]\n",
    "web/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n",
}


@pytest.fixture
def opened(write: Callable[[Mapping[str, str]], Path]) -> Iterator[tuple[EngineClient, SourceTree]]:
    root = write({**CHART, **FOLDER, **OVERLAY})
    with EngineClient(root) as engine:
        yield engine, open_tree(root, engine, Config())


def test_a_kustomization_gives_the_builds_bytes(opened: tuple[EngineClient, SourceTree]) -> None:
    engine, tree = opened
    assert render_unit(engine, "web", tree) == "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: prod-web\n"


def test_a_chart_gives_the_templates_bytes_with_default_values(opened: tuple[EngineClient, SourceTree]) -> None:
    engine, tree = opened
    assert render_unit(engine, "chart", tree) == (
        "---\n# Source: web/templates/cm.yaml\n" + CONFIG_MAP.format("release-name", "red")
    )


def test_values_files_are_laid_over_a_charts_own(opened: tuple[EngineClient, SourceTree]) -> None:
    engine, tree = opened
    assert "color: blue\n" in render_unit(engine, "chart", tree, values=["chart/values-prod.yaml"])


def test_a_plain_folder_gives_its_documents_as_written(opened: tuple[EngineClient, SourceTree]) -> None:
    engine, tree = opened
    assert render_unit(engine, "plain", tree) == "kind: A   # kept as written\n---\nkind: B\n---\nkind: C\n"
    assert render_unit(engine, DirectoryUnit("plain", recurse=True), tree).endswith("---\nkind: C\n---\nkind: D\n")


def test_what_a_folder_is(opened: tuple[EngineClient, SourceTree]) -> None:
    _, tree = opened
    layers = (ValueLayer("file", "v.yaml"),)
    assert unit_in(tree, "web") == KustomizeUnit("web", enable_helm=True)
    assert unit_in(tree, "chart", ["v.yaml"]) == HelmUnit(
        "chart", "release-name", "default", layers, include_crds=False
    )
    assert unit_in(tree, ".") == DirectoryUnit(".")
    with pytest.raises(NotADirectoryError, match=r"^nowhere$"):
        unit_in(tree, "nowhere")


def test_a_failure_is_raised(opened: tuple[EngineClient, SourceTree]) -> None:
    engine, tree = opened
    with pytest.raises(EngineError) as caught:
        render_unit(engine, KustomizeUnit("plain"), tree)
    assert caught.value.kind == "missing-file"


def test_a_file_that_does_not_read_is_no_silent_gap(open_files: Callable[[Mapping[str, str]], SourceTree]) -> None:
    tree = open_files({"plain/a.yaml": "kind: A\nx: [\n", "plain/b.yaml": "kind: B\n"})
    with EngineClient(tree.root) as engine, pytest.raises(EngineError) as caught:
        render_unit(engine, "plain", tree)
    assert (caught.value.path, caught.value.line) == ("plain/a.yaml", 2)


def test_a_large_file_is_given_whole(open_files: Callable[[Mapping[str, str]], SourceTree]) -> None:
    text = f"kind: A\ntext: {'x' * 3_000_000}\n"
    tree = open_files({"plain/a.yaml": text})
    with EngineClient(tree.root) as engine:
        assert render_unit(engine, "plain", tree) == text
