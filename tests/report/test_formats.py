"""Every format against its reader, with the texts that a hostile repository would put into file names and values."""

from __future__ import annotations

import os
from dataclasses import replace
from urllib.parse import quote

import pytest

from gitlint_ops.lint.model import Fix, Member, ObjectRef, Related, Report, Skipped, Suppression
from gitlint_ops.report.escape import break_commands, printable
from gitlint_ops.report.formats import FORMATS, TEXT
from gitlint_ops.report.text import render_text
from gitlint_ops.source.model import Span
from tests.report import samples
from tests.report.readers import READERS, Reading

FORMAT_NAMES = (TEXT, *FORMATS)
HOSTILE = {
    "newline": "a\nb\r\nc",
    "forged line": "a\n::error::b",
    "command": "::set-output name=x::y",
    "spaced command": "   ::add-mask::x",
    "stop command": "\r::stop-commands::x",
    "legacy command": "##[set-output name=x;]y",
    "percent": "%0A::add-mask::x%25",
    "property end": "a,line=9::b",
    "colon": "c:d",
    "quotes": "\"a\" 'b' `c`",
    "script": "</script><script>alert(1)</script>",
    "style": "</style><img src=x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "comment": "<!-- x --!> ]]> <?php ?> &amp; &#0;",
    "template": "{{ x }} ${{ secrets.X }} $(id) `id` ${X}",
    "table": "| a | b |\n|---|---|",
    "link": "[a](javascript:alert(1)) ![i](https://e.example/x.png) <https://e.example>",
    "autolink": "https://e.example www.e.example a@e.example",
    "mention": "@admin #1 org/repo#2 GH-3",
    "emphasis": "**a** _b_ ~~c~~ # d\n- e\n> f",
    "terminal": "\x1b[2J\x1b]8;;https://e.example\x07x\x9b31m",
    "zero": "a\x00b\x7f",
    "bidi": "a\u202eb\u2066c\u200bd",
    "line separator": "a\u2028b\u0085c",
    "not UTF-8": "a\udcff\udc80b",
    "no character": "a\ufffe\uffffb",
    "attachment": "[[ATTACHMENT|/etc/passwd]]",
    "traversal": "../../etc/passwd",
}


def with_text(text: str) -> Report:
    """Give a report that has ``text`` wherever a repository's text can stand."""
    path = f"apps/{text}/a.yaml"
    finding = replace(
        samples.IMAGE,
        message=f"M {text} M",
        span=Span(path, 3, 2, 3, 4),
        related=(Related(Span(path, 1), f"R {text} R"),),
        object=ObjectRef(text, text, text, text, text),
        deliveries=(text,),
        environments=(text,),
        fix=Fix(f"F {text} F", ()),
    )
    accepted = replace(finding, suppression=Suppression("comment", text), rule="secret-value")
    gaps = (Skipped(text, path, f"G {text} G"),)
    coverage = replace(samples.GAPS, skipped=gaps, failed=gaps, unreadable=gaps, assumptions=(text,))
    report = samples.report(finding, accepted, coverage=coverage)
    fleet = (Member(text, files=1, elapsed_ms=5, reason=f"F {text} F", exit_code=3),)
    return replace(report, lines={path: {3: f"x {text}"}}, layout=_layout(text), fleet=fleet)


def _layout(text: str) -> dict[str, object]:
    delivery = {
        "id": text,
        "controller": "argocd",
        "kind": text,
        "namespace": text,
        "name": text,
        "environment": text,
        "cluster": text,
        "parent": "",
        "units": [text],
        "path": text,
        "line": 1,
        "generator": "",
        "unrendered": [],
    }
    root = {"delivery": text, "children": 1, "workloads": 1, "namespaces": 1, "unrendered": 0, "clusters": 1}
    return {
        "environments": [{"name": text, "production": True, "rank": 1}],
        "units": [],
        "deliveries": [delivery, {**delivery, "id": "child", "parent": text}],
        "roots": [{**root, "environments": [text]}],
    }


def rendered(name: str, report: Report) -> str:
    if name in FORMATS:
        return FORMATS[name].render(report)
    # As it is printed in a workflow.
    return break_commands(render_text(report, color=False, width=100_000, verbose=True))


def read(name: str, report: Report) -> Reading:
    return READERS[name](rendered(name, report))


def test_every_format_has_a_reader() -> None:
    assert set(READERS) == set(FORMAT_NAMES)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_nothing_is_interpreted_and_nothing_is_lost(name: str, text: str) -> None:
    expected, _ = read(name, with_text("plain"))
    skeleton, texts = read(name, with_text(text))
    assert skeleton == expected
    assert any(f"M {form} M" in given for form in forms(text) for given in texts), texts


def forms(text: str) -> set[str]:
    """Give the forms in which a text may be shown: as it is, or with escapes for what must not be obeyed."""
    visible = text.encode("utf-8", "backslashreplace").decode()
    one_line = printable(text)
    no_xml = one_line.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
    return {text, visible, no_xml, one_line, " ".join(one_line.split()), one_line.replace("##[", "#\\x23[")}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_it_can_be_written(name: str, text: str) -> None:
    rendered(name, with_text(text)).encode("utf-8", "backslashreplace").decode("utf-8")


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_a_clean_report_can_be_read(name: str) -> None:
    assert rendered(name, samples.report()).endswith("\n")
    read(name, samples.report())


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_a_secret_line_is_in_no_format(name: str) -> None:
    assert "not-a-real-one" not in rendered(name, samples.report(samples.SECRET))


def test_a_path_stays_the_path_of_its_file() -> None:
    path = "apps/50% [x], y:z.yaml"
    finding = replace(samples.IMAGE, span=Span(path, 1))
    for name in ("json", "gitlab", "junit", "github", "html"):
        assert any(path in text for text in read(name, samples.report(finding))[1]), name
    assert quote(os.fsencode(path)) in rendered("sarif", samples.report(finding))
