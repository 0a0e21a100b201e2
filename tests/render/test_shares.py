from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.profiling import costs_in
from gitlint_ops.render.model import Rendering
from gitlint_ops.render.shares import Share, divided, render_share
from gitlint_ops.source import open_tree

Write = Callable[[Mapping[str, str]], Path]
FIXTURES = Path(__file__).parents[2] / "fixtures"


def rendered(root: Path, share: Share | None = None) -> tuple[Rendering, tuple[str, ...]]:
    with EngineClient(root) as engine:
        return render_share(open_tree(root, engine, Config()), engine, Config(), share)


@pytest.mark.parametrize(
    ("costs", "count", "parts"),
    [
        ([1, 1, 1, 1], 2, [1, 1, 2, 2]),
        ([9, 1, 1, 1], 2, [1, 2, 2, 2]),
        ([1, 1, 1, 9], 3, [1, 1, 1, 2]),
        ([1], 4, [3]),
        ([0, 0], 2, [1, 1]),
        ([], 2, []),
    ],
)
def test_a_row_is_cut_where_the_costs_are_even(costs: list[float], count: int, parts: list[int]) -> None:
    assert divided(costs, count) == parts


@pytest.mark.parametrize("shape", ["app-of-apps", "flux-cluster", "helm-values", "monorepo"])
def test_each_delivery_is_in_one_part_and_every_part_finds_all_of_them(shape: str, tmp_path: Path) -> None:
    root = Path(shutil.copytree(FIXTURES / shape, tmp_path / shape))
    whole, everything = rendered(root)
    runs = [rendered(root, Share(index, 3)) for index in (1, 2, 3)]
    assert sorted(name for _, part in runs for name in part) == sorted(everything)
    assert [run.graph.deliveries for run, _ in runs] == [whole.graph.deliveries] * 3
    assert [list(run.objects) for run, _ in runs[:1]] == [list(whole.objects)]
    for run, part in runs[1:]:
        assert [(name, len(items)) for name, items in sorted(run.objects.items())] == [
            (name, len(whole.objects[name])) for name in part
        ]


FOUR = {f"{name}/kustomization.yaml": "resources: [a.yaml]\n" for name in "abcd"} | {
    f"{name}/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n" for name in "abcd"
}


def test_only_the_first_part_renders_what_is_not_its_own(write: Write) -> None:
    root = write(FOUR)
    (first, own), (second, others) = rendered(root, Share(1, 2)), rendered(root, Share(2, 2))
    assert (own, first.rendered_units) == (("kustomize:a", "kustomize:b"), 4)
    assert (others, second.rendered_units) == (("kustomize:c", "kustomize:d"), 2)


def test_what_units_took_before_decides_on_the_parts(write: Write) -> None:
    costs = {"kustomize a": 300.0, "kustomize b": 100.0, "kustomize c": 100.0, "kustomize d": 100.0}
    assert rendered(write(FOUR), Share(1, 2, costs))[1] == ("kustomize:a",)


def test_a_trace_gives_the_costs() -> None:
    event = '{"cat": "request", "name": "helm a", "dur": 5}'
    text = f'{{"traceEvents": [{event}, {event}, {{"cat": "rule", "name": "x", "dur": 1}}]}}'
    assert costs_in(text) == {"helm a": 10.0}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"traceEvents": 3}', '{"traceEvents": [3]}', "[" * 100_000])
def test_anything_else_gives_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(it is no trace of --profile-run|Expecting value.*)$"):
        costs_in(text)
