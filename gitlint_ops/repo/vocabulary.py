"""The words by which people name environments and the controllers' namespaces, and what a name says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

CONTROLLER_NAMESPACES = frozenset({"argocd", "argo-cd", "argocd-system", "flux-system", "openshift-gitops"})
"""Where Argo CD and Flux run by default, and where people put them."""

PRODUCTION_RANK = 5
UNKNOWN_RANK = 2
"""Rank of an environment whose name tells nothing: after development, before acceptance."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_RANKS: dict[int, str] = {
    0: "local sandbox sbx playground",
    1: "dev devel develop development nonprod nonproduction",
    2: "test tests testing tst int integration ci",
    3: "qa uat acc acceptance quality load perf performance sit e2e",
    4: "stage staging stg preprod preproduction preprd",
    PRODUCTION_RANK: "prod production prd live",
}
RANK_OF = {word: rank for rank, words in _RANKS.items() for word in words.split()}
"""Known words with their rank in the promotion order."""

CONTAINERS = _words("cluster clusters env environment environments envs overlay overlays stages")
"""Folders whose subfolders are environments, whatever their names."""
VARIANT_CONTAINERS = _words("overlay overlays")
"""Containers whose subfolders may also be variants that have nothing to do with environments."""

_AMBIGUOUS = _words("test tests testing int integration ci acceptance quality load perf performance live local")
"""Words that name other things at least as often: they count alone only beside another environment."""
_LEADING = _words("prod production prd preprod preproduction nonprod staging stg uat qa")
_TRAILING = _LEADING | _words("dev devel development stage test tst sandbox")
"""Words that tell the environment at the start or at the end of a longer name."""
_REGIONS = _words(
    """eu us asia apac emea na sa uk de fr au jp ca east west north south central northeast southeast northwest
    southwest useast uswest global primary secondary"""
)
_FILLERS = _REGIONS | _words("cluster clusters env environment k8s ocp eks gke aks aws azure gcp do hub")
_GENERIC = _words(
    """all app apps application applications argocd base bases bootstrap candidate charts common component components
    config configs core default defaults example examples fast flux flux-system generated generic gitops global
    in-cluster infra infrastructure latest manifests namespace namespaces patches resources sample samples shared stable
    template templates values _base _template"""
)
"""Names of folders beside environments that are none themselves."""
_FALSE_FRIENDS = _words("letsencrypt issuer issuers")
"""``letsencrypt-prod`` and ``cluster-issuer-staging`` are issuers, wherever they are used."""
_RETIRED = _words("archive archived archives attic deprecated disabled graveyard obsolete retired trash")
_DOCUMENTATION = re.compile(r"(?:(?:site|website|www)/)?_?(?:docs?|documentation)/")
_TEST_DATA = re.compile(
    r"(?:.*/)?(?:testdata|test-data|__tests__)/|tests/(?:.*/)?(?:data|expected|fixtures|golden|snapshots)/|(?:.*/)?\d+-(?:assert|errors)\.ya?ml$"
)
_VERSION = re.compile(r"(.*[-_.])?(v?\d+([.-](\d+|x))+([-_.].*)?|v\d+)")
_ORDINAL = re.compile(r"^\d{1,2}[-_.](?=[a-z])")
_PAIRS = {"pre": "preprod", "non": "nonprod", "not": "nonprod"}


@dataclass(frozen=True, slots=True)
class Word:
    """A known word in a name: the word, its rank, and which of the name's tokens it takes (from, to)."""

    text: str
    rank: int
    start: int
    end: int


def is_retired(path: str) -> bool:
    """Whether a path lies in a folder whose name says that it is not in use any more: ``.archive/``, ``_disabled/``."""
    return any(part.lower().strip("._-") in _RETIRED for part in path.split("/")[:-1])


def is_documentation(path: str) -> bool:
    """Whether a path lies in the repository's folder of documentation; deeper down, ``docs`` is an application."""
    return bool(_DOCUMENTATION.match(path.lower()))


def is_test_data(path: str) -> bool:
    """Whether a path says that a program's tests read the file, or that it is what a test expects (kuttl's)."""
    return bool(_TEST_DATA.match(path.lower()))


def tokens(name: str) -> list[str]:
    """Split a name into its lower-case tokens: ``ocp-prod_EU`` gives ocp, prod, eu."""
    return list(_tokens(name))


@lru_cache(maxsize=65536)
def _tokens(name: str) -> tuple[str, ...]:
    return tuple(token for token in re.split(r"[-_./ ]+", name.lower()) if token)


def known_words(parts: Iterable[str]) -> list[Word]:
    """Find the known words among tokens; digits at a word's end do not count, ``pre-prod`` is one word."""
    return list(_known_words(tuple(parts)))


@lru_cache(maxsize=65536)
def _known_words(parts: tuple[str, ...]) -> tuple[Word, ...]:
    found: list[Word] = []
    at = 0
    while at < len(parts):
        following = parts[at + 1].rstrip("0123456789") if at + 1 < len(parts) else ""
        if parts[at] in _PAIRS and RANK_OF.get(following) == PRODUCTION_RANK:
            text = _PAIRS[parts[at]]
            found.append(Word(text, RANK_OF[text], at, at + 2))
            at += 1
        elif (text := parts[at].rstrip("0123456789")) in RANK_OF:
            found.append(Word(text, RANK_OF[text], at, at + 1))
        at += 1
    return tuple(found)


def rank_of(name: str) -> int | None:
    """Give the rank that the first known word of an environment's name tells, None where it tells none."""
    words = known_words(tokens(name))
    return words[0].rank if words else None


@lru_cache(maxsize=10_000)
def is_environment_name(name: str) -> bool:
    """Whether a name standing alone is an environment's: known words with regions, numbers and fillers only."""
    parts = tokens(name)
    words = known_words(parts)
    taken = {at for word in words for at in range(word.start, word.end)}
    rest = [part for at, part in enumerate(parts) if at not in taken]
    return bool(words) and all(part in _FILLERS or part.isdigit() for part in rest)


def tells_environment(name: str) -> bool:
    """Whether a name is an environment's, or carries one at its start or end."""
    return is_environment_name(name) or bool(word_in_name(name))


def is_ambiguous(name: str) -> bool:
    """Whether a name of one token is a word that often means something else."""
    return name.lower() in _AMBIGUOUS


def may_be_environment(name: str) -> bool:
    """Whether a folder beside environments can be one itself: no base, shared folder, version, template, hidden one."""
    if name.lower() in _GENERIC | CONTAINERS or name.startswith(".") or re.search(r"[{}<>$@%]", name):
        return False
    return not _VERSION.fullmatch(name.lower()) or any(word.text in _TRAILING for word in known_words(tokens(name)))


def without_ordinal(name: str) -> str:
    """Give an environment's name without the number by which its folder is sorted: ``prod`` of ``03-prod``."""
    rest = _ORDINAL.sub("", name)
    return rest if rank_of(rest) is not None else name


@lru_cache(maxsize=10_000)
def word_in_name(name: str) -> str:
    """Give the environment that a longer name such as ``web-prod-eu`` carries at its start or end, else ''.

    Regions after the word belong to it (``prod-eu``), numbers do not.
    """
    parts = tokens(name)
    if _FALSE_FRIENDS & set(parts):
        return ""
    words = known_words(parts)
    tail = len(parts)
    while tail and (parts[tail - 1] in _REGIONS or parts[tail - 1].isdigit()):
        tail -= 1
    for word in words:
        if word.end == tail and word.text in _TRAILING:
            regions = [part for part in parts[tail:] if part in _REGIONS]
            return "-".join([*parts[word.start : word.end], *regions])
    return next((parts[w.start] if w.end == w.start + 1 else w.text for w in words if _leads(w)), "")


def _leads(word: Word) -> bool:
    return word.start == 0 and word.text in _LEADING


def values_suffix(file_name: str) -> str:
    """Give what a values file's name says beside ``values``: ``prod`` of values-prod.yaml, prod.values.yml; else ''."""
    if file_name == "values.schema.json":
        # Helm's own name for what validates the values.
        return ""
    stem = re.sub(r"\.(ya?ml|json)$", "", file_name)
    match = re.fullmatch(r"values[-_.](?P<after>.+)|(?P<before>.+)[-_.]values", stem)
    return (match["after"] or match["before"]) if match else ""
