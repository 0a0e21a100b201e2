import pytest

from gitlint_ops.render.answers import Answers, Difference

READS = [
    {"path": "a/b.yaml", "kind": "file"},
    {"path": "apps", "kind": "folder"},
    {"path": "c/values.yaml", "kind": "absent"},
    {"path": "d", "kind": "present"},
    {"path": ".sourceignore", "kind": "named"},
    {"path": "f.yaml", "kind": "present"},
]


@pytest.mark.parametrize(
    ("path", "edited", "moved"),
    [
        ("a/b.yaml", False, False),
        ("a/c.yaml", True, True),
        ("apps/x/y.yaml", True, False),
        ("c/values.yaml", False, False),
        ("c/values.yaml/x", True, False),
        ("d/x.yaml", True, False),
        ("e/.sourceignore", False, False),
        ("e/f", True, True),
        ("f.yaml", True, False),
    ],
)
def test_an_answer_holds_where_nothing_that_it_read_differs(path: str, edited: bool, moved: bool) -> None:
    """Whether it holds where the file has another content, and where it is on one side only."""
    answers = Answers()
    answers.keep("key", {"objects": [], "reads": list(READS)})
    assert answers.recall("key") == {"objects": []}
    assert (answers.elsewhere(Difference([path], [])).recall("key") is not None) == edited
    assert (answers.elsewhere(Difference([path], [path])).recall("key") is not None) == moved


def test_answers_that_come_later_are_known_elsewhere_and_not_the_other_way_round() -> None:
    here = Answers()
    there = here.elsewhere(Difference([], []))
    here.keep("later", {"objects": [1], "reads": []})
    there.keep("own", {"objects": [2], "reads": []})
    assert (there.recall("later"), here.recall("own")) == ({"objects": [1]}, None)
