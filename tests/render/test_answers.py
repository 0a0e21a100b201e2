import pytest

from gitlint_ops.render.answers import Answers

READS = [
    {"path": "a/b.yaml", "kind": "file"},
    {"path": "apps", "kind": "folder"},
    {"path": "c/values.yaml", "kind": "absent"},
    {"path": "d", "kind": "present"},
    {"path": ".sourceignore", "kind": "named"},
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
    ],
)
def test_an_answer_holds_where_nothing_that_it_read_differs(path: str, edited: bool, moved: bool) -> None:
    """Whether it holds where the file has another content, and where it is on one side only."""
    answers = Answers()
    answers.keep("key", {"objects": [], "reads": list(READS)})
    assert answers.recall("key") == {"objects": []}
    assert (answers.unaffected_by([path], []).recall("key") is not None) == edited
    assert (answers.unaffected_by([path], [path]).recall("key") is not None) == moved
