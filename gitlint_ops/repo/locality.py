"""Which source URLs mean this very repository."""

from __future__ import annotations

import copy
import posixpath
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from gitlint_ops.source import SourceTree

Verdict = Literal["local", "assumed", "foreign"]

_SCHEME = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<rest>.*)", re.IGNORECASE)
_SCP = re.compile(r"(?:[^@/\s]+@)?(?P<host>[^:/\s]{2,}):(?!//)(?P<path>[^\s]+)")
_USER_AND_PATH = re.compile(r"[^@/:\s]+@(?P<host>[^:/\s]{2,})/(?P<path>[^\s]+)")
"""``git@github.com/org/repo``: Argo CD reads it as ssh (util/git/git.go, IsSSHURL and NormalizeGitURL)."""
_HOST_ALIASES = {
    "ssh.github.com": "github.com",
    "www.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
    "altssh.bitbucket.org": "bitbucket.org",
    "ssh.dev.azure.com": "dev.azure.com",
}
_HINT = "(set repository.urls in .gitlint-ops.yaml to be sure)"


def normalise_url(url: str) -> str:
    """Give one spelling for all of a repository's URLs: ``github.com/org/repo``; '' for what names no remote host.

    Scheme, user, port, letter case, ``.git``, a trailing slash and query are no part of it; Azure DevOps' and Bitbucket
    Server's ssh and https forms come out alike. A filesystem path, also as ``file://``, gives ''.
    """
    text = re.sub(r"^git::", "", url.strip()).partition("?")[0].partition("#")[0]
    host, path = _host_and_path(text)
    path = re.sub(r"/+", "/", path).strip("/").lower().removesuffix(".git").rstrip("/")
    if not host or not path:
        return ""
    host = _HOST_ALIASES.get(host, host)
    if host == "dev.azure.com":
        path = re.sub(r"^v3/", "", path).replace("/_git/", "/")
    return f"{host}/{path.removeprefix('scm/')}"


def without_credentials(text: str) -> str:
    """Take user, password and token off every URL in a text."""
    return re.sub(r"(?<=://)[^/@\s'\"]*@", "", text)


def _host_and_path(text: str) -> tuple[str, str]:
    if match := _SCHEME.fullmatch(text):
        if match["scheme"].lower() == "file":
            return "", ""
        host, _, path = match["rest"].partition("/")
        return host.rpartition("@")[2].partition(":")[0].lower(), path
    if match := _SCP.fullmatch(text) or _USER_AND_PATH.fullmatch(text):
        return match["host"].lower(), match["path"]
    return "", ""


@dataclass(slots=True)
class Locality:
    """Judges source URLs. ``own`` are this repository's normalised URLs, by its remotes and the configuration.

    ``sources`` are the (URL, path) pairs that the repository's own objects use as far as discovery knew them.
    """

    tree: SourceTree
    own: frozenset[str]
    configured: bool = False
    """Whether the user names the repository's URLs: then nothing is assumed."""
    sources: tuple[tuple[str, str], ...] = ()
    _assumed: dict[str, str] = field(default_factory=dict)
    """What was assumed, by normalised URL, in the user's words."""
    _chosen: str = ""
    """The one unknown URL that is taken for this repository."""
    _seen: dict[str, str] = field(default_factory=dict)
    """Local URLs as they are written, by normalised URL."""

    def __post_init__(self) -> None:
        self._choose()

    def learn(self, sources: Iterable[tuple[str, str]]) -> None:
        """Take the (URL, path) pairs of rendered objects into account too; a choice that is made stays."""
        self.sources = (*self.sources, *sources)
        self._choose()

    def _choose(self) -> None:
        unsure = not self.configured and not self._chosen
        if unsure and not any(normalise_url(url) in self.own for url, _ in self.sources):
            self._chosen = self._vote()

    def trial(self) -> Locality:
        """Give a copy whose judgements this one does not learn."""
        other = copy.copy(self)
        other._assumed, other._seen = dict(self._assumed), dict(self._seen)
        return other

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was assumed so far, for the coverage."""
        return tuple(self._assumed[key] for key in sorted(self._assumed))

    @property
    def urls(self) -> tuple[str, ...]:
        """The URLs found to mean this repository so far, as written first; and its own, normalised, where unused."""
        return tuple(sorted({**{key: key for key in self.own}, **self._seen}.values()))

    def judge(self, url: str, path: str = "") -> Verdict:
        """Say whether a URL means this repository; ``path`` is the folder or file taken from it, as written.

        ``local``: a remote of this checkout or a URL that the configuration names, under any spelling.
        ``assumed``: a fork of a remote (same repository name), or, where no source uses a remote, the URL whose paths
        exist here, and without any remote one of its name whose path does; recorded in ``assumptions``.
        """
        key = normalise_url(url)
        if not key:
            return "foreign"
        if key in self.own:
            self._seen.setdefault(key, url)
            return "local"
        if key in self._assumed:
            return "assumed"
        if self.configured or not self._may_assume(key, path):
            return "foreign"
        self._seen[key] = url
        self._assumed[key] = self._wording(url, key, path)
        return "assumed"

    def assume(self, source: str) -> None:
        """Record that a source object without a known URL, named in the user's words, is taken for this repository."""
        self._assumed.setdefault(source, f"{source} is taken for this repository: Git does not say where it leads")

    def _may_assume(self, key: str, path: str) -> bool:
        if original := self._original(key):
            return self._telling(key, path) if original == self._chosen else not path or self._exists(path)
        if not self._chosen and not self._uses_own() and self._telling(key, path):
            self._chosen = key
        return key == self._chosen

    def _uses_own(self) -> bool:
        return any(key in self._seen for key in self.own)

    def _original(self, key: str) -> str:
        """Give the remote, or else the URL taken for this repository, which a URL has the name of; '' for none."""
        mine = sorted(self.own) or [self._chosen]
        return next((url for url in mine if posixpath.basename(key) == posixpath.basename(url) and key != url), "")

    def _telling(self, key: str, path: str) -> bool:
        """Whether a path here, or the checkout's folder name, speaks for a URL. Any repository has a root folder."""
        return self._names_checkout(key) or (_clean(path) != "." and self._exists(path))

    def _names_checkout(self, key: str) -> bool:
        return posixpath.basename(key) == self.tree.root.name.lower()

    def _exists(self, path: str) -> bool:
        clean = _clean(path)
        return self.tree.is_folder(clean) or self.tree.is_file(clean)

    def _vote(self) -> str:
        """Choose the URL with the most paths that exist here; none where no path speaks for any."""
        votes: Counter[str] = Counter()
        for key, path in sorted({(normalise_url(url), _clean(path)) for url, path in self.sources}):
            if key and self._telling(key, path):
                votes[key] += 100 if self._names_checkout(key) else 1
        return max(sorted(votes), key=lambda key: votes[key], default="")

    def _wording(self, written: str, key: str, path: str) -> str:
        url = without_credentials(written)
        if original := self._original(key):
            return f"{url} is taken for this repository: it has the name of {original} {_HINT}"
        telling = [path, *(p for u, p in self.sources if normalise_url(u) == key)]
        shown = next((p for p in telling if _clean(p) != "." and self._exists(p)), "")
        if not shown:
            return f"{url} is taken for this repository: it has the name of the checkout's folder {_HINT}"
        return f"{url} is taken for this repository: its path '{shown}' exists here {_HINT}"


def build_locality(tree: SourceTree, configured: Iterable[str], sources: Iterable[tuple[str, str]]) -> Locality:
    """Prepare the judgement from the checkout's remotes, the configured URLs and the sources that objects name."""
    named = frozenset(normalise_url(url) for url in configured) - {""}
    remotes = frozenset(normalise_url(url) for url in tree.remotes) - {""}
    return Locality(tree, named | remotes, bool(named), tuple(sources))


def _clean(path: str) -> str:
    return posixpath.normpath(path.strip().lstrip("/") or ".")
