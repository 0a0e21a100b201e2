"""Image references: their parts, and whether the tag can move to another image."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_STREAMS = frozenset(
    [
        "latest",
        "main",
        "master",
        "stable",
        "edge",
        "nightly",
        "daily",
        "weekly",
        "dev",
        "develop",
        "development",
        "devel",
        "staging",
        "stage",
        "prod",
        "production",
        "live",
        "test",
        "testing",
        "qa",
        "uat",
        "release",
        "released",
        "rc",
        "beta",
        "alpha",
        "canary",
        "head",
        "trunk",
        "tip",
        "current",
        "lts",
        "next",
        "snapshot",
        "snapshots",
        "unstable",
        "preview",
        "rolling",
        "mainline",
        "experimental",
        "insiders",
        "debug",
        "default",
        "newest",
        "recent",
    ]
)
"""Words that name a stream of images; a build number after one of them names one image of it."""
_VARIANTS = frozenset(
    [
        "alpine",
        "slim",
        "bookworm",
        "bullseye",
        "buster",
        "trixie",
        "jammy",
        "focal",
        "noble",
        "bionic",
        "ubuntu",
        "debian",
        "scratch",
        "distroless",
        "centos",
        "ubi",
        "windows",
        "linux",
        "amd64",
        "arm64",
    ]
)
"""Words that name a variant of whatever is newest."""
_EXPRESSION = re.compile(
    r"[${}<>%]|__\w+__|^\s*$|\bplaceholder\b|image-placeholder|^(?:REPLACE|CHANGE)[_-]?ME", re.IGNORECASE
)
_UNRESOLVED = re.compile(r"^(?:auto|controller|placeholder|ko://.*|image|newImage)$", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d{2}(?:[-._]?(?:0[1-9]|1[0-2])(?:[-._]?[0-3]\d)?)(?:[T\-_.]?\d{2,6})?")
_HASH = re.compile(r"(?:sha-?|g)?(?=[a-f]*\d)[0-9a-f]{7,64}", re.IGNORECASE)
_FULL = re.compile(r"v?\d+\.\d+\.\d+", re.IGNORECASE)
_FLOATING = re.compile(r"v?(?P<major>\d{1,2})(?:\.(?P<minor>\d+))?(?:\.[x*])?", re.IGNORECASE)
_BUILD = re.compile(r"[a-z]{0,5}\d{3,}", re.IGNORECASE)
"""CI counts builds; a number of three digits or more is no major version."""
_VALID = re.compile(r"\w[\w.+-]{0,127}(?<!e\+\d\d)")
"""What may be a tag; ``1.234567e+06`` is what a chart made of an unquoted number, and unquoted-image-tag's matter."""
_REVISION = re.compile(r"-r\d+$")
"""Bitnami's and Alpine's package revision."""


@dataclass(frozen=True, slots=True)
class ImageReference:
    """A parsed image reference. ``name`` is registry and repository; tag and digest are '' where not written."""

    name: str
    tag: str
    digest: str


@lru_cache(maxsize=16384)
def parse(image: str) -> ImageReference:
    """Split ``registry:5000/repo:tag@digest`` into its parts, as the distribution reference grammar does."""
    rest, _, digest = image.partition("@")
    head, slash, last = rest.rpartition("/")
    name, _, tag = last.partition(":")
    return ImageReference(head + slash + name, tag, digest)


def is_unresolved(image: str) -> bool:
    """Say whether a text is no image yet: a variable, a template expression, a name that a tool replaces later."""
    return bool(_EXPRESSION.search(image) or _UNRESOLVED.match(image))


def mutability(tag: str, floating: str) -> str:
    """Say in words why a tag can move ('the tag latest', 'the version 1.2 …'), '' where it cannot.

    ``floating``: ``major-minor`` (``1`` and ``1.2`` move), ``major`` (only ``1`` moves), ``none``.
    """
    if not _VALID.fullmatch(tag):
        return ""
    segments = [part for part in re.split(r"[-_+]", tag) if part]
    words = {re.sub(r"[\d.]+$", "", part.lower()) for part in segments}
    if "latest" in words and not _has_hash(segments):
        return f"the tag {tag} names a channel, not a version"
    if _is_fixed(tag, segments, words):
        return ""
    number = next(filter(None, map(_FLOATING.fullmatch, segments)), None)
    if number is not None:
        return _floats(tag, number, floating)
    return f"the tag {tag} names a channel, not a version" if words & (_STREAMS | _VARIANTS) else ""


def _is_fixed(tag: str, segments: list[str], words: set[str]) -> bool:
    """Say whether a full version, date, hash, build number or package revision names one image for good."""
    if "snapshot" in words:
        return False
    counted = bool(words & _STREAMS) and any(part.isdigit() for part in segments)
    full = _FULL.search(tag) or _DATE.search(tag) or _REVISION.search(tag)
    return bool(full) or _has_hash(segments) or counted or any(map(_BUILD.fullmatch, segments))


def _has_hash(segments: list[str]) -> bool:
    return any(_HASH.fullmatch(part) for part in segments)


def _floats(tag: str, number: re.Match[str], floating: str) -> str:
    if floating == "none" or (floating == "major" and number["minor"]):
        return ""
    return f"the tag {tag} leaves the {'patch' if number['minor'] else 'minor'} version open"
