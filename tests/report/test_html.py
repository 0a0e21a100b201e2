from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

from gitlint_ops.lint.model import Report
from gitlint_ops.report.html import findings, markup, render_html
from gitlint_ops.source.model import Span
from tests.report import samples
from tests.report.readers import read_html
from tests.report.test_formats import with_text

LAYOUT = {
    "environments": [
        {"name": "dev", "production": False, "rank": 1},
        {"name": "prod", "production": True, "rank": 2},
    ],
    "units": [],
    "deliveries": [
        {
            "id": f"argocd/{name}",
            "controller": "argocd",
            "kind": "Application",
            "namespace": "argocd",
            "name": name,
            "environment": environment,
            "cluster": "",
            "parent": parent,
            "units": [f"kustomize:apps/{name}"],
            "path": "",
            "line": 0,
            "generator": "",
            "unrendered": [],
        }
        for name, environment, parent in (
            ("root", "", ""),
            ("web-dev", "dev", "argocd/root"),
            ("web-prod", "prod", "argocd/root"),
            ("alone", "prod", ""),
            ("one", "", "argocd/two"),
            ("two", "", "argocd/one"),
        )
    ],
    "roots": [
        {
            "delivery": "argocd/root",
            "children": 2,
            "workloads": 3,
            "namespaces": 2,
            "unrendered": 0,
            "clusters": 1,
            "environments": ["dev", "prod"],
        }
    ],
}


def page(report: Report) -> str:
    return render_html(replace(report, layout=LAYOUT))


def digests(text: str, tag: str) -> str:
    (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def test_the_policy_allows_the_page_s_own_script_and_style_alone() -> None:
    text = page(samples.report(samples.IMAGE))
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy.replace("&#x27;", "'").split("; ") == [
        "default-src 'none'",
        f"script-src '{digests(text, 'script')}'",
        f"style-src '{digests(text, 'style')}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert text.index("Content-Security-Policy") < text.index("<style>")


def test_nothing_is_loaded_and_nothing_stands_in_an_attribute_that_runs() -> None:
    tags, _ = read_html(page(samples.report(samples.IMAGE)))
    attributes = {attribute for tag in tags for attribute in tag.split()[1:]}
    assert not attributes & {"src", "srcset", "style", "action", "data", "xlink:href"}
    assert not any(attribute.startswith("on") for attribute in attributes)


def test_the_assets_end_no_element_early() -> None:
    folder = Path(findings.__file__).parent
    assert "</" not in (folder / "report.css").read_text("utf-8")
    assert "</" not in (folder / "report.js").read_text("utf-8")


def test_a_finding_has_its_place_its_line_and_what_it_is_filtered_by() -> None:
    text = page(samples.report(samples.IMAGE))
    assert (
        '<article class="finding error" data-severity="error" data-rule="0" data-environment="1 0" data-app="0 1">'
        '<h3><span class="severity">error</span> Deployment web runs ghcr.io/acme/web:latest, a tag that can change '
        'under it.</h3><p class="place"><code>apps/web/overlays/prod/kustomization.yaml:14:13</code> '
        '<a href="https://github.com/gitlint-ops/gitlint-ops/blob/main/docs/rules/mutable-image-tag.md">'
        'mutable-image-tag</a></p><pre tabindex="0"><b><span class="number">   14 </span>    newTag: '
        "<mark>latest</mark>\n</b></pre>"
    ) in text
    assert '<select id="environment"><option value="">all</option><option value="0">prod</option>' in text


def test_neighbouring_lines_are_shown_only_where_secrets_were_looked_for() -> None:
    report = samples.report(replace(samples.IMAGE, span=Span("values.yaml", 3, 1, 3, 4)))
    report = replace(report, lines={"values.yaml": {2: "password: hunter2", 3: "tag: latest"}})
    assert "hunter2" not in page(report)
    rules = tuple(replace(samples.RULE, name=name) for name in ("plaintext-secret", "secret-value"))
    assert "password: hunter2" in page(replace(report, rules=rules))
    secret = replace(samples.SECRET, span=Span("values.yaml", 2))
    assert "hunter2" not in page(replace(report, rules=rules, findings=(*report.findings, secret)))


def test_the_picture_has_roots_environments_and_what_reaches_what() -> None:
    text = page(samples.report())
    picture = text[text.index("<svg") : text.index("</svg>")]
    assert re.findall(r"<text[^>]*>([^<]*)</text>", picture) == [
        *("root", "2 deliveries, 1 cluster", "without a root", "3 deliveries"),
        *("dev", "1 delivery", "prod", "2 deliveries", "no environment", "3 deliveries"),
    ]
    assert re.findall(r"<path><title>|<path [^>]*><title>([^<]*)", picture) == [
        *("1 delivery", "1 delivery"),
        *("1 delivery", "2 deliveries"),
    ]


def test_the_tree_says_the_same_in_words_and_ends_where_parents_go_in_a_circle() -> None:
    text = page(samples.report())
    tree = text[text.index('<ul class="tree">') :]
    assert re.findall(r"<strong>([^<]*)</strong>", tree) == [
        *("argocd/root", "argocd/web-dev", "argocd/web-prod", "argocd/alone"),
        *("argocd/one", "argocd/two"),
    ]
    assert "<em>reaches 2 deliveries, 3 workloads, 2 namespaces, 1 cluster; dev, prod</em>" in tree


def test_what_was_not_checked_is_told() -> None:
    text = page(samples.report(coverage=samples.GAPS))
    assert "<h3>Failed to render: 1</h3><ul><li>parse error at line 3<br><code>charts/bad</code></li></ul>" in text
    assert "Everything was checked." in page(samples.report())


def test_a_link_is_of_our_own() -> None:
    finding = replace(samples.IMAGE, help_uri="javascript:alert(1)")
    assert "javascript:" not in page(samples.report(finding))


def test_the_lightest_are_left_out_of_a_page_that_would_be_too_long() -> None:
    many = [replace(samples.NEAREST, fingerprint=str(number)) for number in range(findings.MAX_FINDINGS + 2)]
    text = page(samples.report(*many, samples.SECRET))
    assert text.count("<article") == findings.MAX_FINDINGS
    assert 'class="finding error"' in text
    assert "3 more findings of the lowest severity left out." in text


def test_attributes_and_texts_are_escaped() -> None:
    given = markup.element("a", "<b>&", title="\"'\n", hidden=True, disabled=False, data_x=1)
    assert given == '<a title="&quot;&#x27;\\n" hidden data-x="1">&lt;b&gt;&amp;</a>'


def test_without_a_layout_there_is_no_section_for_it() -> None:
    assert "Layout" not in render_html(replace(with_text("plain"), layout={}))
