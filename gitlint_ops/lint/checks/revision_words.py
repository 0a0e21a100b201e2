"""What a revision or a chart version follows: a branch, a range, or one thing that never moves."""

from __future__ import annotations

import re

_BRANCHES = frozenset(
    [
        "head",
        "main",
        "master",
        "trunk",
        "develop",
        "development",
        "dev",
        "devel",
        "staging",
        "stage",
        "test",
        "testing",
        "qa",
        "uat",
        "production",
        "prod",
        "preprod",
        "release",
        "stable",
        "latest",
        "next",
        "edge",
        "canary",
        "default",
        "integration",
        "live",
    ]
)
DEFAULT_BRANCHES = frozenset({"", "head", "main", "master", "trunk"})
"""The spellings of a repository's default branch; they count as one decision."""
_PREFIXED = re.compile(r"(?:feature|feat|bugfix|fix|hotfix|env|environment|environments|cluster|clusters)/.+")
_RANGE = re.compile(r"[*<>^~|,]|\s-\s|(?:^|\.)[xX](?:\.|$)|^latest$")
_PARTIAL = re.compile(r"[vV=]?\d+(?:\.\d+)?")
_PLACEHOLDER = re.compile(r"<[A-Za-z_][\w -]*>")
_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")


def follows_branch(revision: str) -> bool:
    """Say whether a Git revision is a branch. A name without a digit that is no known branch counts as one too.

    Tags nearly always hold a digit (``v1.2.3``, ``2024-01-01``), and what holds one may be a tag: it is let pass.
    """
    text = revision.strip()
    if text.startswith("refs/heads/"):
        return True
    if text.startswith("refs/tags/") or (_COMMIT.fullmatch(text) and re.search(r"\d", text)):
        return False
    return text.lower() in _BRANCHES or bool(_PREFIXED.match(text)) or not re.search(r"\d", text)


def is_git_range(revision: str) -> bool:
    """Say whether a Git revision is a semver constraint over tags, which Argo CD resolves to the newest match."""
    return bool(_RANGE.search(revision.strip())) and not re.fullmatch(r"latest", revision.strip())


def is_version_range(version: str) -> bool:
    """Say whether a chart version is a constraint that several releases meet; a missing one is ``*``."""
    text = version.strip()
    return not text or bool(_RANGE.search(text)) or bool(_PARTIAL.fullmatch(text))


def is_unresolved(text: str) -> bool:
    """Say whether a text still holds a template expression, a variable or a placeholder (``<GITOPS_REPO_URL>``)."""
    return "{{" in text or "${" in text or "$(" in text or bool(_PLACEHOLDER.search(text))


def without_user(url: str) -> str:
    """Give a URL without user and password, for a message."""
    return re.sub(r"(?<=://)[^/@\s]*@", "", url)
