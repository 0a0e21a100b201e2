from __future__ import annotations

import json
from dataclasses import replace

from gitlint_ops.lint.model import Member, Report
from gitlint_ops.report.fleet import Figures, write_fleet
from gitlint_ops.report.formats import FORMATS
from gitlint_ops.report.html.fleet import MAX_REPOSITORIES
from gitlint_ops.report.page import Page
from tests.report import samples
from tests.report.readers import read_html, read_markdown

MEMBERS = (
    Member("api", files=3, units=2, rendered=1, objects=5, elapsed_ms=400, reason="a rule crashed", exit_code=4),
    Member("docs", files=0, reason="there is no YAML, JSON or chart file in it", elapsed_ms=20),
    Member("gone", reason="it is no repository", exit_code=2),
    Member("web", files=9, units=4, rendered=4, objects=9, elapsed_ms=12_340),
)


def fleet(members: tuple[Member, ...] = MEMBERS) -> Report:
    """Give a report on four repositories, with two errors of one rule, and an info."""
    found = (
        replace(samples.IMAGE, repository="web"),
        replace(samples.IMAGE, repository="web", fingerprint="1"),
        replace(samples.IMAGE, repository="api", fingerprint="2"),
        replace(samples.NEAREST, repository="api"),
        replace(samples.ACCEPTED, repository="api"),
    )
    return replace(samples.report(*found), fleet=members)


def text_of(report: Report, *, verbose: bool = False) -> str:
    page = Page(color=False, width=100)
    write_fleet(page, report, verbose=verbose)
    return page.text()


def test_the_figures_as_text() -> None:
    assert text_of(fleet()) == (
        "Fleet\n"
        "  1 of 4 repositories checked: 2 of 2 units rendered, 14 objects.\n"
        "    api: a rule crashed\n"
        "    gone: it is no repository\n"
        "    docs: there is no YAML, JSON or chart file in it\n"
        "          3 error   mutable-image-tag  in 2 repositories\n"
        "          1 info    not-rendered  in 1 repository\n"
        "  Slowest\n"
        "     12.3 s web\n"
        "      0.4 s api\n"
        "      0.0 s docs\n"
        "\n"
    )


def test_long_lists_are_cut() -> None:
    members = tuple(Member(f"r{at}", reason="it is no repository", exit_code=2) for at in range(30))
    assert "    and 10 more repositories\n" in text_of(fleet(members))
    assert "more repositories" not in text_of(fleet(members), verbose=True)


def test_one_repository_has_no_figures() -> None:
    assert text_of(samples.report(samples.IMAGE)) == ""
    assert json.loads(FORMATS["json"].render(samples.report()))["fleet"] is None


def test_the_figures_as_json() -> None:
    data = json.loads(FORMATS["json"].render(fleet()))
    assert [item["repository"] for item in data["findings"]] == ["web", "web", "api", "api", "api"]
    assert data["fleet"]["rules"] == [
        {"rule": "mutable-image-tag", "severity": "error", "findings": 3, "repositories": 2},
        {"rule": "not-rendered", "severity": "info", "findings": 1, "repositories": 1},
    ]
    assert data["fleet"]["repositories"][0] == {
        "name": "api",
        "files": 3,
        "units": 2,
        "rendered": 1,
        "objects": 5,
        "findings": {"error": 1, "warning": 0, "info": 1},
        "elapsed_ms": 400,
        "not_checked": "a rule crashed",
    }
    assert [member["not_checked"] for member in data["fleet"]["repositories"]][3] is None


def test_the_figures_on_the_page() -> None:
    tags, (text, *_) = read_html(FORMATS["html"].render(fleet()))
    assert tags.count("table") == 2
    assert "web 2004 of 4912.3 s" in text.replace("\n", " ").replace("web2", "web 2")
    assert "Slowest: web (12.3 s), api (0.4 s), docs (0.0 s)." in text


def test_the_page_is_bounded() -> None:
    members = tuple(Member(f"r{at}") for at in range(MAX_REPOSITORIES + 1))
    assert "1 more repository left out." in FORMATS["html"].render(fleet(members))


def test_the_figures_in_a_comment() -> None:
    _, (text,) = read_markdown(FORMATS["markdown"].render(fleet()))
    assert "1 of 4 repositories checked: 2 of 2 units rendered, 14 objects." in text
    assert "Slowest: web (12.3 s), api (0.4 s), docs (0.0 s)." in text


def test_equal_times_are_in_name_order() -> None:
    members = tuple(Member(name, elapsed_ms=1) for name in "fbdcaeg")
    assert [member.name for member in Figures(fleet(members)).slowest] == ["a", "b", "c", "d", "e"]
