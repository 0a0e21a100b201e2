"""Which deliveries are one application in several environments."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from gitlint_ops.repo import vocabulary
from gitlint_ops.repo.model import Delivery, HelmUnit, KustomizeUnit

Key = tuple[str, ...]
_CHART = "helm:"
_KUSTOMIZE_HASH = re.compile(r"-[bcdfghkmt2456789]{10}$")
"""What Kustomize appends to the names of what it generates."""


@lru_cache(maxsize=65536)
def without_environment(name: str, environment: str, instead: str = "") -> str:
    """Take an environment out of a name: ``web`` of ``web-prod``, also where the environment is called ``production``.

    ``instead`` is put in its place. A name that is nothing but the environment gives ``instead``.
    """
    found = _written(environment)
    if found is None or not found.search(name):
        found = _synonym(name, environment)
    plain = found.sub(instead, name) if found is not None else name
    return plain if instead else re.sub(r"([-_.])[-_.]+", r"\1", plain).strip("-_.")


@lru_cache(maxsize=1024)
def _written(environment: str) -> re.Pattern[str] | None:
    """Give the pattern of an environment's own name, None for one without a word."""
    words = r"[-_.]".join(map(re.escape, vocabulary.tokens(environment)))
    return re.compile(rf"(?<![a-zA-Z0-9]){words}(?![a-zA-Z0-9])", re.IGNORECASE) if words else None


def without_hash(name: str) -> str:
    """Take the hash that Kustomize appends out of a generated object's name."""
    return _KUSTOMIZE_HASH.sub("", name)


def _synonym(name: str, environment: str) -> re.Pattern[str] | None:
    """Find a word at either end of a name that means what the environment's name means: ``prd`` for production."""
    rank, parts = vocabulary.rank_of(environment), vocabulary.tokens(name)
    for word in vocabulary.known_words(parts) if rank is not None else ():
        if word.rank == rank and (word.start == 0 or word.end == len(parts)):
            run = r"[-_.]".join(map(re.escape, parts[word.start : word.end]))
            return re.compile(rf"^{run}(?![a-zA-Z0-9])|(?<![a-zA-Z0-9]){run}$", re.IGNORECASE)
    return None


def layout_key(delivery: Delivery) -> Key:
    """Give what the folders of an application's environments share: their paths without the environment's name.

    A chart with values for each environment is one folder for all. Empty for a delivery with another kind of unit, or
    with an overlay whose folder names no environment.
    """
    key = []
    for unit in delivery.units:
        segments = unit.path.split("/")
        shared = "/".join("*" if segment == delivery.environment else segment for segment in segments)
        if isinstance(unit, HelmUnit):
            key.append(f"{_CHART}{shared}")
        elif isinstance(unit, KustomizeUnit) and shared != unit.path:
            key.append(shared)
        else:
            return ()
    return tuple(key)


def apps_of(deliveries: Sequence[Delivery]) -> Mapping[str, str]:
    """Give, by delivery id, the name of its application: one name for what several environments have of it.

    Deliveries are one application where their names are equal without the environment, or their folders are. The name
    is '' where only the objects tell one: the overlay ``envs/prod`` of a repository of one application.
    """
    members: dict[Key, list[Delivery]] = defaultdict(list)
    for delivery, key in _keys(deliveries):
        members[key].append(delivery)
    groups = _joined(deliveries, members.values())
    names = [_name(group) for group in groups]
    labels = [
        _distinct(name, group) if names.count(name) > 1 else name for name, group in zip(names, groups, strict=True)
    ]
    return {item.id: label for label, group in zip(labels, groups, strict=True) for item in group}


def _keys(deliveries: Sequence[Delivery]) -> Iterator[tuple[Delivery, Key]]:
    ambiguous = _ambiguous_names(deliveries)
    shared = _shared_charts(deliveries)
    for delivery in deliveries:
        name, layout = own_name(delivery), layout_key(delivery)
        if delivery.controller != "none" and name:
            space = without_environment(delivery.namespace, delivery.environment)
            # Without an environment there is nothing to take out of a name: it names one thing only.
            sort = "name" if delivery.environment else "plain name"
            yield delivery, (sort, name, space if (delivery.kind, name) in ambiguous else "")
        if layout and delivery.environment and layout not in shared:
            yield delivery, ("layout", *layout)


def own_name(delivery: Delivery) -> str:
    """Give a delivery's name without its environment."""
    return without_environment(delivery.name, delivery.environment)


def _ambiguous_names(deliveries: Iterable[Delivery]) -> set[tuple[str, str]]:
    """Give the kinds and names that one environment has in several namespaces: there the namespace tells them apart."""
    spaces: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for delivery in deliveries:
        key = (delivery.kind, own_name(delivery), delivery.environment, delivery.cluster)
        spaces[key].add(delivery.namespace)
    return {(kind, name) for (kind, name, _, _), found in spaces.items() if len(found) > 1}


def _shared_charts(deliveries: Iterable[Delivery]) -> set[Key]:
    """Give the charts that one environment releases more than once: they are of several applications."""
    releases: dict[tuple[Key, str, str], int] = defaultdict(int)
    for delivery in deliveries:
        key = layout_key(delivery)
        if any(part.startswith(_CHART) for part in key):
            releases[key, delivery.environment, delivery.cluster] += 1
    return {key for (key, _, _), count in releases.items() if count > 1}


def _joined(deliveries: Sequence[Delivery], groups: Iterable[Sequence[Delivery]]) -> list[list[Delivery]]:
    """Join overlapping groups; a delivery in none is one of its own. The order of the deliveries is kept."""
    leader = {delivery.id: delivery.id for delivery in deliveries}

    def lead(name: str) -> str:
        while leader[name] != name:
            name = leader[name]
        return name

    for first, *others in groups:
        for other in others:
            leader[lead(other.id)] = lead(first.id)
    found: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        found[lead(delivery.id)].append(delivery)
    return list(found.values())


def _name(group: Sequence[Delivery]) -> str:
    """Give the name that most of an application's deliveries have; those of a controller count before overlays."""
    names = [own_name(d) for d in group if d.controller != "none"] or [own_name(d) for d in group]
    return max(sorted(set(names)), key=names.count)


def _distinct(name: str, group: Sequence[Delivery]) -> str:
    """Tell an application from its namesakes: by its namespace, else by its folder."""
    if not name:
        return name
    spaces = {without_environment(d.namespace, d.environment) for d in group if d.controller == "flux"}
    if len(spaces) == 1 and "" not in spaces:
        return f"{spaces.pop()}/{name}"
    folders = sorted({part.removeprefix(_CHART) for d in group for part in layout_key(d) or _paths(d)})
    return f"{name} ({folders[0]})" if folders else name


def _paths(delivery: Delivery) -> list[str]:
    return [unit.path for unit in delivery.units]
