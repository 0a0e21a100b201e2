"""A configuration that a stranger wrote: it reaches no file outside, runs nothing, asks nobody, and ends."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.cli import main
from tests.security.hostile import CANARY, expansion
from tests.serving import serving

Write = Callable[[Mapping[str, str]], Path]

RULE = """
    name: own-rule
    category: own
    severity: warning
    confidence: high
    summary: A rule.
    why: Because.
    fix: Mend it.
    references: [https://example.com/]
    """
CEL = "match: {kinds: [ConfigMap]}\ncel: 'true'\nmessage: found\n"
OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n"


def rule(rest: str) -> str:
    return "".join(line.removeprefix("    ") + "\n" for line in RULE.strip("\n").splitlines()).rstrip() + "\n" + rest


def check(root: Path, capfd: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    """Check a repository; give the exit code and all that was printed."""
    began = time.monotonic()
    code = main(["check", str(root), *options])
    assert time.monotonic() - began < 20
    out, err = capfd.readouterr()
    assert CANARY not in out + err
    return code, out + err


CONFIGURATIONS = {
    "aliases": (
        expansion("a: &n0 [x]\n", "{name}: &{name} [{below}]\n"),
        "its aliases stand for more than 200,000 values",
    ),
    "merges": (
        expansion("a: &n0 {x: 1}\n", "{name}: &{name} {{<<: [{below}]}}\n"),
        "its aliases stand for more than 200,000 values",
    ),
    "circle": ("rules: &a {x: *a}\n", "its aliases stand for more than 200,000 values"),
    "depth": ("rules: " + "[" * 100_000, "nested deeper than 100 levels"),
    "digits": ("exclude: [" + "9" * 5_000 + "]\n", ".gitlint-ops.yaml"),
    "schema folder": ("schema_folders: [../outside]\n", "schema_folders: '../outside' leads out of the repository"),
    "linked schema folder": ("schema_folders: [link]\n", "schema_folders: 'link' leads out of the repository"),
    "rule folder": ("rule_folders: [../outside]\n", "rule_folders: '../outside' leads out of the repository"),
    "absolute": ("rule_folders: [/etc]\n", "rule_folders: '/etc' leads out of the repository"),
    "vendor folder": ("vendor: {folder: a/../../outside}\n", "vendor.folder: 'a/../../outside' leads out of the"),
    "absolute vendor folder": ("vendor: {folder: /etc}\n", "vendor.folder: '/etc' leads out of the repository"),
    "linked vendor folder": ("vendor: {folder: link/x}\n", "vendor.folder: 'link/x' leads out of the repository"),
    "drive": ("vendor: {folder: 'C:\\x'}\n", "vendor.folder: 'C:\\x' does not fit: Folder of this repository for"),
    "Git's folder": ("vendor: {folder: .git/hooks}\n", "vendor.folder: '.git/hooks' is Git's own"),
    "baseline": ("baseline: ../outside/baseline.json\n", "the baseline '../outside/baseline.json' lies outside"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="symlinks need a privilege on Windows")
@pytest.mark.parametrize(("text", "said"), CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_a_hostile_configuration_is_refused(
    text: str, said: str, write: Write, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = write({"a.yaml": OBJECT})
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "baseline.json").write_text(CANARY, "utf-8")
    (outside / "x-v1.json").write_text(f'{{"{CANARY}": 1}}', "utf-8")
    (root / "link").symlink_to(outside)
    (root / ".gitlint-ops.yaml").write_text(text, "utf-8")
    code, printed = check(root, capfd)
    assert code == 2
    assert said in printed


@pytest.mark.skipif(sys.platform == "win32", reason="symlinks need a privilege on Windows")
def test_a_configuration_that_is_a_link_or_a_pipe_is_not_read(
    write: Write, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = write({"a.yaml": OBJECT})
    (tmp_path / "outside.yaml").write_text(f"{CANARY}: 1\n", "utf-8")
    config = root / ".gitlint-ops.yaml"
    config.symlink_to(tmp_path / "outside.yaml")
    code, printed = check(root, capfd)
    assert (code, "the configuration file leads out of the repository" in printed) == (2, True)
    config.unlink()
    os.mkfifo(config)
    code, printed = check(root, capfd)
    assert (code, "the configuration file is not a regular file" in printed) == (2, True)


RULES = {
    "module": ("check: os.system\n", "this program has no checks 'os'"),
    "function": ("check: images.exec\n", "'images' has no check 'exec'"),
    "path": ("check: ../../evil.run\n", 'check: "../../evil.run" does not match'),
    "aliases": (expansion("examples: &n0 [x]\n", "{name}: &{name} [{below}]\n"), "its aliases stand for more than"),
    "merges": (expansion("examples: &n0 {x: 1}\n", "{name}: &{name} {{<<: [{below}]}}\n"), "its aliases stand for"),
    "depth": ("options: " + "[" * 100_000, "nested deeper than 100 levels"),
    "tag": ("why2: !!python/object/apply:os.system ['touch executed']\n", "own/own-rule.yaml"),
}


@pytest.mark.parametrize(("rest", "said"), RULES.values(), ids=RULES)
def test_a_hostile_rule_is_refused(rest: str, said: str, write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    root = write({"a.yaml": OBJECT, ".gitlint-ops.yaml": "rule_folders: [own]\n"})
    (root / "own/own").mkdir(parents=True)
    (root / "own/own/own-rule.yaml").write_text(rule(rest), "utf-8")
    code, printed = check(root, capfd)
    assert code == 2
    assert said in printed
    assert not Path("executed").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no FIFOs")
def test_a_rule_that_is_a_pipe_is_not_waited_for(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    root = write({"a.yaml": OBJECT, ".gitlint-ops.yaml": "rule_folders: [own]\n"})
    (root / "own/own").mkdir(parents=True)
    os.mkfifo(root / "own/own/own-rule.yaml")
    code, printed = check(root, capfd)
    assert (code, "own/own/own-rule.yaml: the rule file is not a regular file" in printed) == (2, True)


def test_the_schema_of_an_option_asks_nobody(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    with serving({}) as served:
        option = f"options:\n  x: {{$ref: '{served.url}/schema', default: 1, description: x}}\n"
        root = write({"a.yaml": OBJECT, ".gitlint-ops.yaml": "rule_folders: [own]\n"})
        (root / "own/own").mkdir(parents=True)
        (root / "own/own/own-rule.yaml").write_text(rule(CEL + option), "utf-8")
        code, printed = check(root, capfd)
        assert served.asked == []
    assert code == 2
    assert "options.x" in printed


def test_a_remote_does_not_lead_out(write: Write, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kustomization.yaml").write_text(
        f"namePrefix: {CANARY}\nresources: [https://e.example.com/x]\n", "utf-8"
    )
    root = write(
        {
            "app/kustomization.yaml": "resources: [https://git.example.com/team/base.git//x?ref=v1]\n",
            ".gitlint-ops.yaml": "remotes: {'https://git.example.com/team/base.git': ../outside}\n",
        }
    )
    assert check(root, capfd)[0] in {0, 1, 2}


def test_more_findings_than_the_limit_are_counted(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    pods = "".join(
        f"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{at}}}\n"
        f"spec: {{containers: [{{name: a, image: 'a{at}:latest'}}]}}\n"
        for at in range(20)
    )
    root = write({"pods.yaml": pods, ".gitlint-ops.yaml": "limits: {findings: 5}\n"})
    code, printed = check(root, capfd)
    assert code in {0, 1}
    assert "more findings, none more severe, are left out: limits.findings is 5" in " ".join(printed.split())
