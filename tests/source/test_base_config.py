from __future__ import annotations

from pathlib import Path

import pytest

from gitlint_ops.cli import main
from gitlint_ops.config import Config, ConfigError
from gitlint_ops.source.base_config import config_at
from gitlint_ops.source.revisions import RevisionError
from tests.repositories import Repository

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: 'nginx:latest'}]}\n"


def branched(tmp_path: Path, before: str | None, after: str) -> Repository:
    """Give a repository whose branch ``main`` has one configuration and whose work tree has another."""
    repository = Repository(tmp_path / "repo")
    repository.commit({"pod.yaml": POD} | ({".gitlint-ops.yaml": before} if before is not None else {}))
    repository.git("checkout", "--quiet", "-b", "change")
    files = {"pod.yaml": POD, ".gitlint-ops.yaml": after}
    repository.commit(files)
    repository.write(files)
    return repository


def test_a_change_cannot_turn_a_rule_off(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = branched(tmp_path, "rules: {mutable-image-tag: error}\n", "rules: {mutable-image-tag: off}\n").root
    assert main(["check", str(root), "--rule", "mutable-image-tag", "--config-from", "main"]) == 1
    assert "mutable-image-tag" in capfd.readouterr().out
    assert config_at(root, "main").rules["mutable-image-tag"].severity == "error"


def test_without_a_file_there_are_the_defaults(tmp_path: Path) -> None:
    assert config_at(branched(tmp_path, None, "profile: strict\n").root, "main") == Config()


def test_what_is_wrong_names_the_commit(tmp_path: Path) -> None:
    root = branched(tmp_path, "profiel: strict\n", "").root
    with pytest.raises(ConfigError, match="unknown key 'profiel'") as caught:
        config_at(root, "main")
    assert caught.value.path.startswith(".gitlint-ops.yaml of ")
    assert caught.value.line == 1
    with pytest.raises(RevisionError, match="there is no revision 'mian' in this clone; did you mean 'main'"):
        config_at(root, "mian")


def test_a_folder_of_it_does_not_lead_out(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"rule_folders: '\.\./x' leads out of the repository"):
        config_at(branched(tmp_path, "rule_folders: [../x]\n", "").root, "main")


def test_one_configuration_is_asked_for(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = branched(tmp_path, "", "").root
    assert main(["check", str(root), "--config-from", "main", "--no-config"]) == 2
    assert capfd.readouterr().err == (
        "gitlint-ops: --config-from reads the configuration of a commit\nhelp: leave --config and --no-config out\n"
    )
