"""Which files are listed, and what is said of those that are not."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.source.git import git_top_level
from gitlint_ops.source.listing import Listing, Names, list_files

Write = Callable[[Mapping[str, str]], Path]


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


def test_a_plain_folder_is_walked_without_tool_folders(write: Write) -> None:
    root = write({"a.yaml": "", "b/c.yaml": "", ".github/w.yaml": "", "node_modules/x.yaml": "", ".venv/y.yaml": ""})
    listing = list_files(root, ())
    assert listing.files == (".github/w.yaml", "a.yaml", "b/c.yaml")
    assert not listing.is_git


def test_git_decides_what_is_ignored_and_untracked_files_count(write: Write) -> None:
    root = write({"a.yaml": "", "new.yaml": "", "build/out.yaml": "", ".gitignore": "build/\n"})
    git(root, "init", "-q")
    git(root, "add", "a.yaml", ".gitignore")
    git(root, "remote", "add", "origin", "git@example.com:team/gitops.git")
    listing = list_files(root, ())
    assert listing.files == (".gitignore", "a.yaml", "new.yaml")
    assert listing.is_git
    assert listing.remotes == ("git@example.com:team/gitops.git",)


def test_the_branch_that_is_checked_out(write: Write) -> None:
    root = write({"a.yaml": ""})
    assert list_files(root, ()).branch == ""
    git(root, "init", "-q", "-b", "env/prod")
    assert list_files(root, ()).branch == "env/prod"
    git(root, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "--allow-empty", "-m", "x")
    git(root, "checkout", "-q", "--detach")
    assert list_files(root, ()).branch == ""


def test_a_tracked_file_that_was_deleted_is_not_listed(write: Write) -> None:
    root = write({"a.yaml": "", "b.yaml": ""})
    git(root, "init", "-q")
    git(root, "add", ".")
    (root / "b.yaml").unlink()
    assert list_files(root, ()).files == ("a.yaml",)


def test_excluded_globs_and_folders_are_left_out(write: Write) -> None:
    root = write({"a.yaml": "", "vendor/x/y.yaml": "", "docs/a.md": "", "docs/b.yaml": ""})
    assert list_files(root, ["vendor", "docs/*.yaml"]).files == ("a.yaml", "docs/a.md")


def test_a_symlink_that_leaves_the_tree_is_named_and_not_followed(write: Write, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("a: 1", "utf-8")
    root = write({"real.yaml": "a: 1"})
    (root / "out.yaml").symlink_to(tmp_path / "secret.yaml")
    (root / "in.yaml").symlink_to("real.yaml")
    (root / "nowhere.yaml").symlink_to("gone.yaml")
    listing = list_files(root, ())
    assert listing.files == ("in.yaml", "real.yaml")
    assert [(p.kind, p.message) for p in listing.skipped] == [
        ("unreadable", "'nowhere.yaml' is a symlink that leads nowhere"),
        ("outside-root", "'out.yaml' is a symlink that leaves the repository"),
    ]


def test_the_top_level_is_found_from_below(write: Write) -> None:
    root = write({"a/b/c.yaml": ""})
    assert git_top_level(root / "a") is None
    git(root, "init", "-q")
    assert git_top_level(root / "a" / "b") == root.resolve()


@pytest.mark.parametrize("variable", ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"])
def test_git_variables_of_a_hook_do_not_lead_elsewhere(
    write: Write, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    root = write({"a.yaml": ""})
    git(root, "init", "-q")
    monkeypatch.setenv(variable, "/nonexistent/elsewhere")
    assert list_files(root, ()).files == ("a.yaml",)


def test_a_folder_that_the_repository_around_it_ignores_is_walked(write: Write) -> None:
    root = write({"out/a.yaml": "", ".gitignore": "out/\n"})
    git(root, "init", "-q")
    listing = list_files(root / "out", ())
    assert (listing.files, listing.is_git) == (("a.yaml",), False)


def test_a_damaged_index_makes_git_no_judge(write: Write) -> None:
    root = write({"a.yaml": ""})
    git(root, "init", "-q")
    (root / ".git/index").write_bytes(b"nonsense")
    listing = list_files(root, ())
    assert (listing.files, listing.is_git) == (("a.yaml",), False)


def test_a_folder_that_cannot_be_listed_is_named(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write({"a.yaml": "", "closed/b.yaml": ""})
    scan = os.scandir

    def refuse(path: str) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    listing = list_files(root, ())
    assert listing.files == ("a.yaml",)
    assert [problem.message for problem in listing.skipped] == ["'closed' cannot be listed: Permission denied"]


def test_names_that_are_known_are_not_asked_for_again(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml", "c.yaml"):
        (tmp_path / name).write_text("")
    known = Names(("a.yaml", "b.yaml", "gone.yaml"), (), True, ("https://git.example.com/team/this.git",), "main")
    assert list_files(tmp_path, ["b.yaml"], known) == Listing(("a.yaml",), (), True, known.remotes, "main")
