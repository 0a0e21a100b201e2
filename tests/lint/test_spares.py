from collections.abc import Callable
from pathlib import Path

import pytest

from gitlint_ops.cache import Memory, Store
from gitlint_ops.lint.spares import Spare, Spares

LIMIT = 1024 * 1024
THING = ["prod", {"kind": "ConfigMap", "data": {"replicas": 1, "ready": True, "share": 0.5, "none": None}}]


class Asked:
    """A check that counts how often it is asked."""

    def __init__(self, *found: str) -> None:
        self.found = found
        self.times = 0

    def __call__(self) -> tuple[str, ...]:
        self.times += 1
        return self.found


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., None]:
    """Give what runs once over a repository, with what is asked and looked at, and remembers it."""
    (tmp_path / "repo").mkdir()

    def run(look: Callable[[Spare], object], asked: str = "", repository: str = "apps", version: bytes = b"1") -> None:
        memory = Memory(Store(tmp_path / "kept", LIMIT), version, tmp_path / "repo")
        spares = Spares(memory, [repository])
        look(spares.of("check", asked))
        spares.keep()
        memory.store.close()

    return run


def test_what_nothing_was_found_in_is_not_looked_at_again(run: Callable[..., None]) -> None:
    clean, dirty = Asked(), Asked("wrong")
    for _ in range(3):
        run(lambda spare: [spare.look([1], clean), spare.look([2], dirty)])
    assert (clean.times, dirty.times) == (1, 3)


def test_it_gives_what_the_check_gives(run: Callable[..., None]) -> None:
    given: list[object] = []
    for _ in range(2):
        run(lambda spare: given.extend([spare.look(THING, Asked()), spare.look([*THING, 1], Asked("wrong"))]))
    assert given == [(), ("wrong",)] * 2


@pytest.mark.parametrize(
    "other",
    [
        ["dev", THING[1]],
        ["prod", {"kind": "ConfigMap", "data": {"replicas": 1.0, "ready": True, "share": 0.5, "none": None}}],
        ["prod", {"kind": "ConfigMap", "data": {"replicas": True, "ready": True, "share": 0.5, "none": None}}],
        ["prod", {"kind": "ConfigMap", "data": {"replicas": "1", "ready": True, "share": 0.5, "none": None}}],
        ["prod", {"data": {"replicas": 1, "ready": True, "share": 0.5, "none": None}, "kind": "ConfigMap"}],
    ],
)
def test_another_thing_is_looked_at(other: object, run: Callable[..., None]) -> None:
    check = Asked()
    run(lambda spare: spare.look(THING, check))
    run(lambda spare: spare.look(other, check))
    assert check.times == 2


def test_an_equal_thing_is_the_same_however_it_was_made(run: Callable[..., None]) -> None:
    check, name = Asked(), "-".join(["a", "name"])
    shared = {"name": name}
    run(lambda spare: spare.look([shared, shared, "a-name", 2**70], check))
    run(lambda spare: spare.look([{"name": "a-name"}, {"name": "-".join(["a", "name"])}, name, 2**70], check))
    assert check.times == 1


@pytest.mark.parametrize("other", [{"asked": "options"}, {"repository": "charts"}, {"version": b"2"}])
def test_other_options_repositories_and_versions_have_their_own(
    other: dict[str, str], run: Callable[..., None]
) -> None:
    check = Asked()
    run(lambda spare: spare.look(THING, check))
    run(lambda spare: spare.look(THING, check), **other)
    assert check.times == 2


def test_what_a_run_did_not_see_is_forgotten(run: Callable[..., None]) -> None:
    check = Asked()
    for thing in ([1], [2], [1]):
        run(lambda spare, thing=thing: spare.look(thing, check))
    assert check.times == 3


def test_a_file_is_another_thing_once_it_is_edited(run: Callable[..., None], tmp_path: Path) -> None:
    check = Asked()
    for text, times in (("a: 1", 1), ("a: 1", 1), ("a: 2", 2)):
        (tmp_path / "repo" / "a.yaml").write_text(text)
        run(lambda spare: spare.look_at_file("a.yaml", True, check))
        assert check.times == times


def test_of_a_secret_nothing_is_remembered(run: Callable[..., None]) -> None:
    check = Asked()
    for _ in range(2):
        run(lambda spare: spare.look_at_object("Secret", THING, check))
        run(lambda spare: spare.look_at_object("ConfigMap", THING, Asked()))
    assert check.times == 2


def test_without_a_memory_all_is_looked_at(tmp_path: Path) -> None:
    check = Asked()
    spare = Spares().of("check")
    spare.look(object(), check)
    spare.look_at_file("a.yaml", None, check)
    assert check.times == 2
