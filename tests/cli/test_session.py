from __future__ import annotations

from pathlib import Path

import pytest

from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.options import PlaceOptions
from gitlint_ops.cli.session import Target, find_target, find_targets


def test_a_part_of_a_work_tree_has_the_work_tree_as_its_root(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "apps" / "web").mkdir(parents=True)
    assert find_target(tmp_path / "apps" / "web") == Target(tmp_path.resolve(), ("apps/web",))
    assert find_target(tmp_path) == Target(tmp_path.resolve(), (".",))


def test_a_linked_work_tree_has_a_git_file(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: elsewhere")
    (tmp_path / "web.yaml").write_text("a: 1")
    assert find_target(tmp_path / "web.yaml") == Target(tmp_path.resolve(), ("web.yaml",))


def test_without_git_the_folder_is_the_root(tmp_path: Path) -> None:
    assert find_target(tmp_path) == Target(tmp_path.resolve(), (".",))


def test_the_root_can_be_named(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "fixtures" / "mono").mkdir(parents=True)
    mono = tmp_path / "fixtures" / "mono"
    assert find_target(mono, mono) == Target(mono.resolve(), (".",))
    with pytest.raises(CommandError, match="is outside of the root"):
        find_target(tmp_path, mono)


def test_a_target_holds_what_lies_in_its_scope(tmp_path: Path) -> None:
    target = Target(tmp_path, ("apps/web", "charts"))
    assert target.holds("apps/web/a.yaml")
    assert target.holds("apps/web")
    assert target.holds("charts/web/values.yaml")
    assert not target.holds("apps/web-api/a.yaml")
    assert not Target(tmp_path, ()).holds("anything")
    assert Target(tmp_path).holds("anything")


def test_several_paths_of_one_repository_are_several_scopes(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "apps").mkdir()
    paths = (tmp_path / "apps", tmp_path / "gone.yaml", tmp_path / "apps")
    assert find_targets(PlaceOptions(paths=paths)) == Target(tmp_path.resolve(), ("apps", "gone.yaml"))


def test_paths_of_two_repositories_are_refused(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for root in (one, two):
        (root / ".git").mkdir(parents=True)
    with pytest.raises(CommandError) as error:
        find_targets(PlaceOptions(paths=(one, two)))
    assert error.value.message == (
        f"'{one}' and '{two}' lie in two repositories, '{one.resolve()}' and '{two.resolve()}'"
    )
    assert error.value.advice == "check them one by one, or name a --root that holds both"
