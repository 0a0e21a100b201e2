from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gitlint_ops.lint.baseline import MAX_BYTES, apply_baseline, dumped, read_baseline, recorded
from gitlint_ops.lint.errors import BaselineError
from gitlint_ops.lint.model import Baseline, Entry, Finding, Severity, Suppression
from gitlint_ops.source import Span

FINGERPRINT = "0123456789abcdef0123456789abcdef"
ENTRY = {"path": "a.yaml", "rule": "a-rule", "place": "Pod web", "severity": "error", "fingerprint": FINGERPRINT}


def entry(number: int = 1, path: str = "a.yaml", place: str = "Pod web", severity: Severity = "error") -> Entry:
    return Entry(path, "a-rule", place, severity, f"{number:032x}")


def finding(number: int = 1, path: str = "a.yaml", place: str = "Pod web", severity: Severity = "error") -> Finding:
    fingerprint = f"{number:032x}"
    return Finding(
        "a-rule", "images", severity, "wrong", Span(path, 3), exact=True, fingerprint=fingerprint, place=place
    )


def baseline(*entries: Entry) -> Baseline:
    return Baseline("known.json", tuple(sorted(entries)), {})


def judge_all(_rule: str, _path: str) -> bool:
    return True


def kinds(findings: tuple[Finding, ...]) -> list[str]:
    return [item.suppression.kind if item.suppression else "" for item in findings]


def test_what_is_recorded_is_known_and_what_is_new_counts() -> None:
    found, match = apply_baseline([finding(1), finding(2)], baseline(entry(1), entry(3)), {"a.yaml"}, judge_all)
    assert kinds(found) == ["baseline", ""]
    assert found[0].suppression == Suppression("baseline", "recorded in known.json")
    assert (match.met, match.stale, match.untold) == ((entry(1),), (entry(3),), ())


def test_what_a_run_cannot_tell_is_not_gone() -> None:
    known = baseline(entry(1), entry(2, "b.yaml"), entry(3))
    _, match = apply_baseline([finding(1)], known, {"a.yaml", "b.yaml"}, lambda _, path: path == "a.yaml")
    assert (match.stale, match.untold, match.kept) == (
        (entry(3),),
        (entry(2, "b.yaml"),),
        (entry(1), entry(2, "b.yaml")),
    )


def test_a_renamed_file_keeps_its_findings_as_often_as_they_were_recorded() -> None:
    moved = [finding(number, "new.yaml") for number in (7, 8, 9)]
    found, match = apply_baseline(moved, baseline(entry(1), entry(2)), {"new.yaml"}, judge_all)
    assert kinds(found) == ["baseline", "baseline", ""]
    assert match.stale == ()


@pytest.mark.parametrize(
    ("moved", "files"),
    [
        (finding(7, "copy.yaml"), {"a.yaml", "copy.yaml"}),
        (finding(7, "new.yaml", "Pod api"), {"new.yaml"}),
        (replace(finding(7, "new.yaml"), rule="b-rule"), {"new.yaml"}),
    ],
    ids=["the old file is still there", "another place", "another rule"],
)
def test_what_only_resembles_a_recorded_finding_is_new(moved: Finding, files: set[str]) -> None:
    found, match = apply_baseline([moved], baseline(entry(1)), files, judge_all)
    assert kinds(found) == [""]
    assert match.stale == (entry(1),)


def test_a_finding_that_became_heavier_is_new_and_not_gone() -> None:
    found, match = apply_baseline([finding(1)], baseline(entry(1, severity="warning")), {"a.yaml"}, judge_all)
    assert kinds(found) == [""]
    assert match.stale == ()


def test_other_suppressions_stay_and_meet_their_entry() -> None:
    hidden = replace(finding(1), suppression=Suppression("comment", "r"))
    found, match = apply_baseline([hidden], baseline(entry(1)), {"a.yaml"}, judge_all)
    assert kinds(found) == ["comment"]
    assert match.met == (entry(1),)


def test_recorded_are_those_that_nothing_but_a_baseline_hides() -> None:
    findings = [
        finding(1),
        replace(finding(2), suppression=Suppression("baseline", "r")),
        replace(finding(3), suppression=Suppression("config", "r")),
        replace(finding(4), category="hygiene"),
    ]
    assert list(recorded(findings)) == [entry(1), entry(2)]


def test_the_file_has_one_finding_a_line_sorted(tmp_path: Path) -> None:
    text = dumped([entry(2, "b.yaml"), entry(1), entry(1)])
    assert text.splitlines() == [
        "{",
        '  "schema_version": 1,',
        '  "findings": [',
        f"    {json.dumps({**ENTRY, 'fingerprint': f'{1:032x}'})},",
        f"    {json.dumps({**ENTRY, 'path': 'b.yaml', 'fingerprint': f'{2:032x}'})}",
        "  ]",
        "}",
    ]
    (tmp_path / "known.json").write_text(text, "utf-8")
    found = read_baseline(tmp_path / "known.json", "known.json")
    assert found == Baseline("known.json", (entry(1), entry(2, "b.yaml")), {f"{1:032x}": 4, f"{2:032x}": 5})


def test_an_empty_baseline_is_one() -> None:
    assert json.loads(dumped([])) == {"schema_version": 1, "findings": []}


def test_no_file_is_no_baseline(tmp_path: Path) -> None:
    assert read_baseline(tmp_path / "none.json", "none.json") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "known.json:1: not a baseline: Expecting property name enclosed in double quotes"),
        ("[]", "known.json: not a baseline: it has no list of findings"),
        ('{"findings": {}}', "known.json: not a baseline: it has no list of findings"),
        ("[" * 100_000, "known.json: not a baseline: it cannot be read as JSON"),
        ('{"findings": [' + "9" * 5000 + "]}", "known.json: not a baseline: it cannot be read as JSON"),
        ('{"findings": []}', "known.json: schema_version is not 1; another gitlint-ops wrote it"),
        ("{\n<<<<<<< ours\n}", "known.json:2: a merge conflict; keep the lines of both sides"),
    ],
)
def test_a_corrupt_baseline_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "known.json").write_text(text, "utf-8")
    with pytest.raises(BaselineError) as error:
        read_baseline(tmp_path / "known.json", "known.json")
    assert str(error.value) == message


@pytest.mark.parametrize(
    "item",
    [
        1,
        {},
        {**ENTRY, "path": 3},
        {**ENTRY, "path": "a" * 5000},
        {**ENTRY, "severity": "fatal"},
        {**ENTRY, "fingerprint": "x"},
        {**ENTRY, "fingerprint": FINGERPRINT + "\n"},
    ],
)
def test_an_entry_that_is_none_is_an_error(tmp_path: Path, item: Any) -> None:
    data = {"schema_version": 1, "findings": [ENTRY, item]}
    (tmp_path / "known.json").write_text(json.dumps(data), "utf-8")
    with pytest.raises(BaselineError) as error:
        read_baseline(tmp_path / "known.json", "known.json")
    assert str(error.value) == (
        "known.json: findings[1] is not a recorded finding; it needs path, rule, place, severity, fingerprint as texts"
    )


def test_keys_of_a_later_version_are_passed_over(tmp_path: Path) -> None:
    data = {"schema_version": 1, "more": 1, "findings": [{**ENTRY, "owner": "me"}]}
    (tmp_path / "known.json").write_text(json.dumps(data), "utf-8")
    found = read_baseline(tmp_path / "known.json", "known.json")
    assert found is not None
    assert [item.fingerprint for item in found.entries] == [FINGERPRINT]


def test_what_is_no_readable_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "known.json"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(BaselineError, match=r"^the baseline 'known.json' cannot be read: it is not UTF-8$"):
        read_baseline(file, "known.json")
    monkeypatch.setattr("gitlint_ops.lint.baseline.MAX_BYTES", 1)
    with pytest.raises(BaselineError, match=r"^the baseline 'known.json' is over 0 MiB$"):
        read_baseline(file, "known.json")
    with pytest.raises(BaselineError, match=r"^the baseline 'folder' is not a file$"):
        read_baseline(tmp_path, "folder")
    assert MAX_BYTES > 1


def test_a_baseline_of_the_repository_stays_in_it(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    root.mkdir()
    (tmp_path / "outside.json").write_text(dumped([]), "utf-8")
    with pytest.raises(BaselineError, match=r"^the baseline '\.\./outside\.json' lies outside of the repository$"):
        read_baseline(root / "../outside.json", "../outside.json", within=root)
