"""The comment of the Action, against an API on loopback: one, replaced, and never a reason to fail."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.action.test_install import load

BOT = "github-actions[bot]"
LIST = "/repos/acme/shop/issues/7/comments"


class Api:
    """What the server holds, how it answers, and what it was asked."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.status = 200
        self.url = ""
        self.written: list[tuple[str, str]] = []
        self.tokens: set[str | None] = set()

    def comment(self, author: str, body: str) -> None:
        self.comments.append({"id": len(self.comments) + 1, "user": {"login": author}, "body": body})

    def answer(self, method: str, path: str, body: str) -> Any:
        if method == "GET":
            at = int(path.rpartition("=")[2]) - 1
            return self.comments[100 * at : 100 * (at + 1)]
        self.written.append((method, path))
        if method == "POST":
            self.comment(BOT, body)
        else:
            self.comments[int(path.rpartition("/")[2]) - 1]["body"] = body
        return {}


@contextmanager
def serving() -> Iterator[Api]:
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            api.tokens.add(self.headers["Authorization"])
            sent = self.rfile.read(int(self.headers["Content-Length"] or 0))
            found = api.answer(self.command, self.path, json.loads(sent)["body"] if sent else "")
            answer = json.dumps(found).encode() if api.status < 600 else b"no JSON"
            self.send_response(api.status if api.status < 600 else 200)
            if api.status in (301, 307):
                self.send_header("Location", f"{api.url}/elsewhere")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_PATCH = do_GET  # noqa: N815 - the server calls them by these names

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def put(api: Api, folder: Path, text: str, **changed: str) -> int:
    file = folder / "change.markdown"
    file.write_text(text, "utf-8")
    environment = {
        "GITHUB_API_URL": api.url,
        "GITHUB_REPOSITORY": "acme/shop",
        "GITLINT_OPS_PULL_REQUEST": "7",
        "GITLINT_OPS_TOKEN": "s3cret",
        "GITLINT_OPS_CATEGORY": "gitlint-ops",
        "GITLINT_OPS_COMMENT": str(file),
    }
    code: int = load("comment").main(environment | changed)
    return code


def test_one_comment_is_written_and_then_replaced(tmp_path: Path) -> None:
    with serving() as api:
        assert put(api, tmp_path, "first") == 0
        put(api, tmp_path, "second")
        put(api, tmp_path, "second")
        put(api, tmp_path, "other", GITLINT_OPS_CATEGORY="--> edge")
        assert api.written == [("POST", LIST), ("PATCH", "/repos/acme/shop/issues/comments/1"), ("POST", LIST)]
    mark, text = api.comments[0]["body"].split("\n")
    assert (mark[:17], mark[-4:], text) == ("<!-- gitlint-ops ", " -->", "second")
    assert api.comments[1]["body"].count("-->") == 1
    assert api.tokens == {"Bearer s3cret"}


def test_nobody_else_s_comment_is_replaced_and_ours_is_found_on_any_page(tmp_path: Path) -> None:
    with serving() as api:
        put(api, tmp_path, "first")
        own = api.comments.pop()
        for number in range(150):
            api.comment("mallory", own["body"] if number % 2 else "hello")
        api.comment(BOT, f"> {own['body']}")
        api.comment(BOT, own["body"])
        put(api, tmp_path, "second")
    assert api.comments[-1]["body"].endswith("\nsecond")
    assert [item["body"].endswith("\nsecond") for item in api.comments].count(True) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_token_that_may_only_read_is_told_and_fails_no_job(
    status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving() as api:
        api.status = status
        assert put(api, tmp_path, "text") == 0
    assert capsys.readouterr().err == (
        f"gitlint-ops: no comment was written: the token may not ({status}); the job needs the permission "
        "'pull-requests: write', and a pull request from a fork never has it. The summary of the job says the same\n"
    )


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (500, "GitHub answered 500"),
        (301, "GitHub answered 301"),
        (307, "GitHub answered 307"),
        (600, "GitHub gave no answer (JSONDecodeError)"),
    ],
)
def test_what_the_api_answers_otherwise_is_told_and_the_token_follows_no_redirect(
    status: int, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving() as api:
        api.status = status
        assert put(api, tmp_path, "text") == 0
    assert capsys.readouterr().err == f"gitlint-ops: no comment was written: {reason}\n"
    assert api.written == []


def test_a_number_that_is_none_reaches_no_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving() as api:
        assert put(api, tmp_path, "text", GITLINT_OPS_PULL_REQUEST="7/../../x") == 0
    assert (api.written, api.tokens) == ([], set())
    assert "no comment was written" in capsys.readouterr().err
