from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import run

Write = Callable[[Mapping[str, str]], Path]
NAME = ".gitlint-ops-baseline.json"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - {name: web, image: nginx:latest}\n"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: correct-horse-battery}\n"


@pytest.fixture
def repo(write: Write) -> Path:
    root = write(
        {"apps/kustomization.yaml": "resources: [pod.yaml, s.yaml]\n", "apps/pod.yaml": POD, "apps/s.yaml": SECRET}
    )
    (root / ".git").mkdir()
    return root


def check(capfd: pytest.CaptureFixture[str], repo: Path, *options: object) -> tuple[int, dict[str, str]]:
    """Check and give the exit code, and each finding's rule with what suppresses it."""
    code, out, _ = run(capfd, "check", repo, "--fail-on", "warning", "--format", "json", *options)
    findings: list[dict[str, Any]] = json.loads(out)["findings"]
    return code, {f["rule"]: (f["suppressed"] or {}).get("kind", "") for f in findings if f["severity"] != "info"}


KNOWN = {"mutable-image-tag": "baseline", "plaintext-secret": "baseline"}


def test_what_is_recorded_passes_and_what_is_new_fails(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "baseline", repo / "apps")
    assert (code, err) == (0, "")
    count = len(json.loads((repo / NAME).read_text("utf-8"))["findings"])
    assert out == f"{NAME} now holds {count} findings. Commit it: 'check' uses it.\n"
    assert check(capfd, repo) == (0, KNOWN)
    assert check(capfd, repo, "--no-baseline") == (1, dict.fromkeys(KNOWN, ""))
    (repo / "apps/kustomization.yaml").write_text("# more\nresources: [pod.yaml, s.yaml]\nnamespce: a\n", "utf-8")
    (repo / "apps/pod.yaml").write_text(f"# moved\n\n{POD}", "utf-8")
    code, found = check(capfd, repo)
    assert (code, {**found, **KNOWN}) == (1, found)
    assert set(found.values()) == {"", "baseline"}


def test_the_file_holds_no_secret_and_no_path_of_the_machine(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(capfd, "baseline", repo)
    text = (repo / NAME).read_text("utf-8")
    assert not any(part in text for part in ("correct", "horse", "battery", "Y29ycmVjd", str(repo)))


def test_recording_again_changes_nothing(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(capfd, "baseline", repo)
    text = (repo / NAME).read_text("utf-8")
    _, out, _ = run(capfd, "baseline", repo)
    assert out.endswith(" findings (0 new, 0 gone).\n")
    assert (repo / NAME).read_text("utf-8") == text


def test_prune_takes_out_what_is_gone_and_adds_nothing(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(capfd, "baseline", repo)
    total = len(json.loads((repo / NAME).read_text("utf-8"))["findings"])
    (repo / "apps/pod.yaml").write_text(POD.replace("nginx:latest", "nginx:1.27.1"), "utf-8")
    new = SECRET.replace("name: s", "name: t")
    (repo / "apps/s.yaml").write_text(f"{SECRET}---\n{new}", "utf-8")
    _, out, _ = run(capfd, "check", repo, "--rule", "mutable-image-tag", "--rule", "baseline-stale", "--format", "json")
    (stale,) = json.loads(out)["findings"]
    gone = f"1 of {total} recorded findings is gone (mutable-image-tag in apps/pod.yaml)"
    assert stale["message"] == f"{gone}; run 'gitlint-ops baseline --prune'"
    assert "mutable-image-tag" in (repo / NAME).read_text("utf-8").splitlines()[stale["location"]["line"] - 1]
    code, out, _ = run(capfd, "baseline", repo, "--prune")
    assert total == 2
    assert (code, out) == (0, f"{NAME} now holds 1 finding (0 new, 1 gone).\n")
    assert check(capfd, repo)[0] == 1


def test_what_does_not_render_today_stays_recorded(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(capfd, "baseline", repo)
    before = json.loads((repo / NAME).read_text("utf-8"))["findings"]
    (repo / "apps/kustomization.yaml").write_text("resources: [pod.yaml, s.yaml, gone.yaml]\n", "utf-8")
    for arguments in (("--prune",), ()):
        assert run(capfd, "baseline", repo, *arguments)[0] == 0
        after = json.loads((repo / NAME).read_text("utf-8"))["findings"]
        assert [entry for entry in before if entry not in after] == []


def test_a_renamed_file_stays_known(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(capfd, "baseline", repo)
    (repo / "apps/pod.yaml").rename(repo / "apps/web.yaml")
    (repo / "apps/kustomization.yaml").write_text("resources: [web.yaml, s.yaml]\n", "utf-8")
    assert check(capfd, repo) == (0, KNOWN)


def test_another_file_by_option_and_by_configuration(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    other = repo / "known.json"
    code, _, err = run(capfd, "check", repo, "--baseline", other)
    assert (code, err) == (
        2,
        f"gitlint-ops: there is no baseline '{other}'\nhelp: 'gitlint-ops baseline --baseline {other}' records one\n",
    )
    code, out, _ = run(capfd, "baseline", repo, "--baseline", other)
    assert (code, out.startswith("known.json now holds "), (repo / NAME).exists()) == (0, True, False)
    assert check(capfd, repo)[0] == 1
    assert check(capfd, repo, "--baseline", other) == (0, KNOWN)
    (repo / ".gitlint-ops.yaml").write_text("baseline: known.json\n", "utf-8")
    assert check(capfd, repo) == (0, KNOWN)


@pytest.mark.parametrize("command", ["check", "baseline"])
def test_a_baseline_outside_of_the_repository_is_refused(
    repo: Path, command: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (repo / ".gitlint-ops.yaml").write_text("baseline: ../known.json\n", "utf-8")
    code, out, err = run(capfd, command, repo)
    assert (code, out) == (2, "")
    assert err.startswith("gitlint-ops: the baseline '../known.json' lies outside of the repository\nhelp: ")
    assert not (repo.parent / "known.json").exists()


@pytest.mark.parametrize("arguments", [("check",), ("baseline",), ("baseline", "--prune")])
def test_a_corrupt_baseline_gives_two(
    repo: Path, arguments: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    (repo / NAME).write_text("{}", "utf-8")
    code, out, err = run(capfd, *arguments, repo)
    assert (code, out) == (2, "")
    assert err == (
        f"gitlint-ops: {NAME}: not a baseline: it has no list of findings\n"
        "help: restore it, or delete it and run 'gitlint-ops baseline'; 'check --no-baseline' does without it\n"
    )
    assert (repo / NAME).read_text("utf-8") == "{}"


def test_there_must_be_something_to_prune_and_to_record(
    repo: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capfd, "baseline", repo, "--prune")
    assert (code, err.splitlines()[0]) == (2, f"gitlint-ops: there is no baseline '{NAME}' to prune")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run(capfd, "baseline", empty)[0] == 3
    assert list(empty.iterdir()) == []


def test_known_findings_are_shown_on_request(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(capfd, "baseline", repo)
    _, out, _ = run(capfd, "check", repo, "--rule", "mutable-image-tag")
    assert "mutable-image-tag apps" not in out
    assert "No findings (1 suppressed) in " in out
    _, out, _ = run(capfd, "check", repo, "--rule", "mutable-image-tag", "--show-suppressed")
    assert f"      suppressed by baseline: recorded in {NAME}\n" in out


def test_use_it_or_not(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capfd, "check", repo, "--baseline", "x.json", "--no-baseline")
    assert code == 2
    assert "--baseline names a file to use, --no-baseline uses none: give one of them" in err
