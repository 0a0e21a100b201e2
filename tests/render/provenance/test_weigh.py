from __future__ import annotations

import pytest

from gitlint_ops.render.provenance.weigh import _expands


@pytest.mark.parametrize(
    ("text", "rendered", "whole"),
    [
        ("$(A)", "", True),
        ("http://$(HOST):$(PORT)/x", "http://web:80/x", True),
        ("http://$(HOST):$(PORT)/x", "http://web/x", False),
        ("a$(B)a", "a", False),
        ("$(A)-$(B)", "x-y", True),
        ("$(A)-$(B)-", "x-y", False),
        ("$(A)x" * 40 + "y", "x" * 5000, False),
    ],
)
def test_a_text_is_another_with_its_variables_filled_in(text: str, rendered: str, whole: bool) -> None:
    assert _expands(text, rendered) is whole
