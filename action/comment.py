"""A step of the Action: puts what the merge changes into one comment of the pull request, and keeps it up to date.

In: GITLINT_OPS_COMMENT, the file with the Markdown; GITLINT_OPS_TOKEN, GITLINT_OPS_PULL_REQUEST, GITLINT_OPS_CATEGORY;
GITHUB_API_URL and GITHUB_REPOSITORY of the runner. Needs Python alone. A comment that cannot be written (the token of
a fork's pull request may only read) is told in the log and fails no job: the summary says the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any

AUTHOR = "github-actions[bot]"
"""Whose comments are replaced: anybody can write our mark into theirs."""
_PAGE = 100
_MAX_PAGES = 50
_SECONDS = 30
_DENIED = frozenset({401, 403, 404})


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nothing: the token is for one host."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Comments:
    """The comments of one pull request."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._api = f"{environment['GITHUB_API_URL']}/repos/{environment['GITHUB_REPOSITORY']}/issues"
        self._list = f"/{int(environment['GITLINT_OPS_PULL_REQUEST'])}/comments"
        self._token = environment["GITLINT_OPS_TOKEN"]
        self._opener = urllib.request.build_opener(_NoRedirect)

    def put(self, mark: str, text: str) -> None:
        """Replace our comment that begins with ``mark``, or write one."""
        body = f"{mark}\n{text}"
        known = next((item for item in self._all() if _is_ours(item, mark)), None)
        if known is None:
            self._call("POST", self._list, {"body": body})
        elif known["body"].replace("\r\n", "\n") != body:
            self._call("PATCH", f"/comments/{int(known['id'])}", {"body": body})

    def _all(self) -> Iterator[Mapping[str, Any]]:
        for page in range(1, _MAX_PAGES + 1):
            found = self._call("GET", f"{self._list}?per_page={_PAGE}&page={page}")
            yield from found
            if len(found) < _PAGE:
                return

    def _call(self, method: str, path: str, data: Mapping[str, str] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the runner names its own API
            self._api + path, None if data is None else json.dumps(data).encode(), method=method
        )
        request.add_header("Accept", "application/vnd.github+json")
        request.add_header("X-GitHub-Api-Version", "2022-11-28")
        request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        with self._opener.open(request, timeout=_SECONDS) as answer:
            return json.load(answer)


def _is_ours(comment: Mapping[str, Any], mark: str) -> bool:
    author = (comment.get("user") or {}).get("login")
    return author == AUTHOR and str(comment.get("body")).startswith(mark)


def main(environment: Mapping[str, str]) -> int:
    """Write the comment and give the step's exit code: 0, whatever becomes of it."""
    category = environment.get("GITLINT_OPS_CATEGORY", "")
    mark = f"<!-- gitlint-ops {hashlib.sha256(category.encode()).hexdigest()[:16]} -->"
    try:
        Comments(environment).put(mark, Path(environment["GITLINT_OPS_COMMENT"]).read_text("utf-8"))
    except urllib.error.HTTPError as error:
        sys.stderr.write(f"gitlint-ops: no comment was written: {_reason(error)}\n")
    except (OSError, HTTPException, ValueError) as error:
        sys.stderr.write(f"gitlint-ops: no comment was written: GitHub gave no answer ({type(error).__name__})\n")
    return 0


def _reason(error: urllib.error.HTTPError) -> str:
    """Say why; nothing of the answer's text, which is not ours."""
    if error.code in _DENIED:
        return (
            f"the token may not ({error.code}); the job needs the permission 'pull-requests: write', "
            "and a pull request from a fork never has it. The summary of the job says the same"
        )
    return f"GitHub answered {error.code}"


if __name__ == "__main__":
    sys.exit(main(os.environ))
