"""Whatever types the values of a repository's documents have, no rule and no command ends in a defect."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from difflib import unified_diff
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from gitlint_ops.cli.check import run_check
from gitlint_ops.cli.check_options import CheckOptions
from gitlint_ops.cli.diff import DiffOptions, read_diff
from gitlint_ops.cli.fixing import Mender
from gitlint_ops.cli.inspect import read_layout
from gitlint_ops.cli.options import PlaceOptions
from gitlint_ops.config import Config
from gitlint_ops.lint import load_rules
from gitlint_ops.report.formats import DIFF_FORMATS, FORMATS
from tests.repositories import Repository
from tests.security.mutations import mutated

FIXTURES = Path(__file__).parents[2] / "fixtures"
EXAMPLES = [example for rule in load_rules(Config(), examples=True) for example in rule.examples]
RUNS = int(os.environ.get("GITLINT_OPS_EXAMPLES", "3"))
"""How many repositories each test makes; ``make fuzz`` makes more, and others each time."""
FUZZED = settings(
    max_examples=RUNS,
    deadline=None,
    database=None,
    derandomize="GITLINT_OPS_EXAMPLES" not in os.environ,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
CHANGED = (".yaml", ".yml", ".json", ".tpl")
Files = Mapping[str, str]


def _from_examples(dice: Random) -> Files:
    """Give a repository of some rules' examples, each of which has what its rule looks at."""
    return {path: text for example in dice.sample(EXAMPLES, 6) for path, text in example["files"].items()}


def _from_fixture(dice: Random) -> Files:
    """Give a whole repository of one of the common shapes."""
    root = dice.choice(sorted(path for path in FIXTURES.iterdir() if path.is_dir()))
    found = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted(found)}


def _with_faults(files: Files, dice: Random) -> Files:
    paths = [path for path in files if path.endswith(CHANGED) and not path.startswith(".gitlint-ops")]
    chosen = dice.sample(paths, min(len(paths), dice.randint(1, 8)))
    return {**files, **{path: mutated(files[path], dice) for path in chosen}}


def _told(before: Files, after: Files) -> str:
    lines = (unified_diff(before[p].split("\n"), after[p].split("\n"), p, p, n=0, lineterm="") for p in before)
    return "\n".join(line[:200] for of_file in lines for line in of_file)


def _alone(_: Files, after: Files, root: Path) -> None:
    """Check and mend a repository, and look at its layout."""
    Repository(root).write(after)
    _check(CheckOptions(paths=(root,), profile="strict", no_cache=True, quiet=True, diff=True, unsafe_fixes=True))
    assert read_layout(PlaceOptions(paths=(root,), no_cache=True))


def _changed(before: Files, after: Files, root: Path) -> None:
    """Compare two states of a repository, and check what is new in the second."""
    Repository(root).commit(before)
    Repository(root).write(after)
    shown = read_diff(DiffOptions(paths=(root,), base="HEAD", no_cache=True))
    assert all(form.render(shown) for form in DIFF_FORMATS.values())
    _check(CheckOptions(paths=(root,), base="HEAD", profile="strict", no_cache=True, quiet=True))


def _check(options: CheckOptions) -> None:
    report = run_check(options, Mender(options))
    for defect in report.defects:
        raise defect
    assert all(form.render(report) for form in FORMATS.values())


@pytest.mark.parametrize("files_of", [_from_examples, _from_fixture], ids=["examples", "fixture"])
@pytest.mark.parametrize("run", [_alone, _changed], ids=["alone", "changed"])
def test_no_value_is_a_defect(files_of: Callable[[Random], Files], run: Callable[[Files, Files, Path], None]) -> None:
    @FUZZED
    @given(st.integers(0, 2**32))
    def holds(seed: int) -> None:
        dice = Random(seed)
        before = files_of(dice)
        after = _with_faults(before, dice)
        note(_told(before, after))
        with tempfile.TemporaryDirectory() as folder:
            run(before, after, Path(folder) / "repo")

    holds()
