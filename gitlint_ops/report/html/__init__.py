"""A report, or a diff, as one page for the browser. In: either, a report with its layout. Out: HTML.

It loads nothing. Every text goes through ``markup``; the page's own style and script are allowed by their digest alone.
"""

from __future__ import annotations

from gitlint_ops.report.html.page import render_html

__all__ = ["render_html"]
