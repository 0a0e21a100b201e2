from __future__ import annotations

from typing import Any

from gitlint_ops.report.forest import Forest


def forest(**parents: str) -> Forest:
    deliveries: list[dict[str, Any]] = [{"id": key, "parent": parent} for key, parent in parents.items()]
    return Forest({"deliveries": deliveries, "roots": []})


def below(trees: Forest, delivery: str) -> list[str]:
    return sorted(entry["id"] for entry in trees.below(delivery))


def test_deliveries_stand_below_their_creators() -> None:
    trees = forest(root="", app="root", part="app", alone="elsewhere")
    assert [top["id"] for top in trees.tops] == ["root", "alone"]
    assert [child["id"] for child in trees.children("root")] == ["app"]
    assert below(trees, "root") == ["app", "part"]
    assert below(trees, "part") == []


def test_a_circle_has_one_top_and_an_end() -> None:
    trees = forest(own="own", one="two", two="one")
    assert [top["id"] for top in trees.tops] == ["own", "one"]
    assert below(trees, "one") == ["two"]
    assert below(trees, "own") == []
