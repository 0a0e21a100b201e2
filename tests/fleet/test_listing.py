from __future__ import annotations

import os
from pathlib import Path

import pytest

from gitlint_ops.fleet import list_entries, named, repositories_in


def test_a_list_has_a_path_a_line() -> None:
    text = "# ours\r\nshop\r\n\n   # theirs\n ../team/web #1 \n/srv/clones/api\n"
    folder = Path("/lists")
    assert list_entries(text, folder) == (folder / "shop", folder / "../team/web #1", folder / "/srv/clones/api")


def repository(folder: Path, mark: str = ".git") -> Path:
    folder.mkdir(parents=True)
    (folder / mark).write_text("")
    return folder


def test_repositories_are_found_in_a_folder_of_clones(tmp_path: Path) -> None:
    shop = repository(tmp_path / "shop")
    repository(shop / "vendored")
    web = repository(tmp_path / "team" / "web", ".gitlint-ops.yaml")
    repository(tmp_path / ".hidden")
    (tmp_path / "notes" / "drafts").mkdir(parents=True)
    (tmp_path / "README.md").write_text("")
    assert repositories_in(tmp_path) == ((shop, web), (tmp_path / "notes",))


def test_a_repository_is_no_folder_of_others(tmp_path: Path) -> None:
    top = repository(tmp_path / "top")
    repository(top / "below")
    assert repositories_in(top) == ((top,), ())


def test_nothing_is_looked_for_far_below(tmp_path: Path) -> None:
    near = repository(tmp_path / "a" / "b" / "c" / "near")
    repository(tmp_path / "d" / "b" / "c" / "e" / "far")
    assert repositories_in(tmp_path) == ((near,), (tmp_path / "d",))


def test_a_name_is_the_path_below_the_folder_that_holds_all(tmp_path: Path) -> None:
    roots = [tmp_path / "team" / "web", tmp_path / "shop", tmp_path / "team" / ".." / "shop"]
    assert [(one.name, one.root) for one in named(roots)] == [
        ("shop", Path(os.path.realpath(tmp_path / "shop"))),
        ("team/web", Path(os.path.realpath(tmp_path / "team" / "web"))),
    ]
    assert [one.name for one in named([tmp_path / "team" / "web"])] == ["web"]


def test_one_repository_may_lie_in_another(tmp_path: Path) -> None:
    assert [one.name for one in named([tmp_path / "top", tmp_path / "top" / "below"])] == ["top", "top/below"]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_is_the_repository_that_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(repository(tmp_path / "shop"))
    found, _ = repositories_in(tmp_path)
    assert [one.name for one in named(found)] == ["shop"]
