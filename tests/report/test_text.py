from __future__ import annotations

from dataclasses import replace

from gitlint_ops.lint.model import Related, Report, Skipped
from gitlint_ops.report.text import Layout, render_text
from gitlint_ops.source.model import Span
from tests.report import samples


def text(report: Report, *, verbose: bool = False, width: int = 100, color: bool = False) -> str:
    return render_text(report, color=color, width=width, verbose=verbose)


def test_a_whole_report() -> None:
    report = samples.report(samples.IMAGE, samples.NEAREST, coverage=samples.GAPS)
    given = render_text(report, color=False, width=80, verbose=False, layout=Layout(verdict="1 error: exit 1"))
    assert (
        given
        == """\
apps/web/overlays/prod/kustomization.yaml
  error mutable-image-tag apps/web/overlays/prod/kustomization.yaml:14:13
    Deployment web runs ghcr.io/acme/web:latest, a tag that can change under it.
      14 │     newTag: latest
         │             ^^^^^^
      in stage, prod
      see apps/web/base/deployment.yaml:22:16  the container's image in the base
      fix Pin the tag.

clusters/prod/web.yaml
  info not-rendered clusters/prod/web.yaml:3:1
    The chart needs the network.
      3 │ kind: Application
        │ ^
      through argocd/web-prod
      note this is the nearest place; the exact line is not known

Checked
  9 files; 2 of 6 units rendered, which gave 14 objects.
Failed to render: 1
  parse error at line 3
      charts/bad
Not read: 1
  52,428,800 bytes, the limit is 10,485,760
      big.yaml
Not rendered: 5
  needs the network: https://x.example
      5: apps/a, apps/b, apps/c and 2 more
Assumed
  https://github.com/acme/web is taken for this repository

1 error, 1 info in 1.2 s.
1 finding is fixable with --fix; --diff shows the changes.
'gitlint-ops explain RULE' says why it matters and how to fix or accept it.
1 error: exit 1
"""
    )


def test_a_clean_report_is_short() -> None:
    assert (
        text(samples.report())
        == """\
Checked
  9 files; 2 of 2 units rendered, which gave 14 objects.

No findings in 1.2 s.
"""
    )


def test_a_secret_line_is_never_shown_even_where_another_finding_points_at_it() -> None:
    other = replace(samples.NEAREST, span=Span("values.yaml", 2))
    given = text(samples.report(samples.SECRET, other))
    assert "values.yaml:2:8" in given
    assert "not-a-real-one" not in given


def test_quiet_and_clean_is_silent() -> None:
    assert (
        render_text(samples.report(), color=False, width=80, verbose=False, layout=Layout(quiet=True, verdict="exit 0"))
        == ""
    )


def test_suppressed_findings_are_counted_and_shown_on_demand() -> None:
    report = samples.report(samples.ACCEPTED)
    assert "\nNo findings (1 suppressed) in 1.2 s.\n" in text(report)
    shown = render_text(report, color=False, width=80, verbose=False, layout=Layout(show_suppressed=True))
    assert "      suppressed by comment: a demo, until 2027-01-31\n" in shown


def test_verbose_names_the_object_and_all_places() -> None:
    many = tuple(Related(Span(f"{n}.yaml", 1), "here too") for n in range(7))
    report = samples.report(replace(samples.IMAGE, related=many))
    short, long = text(report), text(report, verbose=True)
    assert "      see 2 more places (--verbose lists them)\n" in short
    assert "6.yaml" not in short
    assert "      see 6.yaml:1:1  here too\n" in long
    assert "      object Deployment web/web (apps/v1), field spec.template.spec.containers[0].image\n" in long
    assert "      through argocd/web-prod, argocd/web-stage\n" in long


def test_many_environments_are_cut() -> None:
    names = tuple(f"env-{n:02}" for n in range(12))
    report = samples.report(replace(samples.IMAGE, environments=names))
    assert f"in {', '.join(names[:8])} and 4 more\n" in text(report)
    assert f"in {', '.join(names)}\n" in text(report, verbose=True, width=200)


def test_many_reasons_are_cut() -> None:
    skipped = tuple(Skipped(n, f"apps/{n}", f"reason {n}") for n in "abcdefghij")
    report = samples.report(coverage=replace(samples.CLEAN, skipped=skipped))
    assert "  and 4 more reasons (--verbose lists them)\n" in text(report)
    assert "  reason j\n" in text(report, verbose=True)


def test_nothing_rendered_is_said() -> None:
    report = samples.report(coverage=replace(samples.CLEAN, units=0, rendered=0, objects=0))
    assert "  9 files; nothing in them is rendered (no kustomization, chart or delivery was found).\n" in text(report)


def test_lines_are_wrapped_below_their_start() -> None:
    given = text(samples.report(replace(samples.IMAGE, message="word " * 30)), width=60)
    assert "    word word word word word word word word word word word\n    word" in given
    assert max(len(line) for line in given.splitlines()) <= 80


def test_hostile_text_stays_on_its_line_and_has_no_markup() -> None:
    given = text(samples.report(replace(samples.IMAGE, message="[bold]x[/bold] \x1b[2J\n::error::y :smile:")))
    assert "    [bold]x[/bold] \\e[2J\\n::error::y :smile:\n" in given
    assert "\x1b" not in given


def test_colour_only_adds_colour() -> None:
    import re

    report = samples.report(samples.IMAGE, samples.NEAREST, coverage=samples.GAPS)
    colored = text(report, color=True)
    assert "\x1b[1;31merror\x1b[0m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == text(report)


def test_ascii_terminals_get_ascii() -> None:
    given = render_text(
        samples.report(samples.IMAGE), color=False, width=80, verbose=False, layout=Layout(unicode=False)
    )
    assert "      14 |     newTag: latest\n" in given
    assert given.isascii()


def test_like_reasons_are_said_once() -> None:
    charts = [("web", "oci://a.example/web"), ("api", "oci://b.example/api"), ("db", "oci://b.example/db")]
    skipped = tuple(
        Skipped(n, f"apps/{n}", f"chart '{n}' 1.{len(n)} from {url} needs the network") for n, url in charts
    )
    report = samples.report(coverage=replace(samples.CLEAN, skipped=skipped))
    assert "  chart ... from ... needs the network\n      3: apps/api, apps/db, apps/web\n" in text(report)
    assert "  chart 'db' 1.2 from oci://b.example/db needs the network\n      apps/db\n" in text(report, verbose=True)


def test_many_infos_are_listed_by_rule() -> None:
    infos = [replace(samples.NEAREST, span=Span("clusters/prod/web.yaml", n)) for n in range(1, 8)]
    report = samples.report(*infos, replace(samples.NEAREST, rule="unknown-kind", message="long " * 40))
    given = text(report)
    assert given.startswith("""\
Infos (8; --verbose shows each like the findings above)
  not-rendered (7)
    clusters/prod/web.yaml:1:1  The chart needs the network.
    clusters/prod/web.yaml:2:1  The chart needs the network.
    clusters/prod/web.yaml:3:1  The chart needs the network.
    clusters/prod/web.yaml:4:1  The chart needs the network.
    and 3 more
  unknown-kind (1)
    clusters/prod/web.yaml:3:1  long long""")
    assert max(len(line) for line in given.splitlines()) <= 100
    full = render_text(report, color=False, width=100, verbose=False, layout=Layout(full_infos=True))
    assert full.count("info not-rendered") == 7


def test_a_related_place_that_is_the_finding_s_own_is_not_repeated() -> None:
    own = Related(samples.IMAGE.span, "declared here")
    assert "declared here" not in text(samples.report(replace(samples.IMAGE, related=(own,))))


def test_a_part_is_called_a_part() -> None:
    layout = Layout(note="Only findings of prod are shown.", verdict="exit 0")
    given = render_text(samples.report(), color=False, width=80, verbose=False, layout=layout)
    assert given.endswith("Only findings of prod are shown.\nNo findings in 1.2 s.\nexit 0\n")


def test_explain_says_once_why_a_rule_matters_and_how_to_fix_it() -> None:
    shown = render_text(
        samples.report(samples.IMAGE, replace(samples.IMAGE, span=Span("z.yaml", 3))),
        color=False,
        width=100,
        verbose=False,
        layout=Layout(explain=True),
    )
    assert shown.count("      why it matters\n") == 1
    assert (
        "      fix Pin the tag.\n"
        "      why it matters\n"
        "        Two pods of one Deployment may run different code.\n"
        "      how to fix it\n"
        "        Name a version or a digest.\n\n"
        "z.yaml\n"
    ) in shown
    assert "how to fix it" not in text(samples.report(samples.IMAGE))


def test_explain_reaches_infos_that_are_only_listed() -> None:
    infos = [replace(samples.IMAGE, severity="info", span=Span("a.yaml", line)) for line in range(1, 9)]
    shown = render_text(
        samples.report(*infos), color=False, width=100, verbose=False, layout=Layout(explain=True, quiet=True)
    )
    assert "    and 4 more\n      why it matters\n        Two pods" in shown
