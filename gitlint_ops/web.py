"""The only door of the Python half to the network: one GET over HTTPS, bounded, and not into private networks.

Nothing calls it unless the user allowed the network for this run (``--network``).
"""

from __future__ import annotations

import ipaddress
import os
import socket
import time
from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, HTTPConnectionPool

PRIVATE_HOSTS_VARIABLE = "GITLINT_OPS_PRIVATE_HOSTS"
"""Hosts (comma-separated) inside private networks that may be asked; they may speak plain HTTP. The environment is the
user's own, where a repository's configuration may be a stranger's."""
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 30.0
_CHUNK = 64 * 1024


class WebError(Exception):
    """The address cannot be read: the message says why, and never quotes what the server answered."""


def private_hosts() -> frozenset[str]:
    """Give the hosts of private networks that the user allows, lower case."""
    return frozenset(host.strip().lower() for host in os.environ.get(PRIVATE_HOSTS_VARIABLE, "").split(",")) - {""}


def get(url: str, limit: int, allowed: Collection[str] = ()) -> bytes | None:
    """Give the body of an address, None where the server has nothing there (404, 410).

    ``limit`` is the most bytes that are taken; ``allowed`` are hosts that may be private. Redirects are not followed:
    what the user wrote is what is asked. Raises WebError.
    """
    from urllib3.exceptions import HTTPError

    pool, target = _opened(url, allowed)
    try:
        response = pool.request("GET", target, redirect=False, preload_content=False, retries=1)
    except HTTPError as error:
        raise WebError(f"{_host(url)} does not answer: {_reason(error)}") from error
    try:
        return _body(response, limit)
    except HTTPError as error:
        raise WebError(f"{_host(url)} broke off: {_reason(error)}") from error
    finally:
        response.close()
        pool.close()


def _opened(url: str, allowed: Collection[str]) -> tuple[HTTPConnectionPool, str]:
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout

    (parts, port), host = _parts(url), _host(url)
    if parts.username or parts.password:
        raise WebError("an address with credentials in it is not asked")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in allowed):
        raise WebError(f"only https is asked, not {parts.scheme or 'an address without a scheme'}")
    kind = HTTPSConnectionPool if parts.scheme == "https" else HTTPConnectionPool
    pool = kind(host, port, timeout=Timeout(connect=CONNECT_SECONDS, read=CONNECT_SECONDS), maxsize=1)
    if host not in allowed:
        pool.ConnectionCls = _public_only(pool.ConnectionCls)
    return pool, parts._replace(scheme="", netloc="", fragment="").geturl() or "/"


def _public_only(base: type) -> type:
    """Give the connection class that ends a connection into a private network before anything is asked there.

    The address that was really reached is judged: a name may resolve differently each time.
    """

    class PublicOnly(base):  # type: ignore[misc]
        """A connection whose socket is judged before TLS begins."""

        def _new_conn(self) -> socket.socket:
            reached: socket.socket = super()._new_conn()
            address = ipaddress.ip_address(reached.getpeername()[0])
            if not address.is_global:
                reached.close()
                hint = f"if that is meant, name it in {PRIVATE_HOSTS_VARIABLE}"
                raise WebError(f"{self.host} is in a private network ({address}); {hint}")
            return reached

    return PublicOnly


def _body(response: BaseHTTPResponse, limit: int) -> bytes | None:
    if response.status in {404, 410}:
        return None
    if response.status != 200:
        raise WebError(f"the server answered with status {response.status}")
    deadline = time.monotonic() + TOTAL_SECONDS
    body = bytearray()
    for chunk in response.stream(_CHUNK):
        body += chunk
        if len(body) > limit:
            raise WebError(f"the answer is over {limit} bytes")
        if time.monotonic() > deadline:
            raise WebError(f"the answer took over {TOTAL_SECONDS:.0f} s")
    return bytes(body)


def _host(url: str) -> str:
    return (_parts(url)[0].hostname or "").lower()


def _parts(url: str) -> tuple[SplitResult, int | None]:
    """Take an address apart, its port as a number. Raises WebError for one that is malformed."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise WebError("the address is malformed") from error
    return parts, port


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return type(reason).__name__
