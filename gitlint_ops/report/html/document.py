"""A whole HTML document around a page's content: its head with the content policy, and the page's script."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources

from gitlint_ops.report.html.markup import Markup, element


def document(title: str, *content: Markup) -> str:
    """Give one HTML document of this content that loads nothing and needs no script to be read."""
    body = element("body", *content, element("script", _asset("report.js")))
    page = element("html", _head(title), body, lang="en")
    return f"<!DOCTYPE html>\n{page}\n".encode("utf-8", "backslashreplace").decode()


def theme_button() -> Markup:
    """Give the button that the script shows, since without one it would do nothing."""
    return element("button", "Light or dark", type="button", id="theme", hidden=True)


def _head(title: str) -> Markup:
    """Give the head; the policy comes first, so that it holds for all that follows."""
    script, style = _asset("report.js"), _asset("report.css")
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", style),
    )


@cache
def _asset(name: str) -> Markup:
    """Give the page's own style or script: the only texts that go in as they are."""
    return Markup(resources.files(__package__).joinpath(name).read_text("utf-8"))


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
