from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from gitlint_ops.cli import main
from gitlint_ops.cli.configuration import baseline_name, folders_of
from gitlint_ops.config import MAX_CONFIG_BYTES, Config, ConfigError
from gitlint_ops.source import base_config
from gitlint_ops.source.base_config import open_config_at
from gitlint_ops.source.revisions import RevisionError
from tests.repositories import Repository

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: 'nginx:latest'}]}\n"


def config_at(root: Path, ref: str) -> Config:
    """Give a configuration by itself, without the place of what it names."""
    with open_config_at(root, ref, lambda config: (*folders_of(config), baseline_name(config))) as config:
        return replace(config, base=None)


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


OWN_RULE = """\
name: no-pods
category: own
severity: error
confidence: high
summary: A pod.
why: Because.
fix: Remove it.
match: {kinds: [Pod]}
cel: 'ALLOWED'
message: '{name} is a pod'
field: kind
examples: []
"""


def changed(tmp_path: Path, before: Mapping[str, str], after: Mapping[str, str]) -> Path:
    """Give a repository whose branch ``main`` holds some files, and whose work tree has others in their place."""
    repository = Repository(tmp_path / "repo")
    repository.commit(before)
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit(after)
    repository.write(after)
    return repository.root


def found(root: Path, capfd: pytest.CaptureFixture[str], *options: str) -> set[str]:
    """Give the rules of what counts, by a check with the configuration of ``main``."""
    main(["check", str(root), "--config-from", "main", "--format", "json", "--fail-on", "never", *options])
    findings = json.loads(capfd.readouterr().out)["findings"]
    return {finding["rule"] for finding in findings if finding["suppressed"] is None}


def test_a_change_cannot_weaken_a_rule_of_the_repository(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config = {".gitlint-ops.yaml": "rule_folders: [policy]\n", "pod.yaml": POD}
    strict, lax = ({"policy/own/no-pods.yaml": OWN_RULE.replace("ALLOWED", word)} for word in ("false", "true"))
    root = changed(tmp_path, config | strict, config | lax)
    assert "no-pods" in found(root, capfd)
    assert main(["rules", str(root), "--config-from", "main"]) == 0
    assert "no-pods" in capfd.readouterr().out


def test_a_change_cannot_record_its_findings(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = changed(tmp_path, {"a.yaml": POD.replace("latest", "1.27.0")}, {"a.yaml": POD})
    assert "mutable-image-tag" in found(root, capfd)
    assert main(["baseline", str(root)]) == 0
    capfd.readouterr()
    assert "mutable-image-tag" in found(root, capfd)


def test_a_recorded_finding_stays_known_without_its_baseline(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = changed(tmp_path, {"a.yaml": POD}, {"a.yaml": POD})
    assert main(["baseline", str(root)]) == 0
    recorded = (root / ".gitlint-ops-baseline.json").read_text("utf-8")
    root = changed(tmp_path / "other", {"a.yaml": POD, ".gitlint-ops-baseline.json": recorded}, {"a.yaml": POD})
    capfd.readouterr()
    assert "mutable-image-tag" not in found(root, capfd)


COMMENT = "# gitlint-ops: ignore=mutable-image-tag reason=it is a test"
ACCEPTED = f"{COMMENT}\n{POD}"
ANNOTATED = POD.replace("{name: p}", "{name: p, annotations: {gitlint-ops.dev/ignore: 'mutable-image-tag reason=x'}}")
STRICT = {".gitlint-ops.yaml": "inline_suppressions: base\n"}


@pytest.mark.parametrize("text", [ACCEPTED, ANNOTATED], ids=["comment", "annotation"])
def test_a_change_cannot_accept_its_findings(text: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = changed(tmp_path, STRICT | {"a.yaml": POD}, STRICT | {"a.yaml": text})
    assert {"mutable-image-tag", "unknown-suppression"} <= found(root, capfd)
    assert (
        main(["check", str(root), "--rule", "unknown-suppression", "--config-from", "main", "--fail-on", "info"]) == 1
    )
    assert (
        "hides nothing: the base does not have it in this file, and 'inline_suppressions: base' lets no change accept"
        in " ".join(capfd.readouterr().out.split())
    )


@pytest.mark.parametrize("text", [ACCEPTED, ANNOTATED], ids=["comment", "annotation"])
@pytest.mark.parametrize("config", [STRICT, {}], ids=["base", "all"])
def test_what_the_base_accepts_stays_accepted(
    text: str, config: Mapping[str, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = changed(tmp_path, config | {"a.yaml": text}, config | {"a.yaml": text + "---\n"})
    assert found(root, capfd).isdisjoint({"mutable-image-tag", "unknown-suppression"})


@pytest.mark.parametrize(
    "after",
    [
        f"{ACCEPTED}---\n{ACCEPTED.replace('name: p', 'name: q')}",
        ACCEPTED.replace("mutable-image-tag", "mutable-image-tag,host-access"),
        ACCEPTED.replace("it is a test", "it is"),
    ],
    ids=["a copy", "one more rule", "a part of its text"],
)
def test_another_suppression_is_not_the_one_of_the_base(
    after: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = changed(tmp_path, STRICT | {"a.yaml": ACCEPTED}, STRICT | {"a.yaml": after})
    assert "mutable-image-tag" in found(root, capfd)


def test_a_change_cannot_allow_its_secrets(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    secret, chart = "adminPassword: hunter2x", {"web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n"}
    allowed = {"web/values.yaml": f"{secret} # pragma: allowlist secret\n"}
    root = changed(tmp_path, STRICT | chart | {"web/values.yaml": f"{secret}\n"}, STRICT | chart | allowed)
    assert "secret-value" in found(root, capfd)
    root = changed(tmp_path / "other", STRICT | chart | allowed, STRICT | chart | allowed)
    assert "secret-value" not in found(root, capfd)


def names_at(repository: Repository, *names: str) -> dict[str, str]:
    """Give the files that are taken from ``main`` for a configuration that names these, with their texts."""
    with open_config_at(repository.root, "main", lambda _: names) as config:
        assert config.base is not None
        folder = config.base.folder
        return {
            p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in sorted(folder.rglob("*")) if p.is_file()
        }


def test_what_is_named_is_taken_and_nothing_else(tmp_path: Path) -> None:
    files = {"policy/a.yaml": "a", "policy/own/b.yaml": "b", "policy-old/c.yaml": "c", "base.json": "d"}
    repository = Repository(tmp_path / "repo")
    links = {} if sys.platform == "win32" else {"policy/link.yaml": "-> ../base.json"}
    repository.commit(files | links)
    assert names_at(repository, "policy") == {"policy/a.yaml": "a", "policy/own/b.yaml": "b"}
    assert names_at(repository, "policy/", "./base.json") == {
        "base.json": "d",
        "policy/a.yaml": "a",
        "policy/own/b.yaml": "b",
    }
    assert names_at(repository, ".") == files
    assert names_at(repository) == {}


def test_a_root_below_the_repositorys_takes_what_is_there(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo")
    repository.commit({"team/policy/a.yaml": "a", "policy/b.yaml": "b", "team/.gitlint-ops.yaml": "profile: strict\n"})
    with open_config_at(repository.root / "team", "main", lambda _: ("policy",)) as config:
        assert config.profile == "strict"
        assert config.base is not None
        assert (config.base.prefix, config.base.commit) == ("team/", repository.git("rev-parse", "main"))
        assert [p.name for p in config.base.folder.rglob("*.yaml")] == ["a.yaml"]


def test_what_a_commit_holds_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = Repository(tmp_path / "repo")
    limit = MAX_CONFIG_BYTES - len("profile: strict\n#")
    repository.commit({".gitlint-ops.yaml": "profile: strict\n#" + "x" * limit, "a.yaml": "12345", "b.yaml": "1"})
    assert config_at(repository.root, "main").profile == "strict"
    monkeypatch.setattr(base_config, "MAX_BYTES", 5)
    assert names_at(repository, "a.yaml") == {"a.yaml": "12345"}
    with pytest.raises(ConfigError, match=r"^what the configuration names is over 0 MiB$") as caught:
        names_at(repository, "a.yaml", "b.yaml")
    assert caught.value.path == ".gitlint-ops.yaml"
    repository.commit({".gitlint-ops.yaml": "profile: strict\n#" + "x" * (limit + 1)})
    with pytest.raises(ConfigError, match="the configuration file is over 1 MiB") as caught:
        config_at(repository.root, "main")
    assert caught.value.path.startswith(".gitlint-ops.yaml of ")


@pytest.mark.skipif(sys.platform == "win32", reason="symlinks need a privilege on Windows")
def test_a_link_in_the_configurations_place_is_no_configuration(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo")
    repository.commit({".gitlint-ops.yaml": "-> ../elsewhere.yaml"})
    with pytest.raises(ConfigError, match=r"the file: '\.\./elsewhere\.yaml' is not of type 'object'"):
        config_at(repository.root, "main")


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo")
    (repository.root / ".gitlint-ops.yaml").write_bytes(b"profile: \xff\n")
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message", "bytes")
    with pytest.raises(ConfigError, match="\N{REPLACEMENT CHARACTER}"):
        config_at(repository.root, "main")
