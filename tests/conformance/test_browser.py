"""The HTML report in a real Chromium: its filters, its keyboard, both themes, and a page where every text is hostile.

`make validate-formats` brings Playwright and names the browser: Debian's package, or one of the user's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitlint_ops.lint.model import Report
from gitlint_ops.report.escape import printable
from gitlint_ops.report.html import render_html
from tests.conformance.test_formats import report
from tests.report.test_formats import HOSTILE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

BROWSER = os.environ.get("GITLINT_OPS_BROWSER", "")
pytestmark = pytest.mark.skipif(not BROWSER, reason="'make validate-formats' names a browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Chromium refuses to confine itself where it runs as root, as in containers.
        opened = playwright.chromium.launch(
            executable_path=BROWSER, chromium_sandbox=os.name == "nt" or os.geteuid() != 0
        )
        yield opened
        opened.close()


@contextmanager
def page_of(browser: Browser, folder: Path, shown: Report, **options: str) -> Iterator[Page]:
    """Open the page of a report; nothing that it does may be refused, loaded, asked or logged."""
    file = folder / "report.html"
    file.write_text(render_html(shown), "utf-8", "backslashreplace")
    page = browser.new_page(viewport={"width": 1100, "height": 800}, **options)
    events: list[str] = []
    page.on("console", lambda message: events.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: events.append(f"error: {error}"))
    page.on("dialog", lambda dialog: events.append(f"dialog: {dialog.message}"))
    page.on("request", lambda request: events.append(f"request: {request.url}"))
    page.goto(file.as_uri())
    yield page
    page.close()
    assert events == [f"request: {file.as_uri()}"]


def shown_findings(page: Page) -> Locator:
    return page.locator("article.finding:visible")


def test_findings_are_filtered(browser: Browser, tmp_path: Path) -> None:
    with page_of(browser, tmp_path, report("base-overlays")) as page:
        status = page.get_by_text("findings shown")
        everything = shown_findings(page).count()
        assert status.text_content() == f"{everything} of {everything} findings shown"
        page.get_by_label("error (").uncheck()
        assert set(shown_findings(page).locator(".severity").all_text_contents()) == {"warning", "info"}
        page.get_by_role("button", name="Clear").click()
        page.get_by_role("combobox", name="Environment").select_option("staging")
        page.get_by_role("combobox", name="Rule").select_option("missing-file")
        assert shown_findings(page).count() == 1
        page.get_by_role("button", name="Clear").click()
        page.get_by_label("Search").fill("IMAGEPULLPOLICE  deployment")
        assert status.text_content() == f"1 of {everything} findings shown"
        assert shown_findings(page).locator("mark").text_content() == "imagePullPolice"


def test_a_keyboard_is_enough(browser: Browser, tmp_path: Path) -> None:
    with page_of(browser, tmp_path, report("base-overlays")) as page:
        page.keyboard.press("Tab")
        assert page.locator(":focus").text_content() == "Skip to the findings"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "search"
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        assert shown_findings(page).locator(".severity", has_text="error").count() == 0


def test_both_themes_have_their_colours(browser: Browser, tmp_path: Path) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    with page_of(browser, tmp_path, report("base-overlays"), color_scheme="dark") as page:
        dark = page.evaluate(ground)
        page.get_by_role("button", name="Light or dark").click()
        light = page.evaluate(ground)
    with page_of(browser, tmp_path, report("base-overlays"), color_scheme="light") as page:
        assert (page.evaluate(ground), light != dark) == (light, True)


@pytest.mark.parametrize("name", ["base-overlays", "hostile"])
def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser, tmp_path: Path, name: str) -> None:
    with page_of(browser, tmp_path, report(name)) as page:
        page.set_viewport_size({"width": 360, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_hostile_text_is_shown_and_does_nothing(browser: Browser, tmp_path: Path) -> None:
    with page_of(browser, tmp_path, report("hostile")) as page:
        title = page.locator("article.finding h3").first.text_content() or ""
        assert [name for name, text in HOSTILE.items() if printable(text) not in title] == []
        links = page.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        ours = ("#findings", "https://github.com/gitlint-ops/")
        assert links
        assert [link for link in links if not link.startswith(ours)] == []
        assert page.locator("img, iframe, object, base, meta[http-equiv=refresh]").count() == 0
        page.get_by_label("Search").fill("alert(1)")
        assert shown_findings(page).count() == 1


def test_what_is_inside_the_page_leads_somewhere(browser: Browser, tmp_path: Path) -> None:
    with page_of(browser, tmp_path, report("app-of-apps")) as page:
        links = page.locator("a[href^='#']").evaluate_all("found => found.map(one => one.hash.slice(1))")
        titles = page.locator("[aria-labelledby]").evaluate_all(
            "found => found.map(one => one.getAttribute('aria-labelledby'))"
        )
        inner = [*links, *titles]
        assert len(inner) >= 4
        assert [name for name in inner if page.locator(f"[id='{name}']").count() != 1] == []
        assert page.locator("svg g.node").count() > 1
        tree = page.locator("ul.tree details").first
        tree.locator("summary").first.click()
        assert tree.get_attribute("open") is None
