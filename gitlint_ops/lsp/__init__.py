"""The language server: a repository's findings, fixes and origins in an editor, over standard input and output.

In: a host, which finds and opens the repository around a file (``analysis``). Out: diagnostics of the open files,
hover, definition and quick fixes, all from one check of the whole repository with the open files as they are typed: at
the first opened file, and whenever one is typed into, saved, or changed on disk. Findings become what the protocol has
for them in ``diagnostics`` and ``hover``.
"""

from __future__ import annotations

from gitlint_ops.lsp.analysis import Host, Repository
from gitlint_ops.lsp.server import serve

__all__ = ["Host", "Repository", "serve"]
