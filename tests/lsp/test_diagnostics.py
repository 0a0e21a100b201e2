from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from lsprotocol import types
from pygls import uris
from pygls.workspace import PositionCodec

from gitlint_ops.lint.model import Edit, Fix, Related
from gitlint_ops.lsp.diagnostics import Places, diagnostics_of, quick_fixes
from gitlint_ops.source import SourceTree, Span
from tests.report.samples import IMAGE

Open = Callable[[Mapping[str, str]], SourceTree]
LINE = "a: \U0001f600 b\u00e9c\n"


def places_of(tree: SourceTree, codec: PositionCodec) -> Places:
    return Places(tree.root, tree, codec)


@pytest.mark.parametrize(
    ("encoding", "column"),
    [
        (types.PositionEncodingKind.Utf32, 7),
        (types.PositionEncodingKind.Utf16, 8),
        (types.PositionEncodingKind.Utf8, 11),
    ],
)
def test_places_are_counted_as_the_client_counts(
    open_files: Open, encoding: types.PositionEncodingKind, column: int
) -> None:
    places = places_of(open_files({"a.yaml": LINE}), PositionCodec(encoding))
    assert places.range(Span("a.yaml", 1, 8, 1, 9)).start == types.Position(0, column)
    assert places.column("a.yaml", types.Position(0, column)) == 8


@pytest.mark.skipif(os.name == "nt", reason="names are text on Windows")
def test_a_name_that_is_not_utf_8_has_a_uri(open_files: Open) -> None:
    places = places_of(open_files({"a.yaml": LINE}), PositionCodec())
    assert places.uri("b c:\udcff.yaml").endswith("/repo/b%20c%3A%FF.yaml")


def test_a_diagnostic_and_its_fix(open_files: Open) -> None:
    tree = open_files({"a.yaml": "image: web\n", "b.yaml": "b: 1\n"})
    places = places_of(tree, PositionCodec())
    fix = Fix("Pin it.", (Edit(Span("b.yaml", 1, 4, 1, 5), "2"), Edit(Span("a.yaml", 1, 8, 1, 11), "web:1")))
    span = Span("a.yaml", 1, 8, 1, 11)
    finding = replace(
        IMAGE,
        severity="info",
        message="M\x1b",
        span=span,
        fix=fix,
        environments=(),
        related=(Related(Span("b.yaml", 1, 4), "R"),),
        help_uri="",
    )
    (shown,) = diagnostics_of([finding], places)
    place = types.Range(types.Position(0, 7), types.Position(0, 10))
    other = types.Range(types.Position(0, 3), types.Position(0, 4))
    uri = {name: str(uris.from_fs_path(str(tree.root / name))) for name in ("a.yaml", "b.yaml")}
    assert shown == types.Diagnostic(
        range=place,
        message="M\\e",
        severity=types.DiagnosticSeverity.Information,
        code="mutable-image-tag",
        source="gitlint-ops",
        related_information=[types.DiagnosticRelatedInformation(types.Location(uri["b.yaml"], other), "R")],
    )
    (action,) = quick_fixes([finding], [shown], places)
    assert (action.title, action.is_preferred, action.diagnostics) == ("Pin it.", True, [shown])
    assert action.edit == types.WorkspaceEdit(
        changes={uri["b.yaml"]: [types.TextEdit(other, "2")], uri["a.yaml"]: [types.TextEdit(place, "web:1")]}
    )
    elsewhere = replace_source(shown)
    assert list(quick_fixes([finding], [elsewhere], places)) == []


def replace_source(diagnostic: types.Diagnostic) -> types.Diagnostic:
    return types.Diagnostic(diagnostic.range, diagnostic.message, code=diagnostic.code, source="yamllint")
