"""The loop: render deliveries, find the deliveries among their objects, render those, until there is nothing new."""

from __future__ import annotations

import json
import posixpath
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from gitlint_ops.engine import EngineError
from gitlint_ops.render.answers import Answer, Difference
from gitlint_ops.render.claims import Claims
from gitlint_ops.render.declared import (
    DECLARING_GROUPS,
    declared_in_answer,
    declared_in_files,
    is_release,
    kind_of,
    name_of,
)
from gitlint_ops.render.failure import unread_files, unrendered
from gitlint_ops.render.masking import masked
from gitlint_ops.render.objects import metadata_of
from gitlint_ops.render.older_helm import HELM_3, has_helm_3
from gitlint_ops.render.plan import Pool, request_for
from gitlint_ops.render.roots import Candidate, uncovered, with_claims
from gitlint_ops.render.unset import UnsetValues, until_set
from gitlint_ops.render.waiting import Waiting, Work
from gitlint_ops.repo import Context, deliveries_in, learn_sources, loose_deliveries
from gitlint_ops.repo.fetched import wanted_by, with_fetched
from gitlint_ops.repo.kubernetes import version_at
from gitlint_ops.repo.model import (
    Declared,
    Delivery,
    Generator,
    HelmUnit,
    KustomizeUnit,
    Unit,
    Unrendered,
)
from gitlint_ops.repo.set_aside import STRAY, is_stray_patch, set_aside
from gitlint_ops.source import Span

MAX_DEPTH = 50
"""How many levels of deliveries that deliver deliveries are followed."""
MAX_DELIVERIES = 20_000
"""How many deliveries of one repository are followed."""
_AGGREGATION = ("apiregistration.k8s.io/v1", "apiregistration.k8s.io/v1/APIService")
"""What every cluster serves and Helm alone does not know of: the controllers tell charts what their cluster has."""


Made = TypeVar("Made", Delivery, Generator)


@dataclass(slots=True)
class Outcome:
    """What became of one delivery: the answers of its units in order, and why others have none."""

    answers: list[tuple[Unit, Answer]] = field(default_factory=list)
    failures: list[Unrendered] = field(default_factory=list)
    waits: bool = False
    """Whether none of this is known yet, as nobody asked for it."""


class Loop:
    """One run over one repository. ``deliveries``, ``generators`` and ``outcomes`` are the result, keyed by id."""

    def __init__(self, context: Context, pool: Pool, difference: Difference | None = None) -> None:
        """Prepare a run; with ``difference`` from another tree, what it cannot touch waits where it can."""
        self.context = context
        self.deliveries: dict[str, Delivery] = {}
        self.generators: dict[str, Generator] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.dropped: dict[str, Unrendered] = {}
        """What is not followed: for a bound, as its folder is set aside, or as a value is still to be set."""
        self._set_aside: list[tuple[Declared, str]] = []
        self._pool = pool
        self._unset = UnsetValues(context.tree, pool)
        self._claims = Claims(context)
        self.waiting = Waiting(context, self._claims, difference) if difference else None
        self._depth: dict[str, int] = {}
        self._tops: dict[str, Delivery] = {}
        self._given: set[tuple[str, int | None]] = set()
        """Documents that came out of a rendering, as path and index."""
        self._seen: set[tuple[str, str]] = set()
        """Declaring objects that a delivery gave, as path and value."""
        self._landed: set[tuple[str, ...]] = set()
        """The same with the root above and where its objects land: what several deliveries give to one place is one."""

    def run(self) -> None:
        """Render everything that is declared, then what nothing declares."""
        pending = self._candidates()
        while pending:
            roots = uncovered(pending)
            self._follow([d for c in roots if c.top is None for d in c.declared])
            # A top that delivers itself is a cluster's: what it turns out to apply is no top.
            for candidates in ([c for c in roots if c.selves], [c for c in roots if c.top and not c.selves]):
                self._follow(self._indexed([d for c in self._undelivered(candidates) for d in _start(c)]))
            done = {id(c) for c in roots}
            pending = self._undelivered([c for c in pending if id(c) not in done])
        self._render_loose()
        self._tell_set_aside()

    # Where it starts

    def _candidates(self) -> list[Candidate]:
        files = self._in_use(declared_in_files(self.context))
        tops = self._declaring_tops({d.path for d in files})
        return with_claims([*tops, *(Candidate(d.path, (d,)) for d in files)], self.context, self._claims)

    def _in_use(self, declared: Sequence[Declared]) -> list[Declared]:
        """Leave out what somebody set aside: it counts only where something that is in use delivers it."""
        reasons = {path: set_aside(self.context, path) for path in {item.path for item in declared}}
        judged = [(d, reasons[d.path] or (STRAY if is_stray_patch(self.context, d) else "")) for d in declared]
        self._set_aside = [(item, why) for item, why in judged if why]
        return [item for item, why in judged if not why]

    def _tell_set_aside(self) -> None:
        """Name in the coverage, by folder, what is set aside and nothing delivers."""
        left: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for item, why in self._set_aside:
            if (item.path, item.document) not in self._given:
                left[posixpath.dirname(item.path), why].append(item.path)
        for (folder, why), paths in left.items():
            what = "what it declares is" if len(paths) == 1 else f"the {len(paths)} deliveries that it declares are"
            reason, first = f"{why}: {what} not followed", Span(min(paths), 1)
            self.dropped[f"{folder} {why}"] = Unrendered("folder", folder or ".", reason, first)

    def _declaring_tops(self, declaring_files: set[str]) -> list[Candidate]:
        """Render the kustomizations and charts that nothing seems to deliver, and keep those that declare something."""
        loose = loose_deliveries(self.context, (), ())
        tops = [d for d in loose if any(self._may_declare(unit, declaring_files) for unit in d.units)]
        found = self._render(tops)
        learn_sources(self.context, found)
        given: dict[str, list[Declared]] = {top.id: [] for top in tops}
        for declared in found:
            if declared.parent is not None:
                given[declared.parent.id].append(declared)
        return [self._top(top, given[top.id]) for top in tops]

    def _may_declare(self, unit: Unit, declaring_files: set[str]) -> bool:
        if isinstance(unit, KustomizeUnit):
            return not declaring_files.isdisjoint(self._claims.files_of(unit))
        return isinstance(unit, HelmUnit) and any(
            group in self.context.tree.text(path)
            for path in self.context.tree.files_under(unit.path)
            if self.context.tree.is_chart_template(path)
            for group in DECLARING_GROUPS
        )

    def _top(self, top: Delivery, declared: Sequence[Declared]) -> Candidate:
        self._tops[top.id] = top
        unit = top.units[0]
        return Candidate(self._own_file(unit), tuple(declared), self._claims.files_of(unit), top)

    def _own_file(self, unit: Unit) -> str:
        kustomization = self.context.kustomizations.get(unit.path)
        if isinstance(unit, KustomizeUnit) and kustomization:
            return kustomization.path
        return f"{unit.path}/Chart.yaml" if unit.path != "." else "Chart.yaml"

    def _undelivered(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Give the candidates that no rendering covers so far."""
        claimed = self._claims.files_of_all(self.deliveries.values())
        judged = self._judged()
        return [c for c in candidates if not (c.own in claimed if c.top else self._is_given(c, judged))]

    def _is_given(self, candidate: Candidate, judged: frozenset[str]) -> bool:
        """Whether a rendering gave a file's object, or could have and left it out."""
        declared = candidate.declared[0]
        return (declared.path, declared.document) in self._given or declared.path in judged

    def _judged(self) -> frozenset[str]:
        """Give the files that kustomizations which did render read."""
        units = {u.path: u for o in self.outcomes.values() for u, _ in o.answers if isinstance(u, KustomizeUnit)}
        return frozenset().union(*(self._claims.files_of(unit) for unit in units.values()))

    # Following

    def _follow(self, declared: Sequence[Declared]) -> None:
        """Deliver declared objects and whatever they give. HelmReleases wait until all their values are rendered."""
        queue = list(declared)
        releases: list[Declared] = []
        while queue or releases:
            if not queue:
                queue, releases = releases, []
            else:
                releases += [d for d in queue if is_release(d)]
                queue = [d for d in queue if not is_release(d)]
            queue = self._render_needed(self._make(queue))

    def _make(self, declared: Sequence[Declared]) -> list[Delivery]:
        """Turn declared objects into the deliveries that are new, and record them."""
        made = deliveries_in([d for d in declared if self._is_new(d)], self.context)
        self.dropped.update((f"{gap.unit} {gap.path}", gap) for gap in made.gaps)
        for generator in made.generators:
            self.generators.setdefault(generator.id, self._rooted(generator))
        new = []
        for delivery in made.deliveries:
            if waiting := self._waiting(delivery):
                self.dropped[delivery.id] = waiting
            elif delivery.id not in self.deliveries and self._is_within_bounds(delivery):
                self.deliveries[delivery.id] = self._rooted(delivery)
                new.append(self.deliveries[delivery.id])
        return new

    def _waiting(self, delivery: Delivery) -> Unrendered | None:
        """Say why a delivery of a chart that nothing delivers is not known yet: whoever installs it gives a value."""
        top = self._tops.get(delivery.parent)
        if top is None or not any(gap.failed or gap.error_kind == "missing-file" for gap in delivery.unrendered):
            return None
        name = self._unset.behind_declared(top, delivery.object or {})
        path = delivery.span.path if delivery.span else ""
        return Unrendered(delivery.name, path, until_set(top.units[0], name), delivery.span) if name else None

    def _rooted(self, made: Made) -> Made:
        """Make what a top gives a root: no controller creates it, whoever applies the top does."""
        return replace(made, parent="", emitted_by=made.parent) if made.parent in self._tops else made

    def _indexed(self, declared: list[Declared]) -> list[Declared]:
        """Index what tops give, so that ids tell equal names apart."""
        for item in declared:
            self.context.index.add(item)
        return declared

    def _is_new(self, declared: Declared) -> bool:
        """Whether nothing delivered this object yet: no ancestor (one may manage itself), no sibling, no other top."""
        key = (declared.path, json.dumps(declared.data, sort_keys=True, default=str))
        known = key in self._seen
        self._seen.add(key)
        if declared.parent is None:
            return True
        if declared.parent.id in self._tops and known:
            return False
        line = list(self._line_of(declared.parent))
        if any(_is_same(declared, ancestor) for ancestor in line):
            return False
        landing = (*key, line[-1].id, *_landing_of(declared.parent))
        is_first = landing not in self._landed
        self._landed.add(landing)
        return is_first

    def _line_of(self, delivery: Delivery) -> Iterable[Delivery]:
        """Give a delivery and its ancestors."""
        current: Delivery | None = delivery
        for _ in range(MAX_DEPTH + 1):
            if current is None:
                return
            yield current
            current = self.deliveries.get(current.parent)

    def _is_within_bounds(self, delivery: Delivery) -> bool:
        depth = self._depth.get(delivery.parent, 0) + 1
        self._depth[delivery.id] = depth
        if depth <= MAX_DEPTH and len(self.deliveries) < MAX_DELIVERIES:
            return True
        limit = f"{MAX_DEPTH} levels of deliveries" if depth > MAX_DEPTH else f"{MAX_DELIVERIES} deliveries"
        reason = f"{delivery.kind} {delivery.name} and what follows: no more than {limit} are followed"
        if limit not in self.dropped:
            path = delivery.span.path if delivery.span else ""
            self.dropped[limit] = Unrendered("delivery", path, reason, delivery.span, failed=True)
        return False

    # Rendering

    def _render_needed(self, deliveries: Sequence[Delivery]) -> list[Declared]:
        """Render those of the deliveries that cannot wait; give the declaring objects found: no other one has any."""
        if self.waiting is None:
            return self._render(deliveries)
        self.waiting.note(self._work(deliveries))
        needed = [delivery for delivery in deliveries if not self.waiting.can_wait(delivery)]
        now = {delivery.id for delivery in needed}
        for delivery in deliveries:
            if delivery.id not in now:
                self.outcomes[delivery.id] = Outcome(waits=True)
                self.context.index.promise(partial(self.waiting.may_give, delivery), partial(self._render, [delivery]))
        return self._render(needed)

    def catch_up(self, names: Iterable[str]) -> None:
        """Render those of the deliveries, by id, that wait."""
        self._render([self.deliveries[name] for name in names if self.outcomes[name].waits])

    def _work(self, deliveries: Iterable[Delivery]) -> Work:
        units = [(delivery, self._versioned(unit, delivery)) for delivery in deliveries for unit in delivery.units]
        return [(delivery, unit, request_for(unit, version_at(self.context, delivery))) for delivery, unit in units]

    def _render(self, deliveries: Sequence[Delivery]) -> list[Declared]:
        """Render all units of the deliveries, record the outcomes, and give the declaring objects found."""
        work = self._work(deliveries)
        for delivery in deliveries:
            self.outcomes[delivery.id] = Outcome()
        declaring: list[Declared] = []
        answers = self._pool.answer_all([request for _, _, request in work])
        for (delivery, unit, _), answer in zip(work, answers, strict=True):
            outcome = self.outcomes[delivery.id]
            if isinstance(answer, EngineError):
                failure = unrendered(unit, answer, delivery, is_spare=self._is_spare(unit, delivery))
                reason = masked(failure.reason, self.context.tree, unit, delivery)
                remotes = wanted_by(self.context, unit, answer.url) if answer.kind == "needs-network" else ()
                outcome.failures.append(replace(failure, reason=reason, remotes=remotes))
            else:
                outcome.answers.append((unit, answer))
                outcome.failures += unread_files(answer)
                declaring += self._collect(delivery, unit, answer)
        return declaring

    def _is_spare(self, unit: Unit, delivery: Delivery) -> bool:
        """Whether nothing delivers a chart with these values, though deliveries give it others."""
        if delivery.controller != "none" or not isinstance(unit, HelmUnit):
            return False
        others = (other for d in self.deliveries.values() if d.controller != "none" for other in d.units)
        return any(isinstance(other, HelmUnit) and other.path == unit.path for other in others)

    def _collect(self, delivery: Delivery, unit: Unit, answer: Answer) -> list[Declared]:
        declaring, looked_up = declared_in_answer(self.context.tree, delivery, unit, answer)
        if delivery.controller != "none":
            # What nothing delivers is in the index already, as its file says it.
            self._given.update((d.path, d.document) for d in declaring if d.document is not None)
            for declared in (*declaring, *looked_up):
                self.context.index.add(declared)
        return declaring

    def _versioned(self, unit: Unit, delivery: Delivery) -> Unit:
        """Give a unit what was fetched for it; a chart its controller's Helm and its environment's Kubernetes version.

        They stand in the unit, so that whoever renders it again agrees.
        """
        unit = with_fetched(self.context.tree, self.context.kustomizations.values(), unit)
        if isinstance(unit, (HelmUnit, KustomizeUnit)) and has_helm_3(
            self.context.config.controllers, delivery.controller
        ):
            unit = replace(unit, helm=HELM_3)
        if not isinstance(unit, HelmUnit):
            return unit
        if delivery.controller != "none":
            unit = replace(unit, api_versions=unit.api_versions or _AGGREGATION)
        return unit if unit.kube_version else replace(unit, kube_version=version_at(self.context, delivery))

    # What nothing declares

    def _render_loose(self) -> None:
        """Render what no delivery claims; what such a chart or kustomization declares was followed before."""
        claimed = [unit for delivery in self.deliveries.values() for unit in self._claims.units_of(delivery)]
        files = self._claims.files_of_all(self.deliveries.values())
        loose = loose_deliveries(self.context, claimed, files)
        self._render_needed(loose)
        self.deliveries.update((delivery.id, delivery) for delivery in loose)
        self.deliveries = {key: self._settled(delivery) for key, delivery in self.deliveries.items()}
        self.generators = {key: self._settled(generator) for key, generator in self.generators.items()}
        self.outcomes = {key: self.outcomes[key] for key in self.deliveries}

    def _settled(self, made: Made) -> Made:
        """Forget a top that some delivery turned out to apply."""
        return made if not made.emitted_by or made.emitted_by in self.deliveries else replace(made, emitted_by="")


def _start(candidate: Candidate) -> Sequence[Declared]:
    """Give what to follow first of a top: the objects that deliver the top itself, where there are any, as roots."""
    top = candidate.top
    folder = top.units[0].path if top is not None and top.units else ""
    return [replace(d, parent=None, scope=folder) for d in candidate.selves] or candidate.declared


def _landing_of(delivery: Delivery) -> tuple[str, str, str]:
    """Give what tells where a delivery's objects land; deliveries that differ in it may give one object twice."""
    return delivery.cluster, delivery.environment, delivery.target_namespace


def _is_same(declared: Declared, delivery: Delivery) -> bool:
    """Whether a declared object is the one that declares the delivery: one cluster has one object of a name."""
    if (kind_of(declared.data)[1], name_of(declared.data)) != (delivery.kind, delivery.name):
        return False
    namespace = str(metadata_of(declared.data).get("namespace") or "")
    parent = declared.parent
    return (namespace or (parent.target_namespace if parent else "")) in ("", delivery.namespace)
