"""One GET, bounded and not into private networks."""

from __future__ import annotations

import pytest

from gitlint_ops import web
from tests.serving import serving

LOOPBACK = frozenset({"127.0.0.1"})


def test_a_body_and_its_absence() -> None:
    with serving({"/a?b=c": (200, b"text"), "/gone": (410, b"")}) as served:
        assert web.get(f"{served.url}/a?b=c", 100, LOOPBACK) == b"text"
        assert web.get(f"{served.url}/gone", 100, LOOPBACK) is None
        assert web.get(f"{served.url}/missing", 100, LOOPBACK) is None


def test_a_body_over_the_limit_and_a_failing_server_are_errors() -> None:
    with serving({"/a": (200, b"x" * 101), "/b": (500, b"secret text")}) as served:
        with pytest.raises(web.WebError, match=r"^the answer is over 100 bytes$"):
            web.get(f"{served.url}/a", 100, LOOPBACK)
        with pytest.raises(web.WebError, match=r"^the server answered with status 500$"):
            web.get(f"{served.url}/b", 100, LOOPBACK)


def test_a_redirect_is_not_followed() -> None:
    with serving({"/a": (302, b""), "/elsewhere": (200, b"x")}) as served:
        with pytest.raises(web.WebError, match=r"^the server answered with status 302$"):
            web.get(f"{served.url}/a", 100, LOOPBACK)
        assert served.asked == ["/a"]


def test_plain_http_and_credentials_are_refused_before_anything_is_asked() -> None:
    with serving({"/a": (200, b"x")}) as served:
        with pytest.raises(web.WebError, match=r"^only https is asked, not http$"):
            web.get(f"{served.url}/a", 100)
        with pytest.raises(web.WebError, match=r"^an address with credentials in it is not asked$"):
            web.get("https://user:word@example.org/", 100)
        with pytest.raises(web.WebError, match=r"^only https is asked, not file$"):
            web.get("file:///etc/passwd", 100)
        assert served.asked == []


def test_an_address_in_a_private_network_is_left_before_it_is_asked() -> None:
    with serving({"/a": (200, b"x")}) as served:
        with pytest.raises(web.WebError) as caught:
            web.get(served.url.replace("http:", "https:") + "/a", 100)
        assert str(caught.value) == (
            "127.0.0.1 is in a private network (127.0.0.1); if that is meant, name it in GITLINT_OPS_PRIVATE_HOSTS"
        )
        assert served.asked == []


def test_nobody_at_the_address() -> None:
    with serving({}) as served:
        url = served.url
    with pytest.raises(web.WebError, match=r"^127\.0\.0\.1 does not answer: NewConnectionError$"):
        web.get(f"{url}/a", 100, LOOPBACK)


def test_hosts_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(web.PRIVATE_HOSTS_VARIABLE, "Schemas.Corp.example, 10.0.0.1,")
    assert web.private_hosts() == {"schemas.corp.example", "10.0.0.1"}


@pytest.mark.parametrize("url", ["https://example.org:port/", "https://[example.org/"])
def test_a_malformed_address_is_an_error(url: str) -> None:
    with pytest.raises(web.WebError, match=r"^the address is malformed$"):
        web.get(url, 100)
