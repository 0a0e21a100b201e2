from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.cli.support import run

Write = Callable[[Mapping[str, str]], Path]
FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture
def shards(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable[[Path, int], list[Path]]:
    def checked(root: Path, count: int) -> list[Path]:
        files = []
        for index in [*range(2, count + 1), 1]:
            place = ("--cache-dir", tmp_path / "kept")
            code, out, err = run(capfd, "check", root, "--shard", f"{index}/{count}", "--format", "json", *place)
            assert (code, err) == (0, "")
            files.append(tmp_path / f"{index}.json")
            files[-1].write_text(out, "utf-8")
        return files

    return checked


@pytest.mark.parametrize(("shape", "count"), [("monorepo", 3), ("flux-cluster", 2), ("app-of-apps", 2)])
def test_the_merged_report_is_that_of_one_run(
    shape: str, count: int, tmp_path: Path, shards: Callable[[Path, int], list[Path]], capfd: pytest.CaptureFixture[str]
) -> None:
    root = Path(shutil.copytree(FIXTURES / shape, tmp_path / shape))
    files = shards(root, count)
    for form in ("json", "sarif", "gitlab"):
        assert run(capfd, "merge-reports", *files, "--format", form) == run(
            capfd, "check", root, "--no-cache", "--format", form
        )


def test_the_report_of_a_part_counts_what_it_rendered(write: Write, shards: Callable[[Path, int], list[Path]]) -> None:
    files = {".gitlint-ops.yaml": "{}\n"}
    for name in "abc":
        files[f"{name}/kustomization.yaml"] = "resources: [a.yaml]\n"
        files[f"{name}/a.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    second, third, first = (json.loads(file.read_text("utf-8")) for file in shards(write(files), 3))
    assert [report["shard"]["units"] for report in (first, second, third)] == [
        ["kustomize:a"],
        ["kustomize:b"],
        ["kustomize:c"],
    ]
    assert [report["coverage"]["units"] for report in (first, second, third)] == [3, 1, 1]
    assert second["findings"] == []
    assert second["shard"]["report"] is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--shard", "0/2"), "--shard 0/2: that is no part of a run"),
        (("--shard", "3/2"), "--shard 3/2: that is no part of a run"),
        (("--shard", "one"), "--shard one: that is no part of a run"),
        (("--shard", "1/2"), "the report of a shard is for 'merge-reports', which reads JSON"),
        (("--shard", "1/2", "--fix"), "--fix and --diff mend the whole repository"),
        (("--shard", "1/2", "--no-cache"), "the parts of a run hand over what they render in the cache"),
        (("--shard-costs", "trace.json"), "--shard-costs does nothing by itself"),
        (
            ("--shard", "1/2", "--format", "json", "--shard-costs", "none.json"),
            "cannot use 'none.json': No such file or directory",
        ),
    ],
)
def test_options_that_do_not_fit_are_refused(
    options: tuple[str, ...], message: str, write: Write, capfd: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capfd, "check", write({"a.yaml": "a: 1\n"}), *options)
    assert (code, out, err.splitlines()[0]) == (2, "", f"gitlint-ops: {message}")


def test_reports_that_do_not_belong_together_are_refused(
    write: Write, shards: Callable[[Path, int], list[Path]], capfd: pytest.CaptureFixture[str]
) -> None:
    second, _ = shards(write({"a.yaml": "a: 1\n"}), 2)
    assert run(capfd, "merge-reports", second) == (
        2,
        "",
        "gitlint-ops: of 2 shards 1 is missing\nhelp: name the report of 'gitlint-ops check --shard 1/2' too\n",
    )
    assert run(capfd, "merge-reports", second, "none.json")[2].splitlines()[0] == (
        "gitlint-ops: cannot read 'none.json': No such file or directory"
    )


def test_the_part_that_judges_refuses_wrong_settings_of_rules(
    write: Write, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = write({".gitlint-ops.yaml": "rules: {no-such-rule: off}\n", "a.yaml": "a: 1\n"})
    options = ("--format", "json", "--cache-dir", tmp_path / "kept")
    assert run(capfd, "check", root, "--shard", "2/2", *options)[0] == 0
    code, _, err = run(capfd, "check", root, "--shard", "1/2", *options)
    assert (code, "no-such-rule" in err) == (2, True)
