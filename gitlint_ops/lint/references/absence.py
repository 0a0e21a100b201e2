"""Whether what a reference means is surely absent, and what a person is told about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from gitlint_ops.lint.checks.places import is_for_people, is_sample
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.lint.references.likeness import is_misspelt, written_name
from gitlint_ops.lint.references.mentions import mentioned
from gitlint_ops.lint.references.selection import pod_index
from gitlint_ops.lint.references.wants import Want, is_name
from gitlint_ops.lint.references.world import Thing, World, world_of
from gitlint_ops.source.model import Document, Span


@dataclass(frozen=True, slots=True)
class Absence:
    """A reference to what is not there, and the clues to what was meant."""

    wanted: Want
    other_kind: Thing | None = None
    """What has its name in its own place, of another kind that would do."""
    alike: Thing | None = None
    """What is spelt nearly so, in the reference's own place."""
    elsewhere: tuple[Thing, ...] = ()
    """What has its kind and name in another namespace, environment or cluster."""
    unread: Document | None = None
    """A manifest that declares it and that nothing renders."""
    others: str = ""
    """What more references than to it name almost alike in its namespace, where Git has neither."""

    @property
    def is_misspelt(self) -> bool:
        """Whether the name is all but that of something there."""
        return self.alike is not None and (self.is_hashed or is_misspelt(self.wanted.name, self._meant))

    @property
    def is_hashed(self) -> bool:
        """Whether it is there under the name with the hash that a generator of kustomize's appends."""
        return self.alike is not None and self._meant == self.wanted.name

    @property
    def _meant(self) -> str:
        return written_name(self.alike.name) if self.alike is not None else ""

    @property
    def has_clue(self) -> bool:
        """Whether more than its absence says that the reference is wrong."""
        found = self.other_kind or self.elsewhere or self.unread or self.others
        return self.is_misspelt or bool(found)

    @property
    def place(self) -> tuple[object, ...]:
        """Equal for the absences that one field of one source gives to several environments."""
        item = self.wanted.item
        return (item.kind, item.source_path, item.source_line, self.wanted.field_path, self.wanted.label)

    @property
    def where(self) -> str:
        """The environment that lacks it, by the name that a person knows it by."""
        delivery = self.wanted.item.delivery
        return delivery.environment or delivery.cluster or delivery.name

    def violation(self, verb: str, effect: str, hints: str = "") -> Violation:
        """Give what is reported: who ``verb`` (uses, runs as) what, why that is wrong, its ``effect``, what to do.

        ``hints`` stand in place of its own clue.
        """
        wanted = self.wanted
        reason, advice = ("which is not there", hints) if hints else self._words()
        message = f"{wanted.item.label} {verb} the {wanted.label}, {reason}: {effect}{advice}"
        lack = f"no {wanted.label}"
        found = Violation(message, object=wanted.item, field_path=wanted.field_path, cause=lack, decision=lack)
        return self._related(found)

    @property
    def hint(self) -> str:
        """The clue in few words, for a message that gives those of several environments."""
        if self.other_kind is not None:
            return f"there is the {self.other_kind.kind} {self.wanted.name}"
        if self.is_misspelt and self.alike is not None:
            return f"did you mean '{self.alike.name if self.is_hashed else self._meant}'?"
        if self.elsewhere:
            names = _places(self.wanted, self.elsewhere)
            return f"{', '.join(names)} has it" if names else f"it is in the namespace {_namespaces(self.elsewhere)}"
        return f"{self.unread.path} declares it" if self.unread is not None else "nothing makes it"

    def _words(self) -> tuple[str, str]:
        nowhere = "which nothing in this repository makes"
        if self.other_kind is not None:
            return "which is not there", f"; there is the {self.other_kind.kind} {self.wanted.name}"
        if self.is_hashed and self.alike is not None:
            hint = "Set generatorOptions.disableNameSuffixHash: true there, or build both in one kustomization"
            return f"which a generator calls {self.alike.name} (with a hash)", f". {hint}"
        if self.others or (self.alike is not None and (self.is_misspelt or not (self.elsewhere or self.unread))):
            named = f"'{self.others}', as others here" if self.others else f"'{self._meant}'"
            return nowhere, f"; did you mean {named}?"
        if self.elsewhere:
            return self._elsewhere()
        if self.unread is not None:
            return f"which {self.unread.path} declares and nothing applies", ". Add that file to what is applied"
        return nowhere, ". Add it, or name it in the option provided where something else makes it"

    def _elsewhere(self) -> tuple[str, str]:
        wanted, names = self.wanted, _places(self.wanted, self.elsewhere)
        if names:
            have = "has" if len(names) == 1 else "have"
            return f"which its environment lacks and {', '.join(names)} {have}", ". Add it there too"
        reason = f"which is in {_namespaces(self.elsewhere)} and not in the namespace {wanted.namespace}"
        return reason, ". Add it to that namespace"

    def _related(self, violation: Violation) -> Violation:
        clue = self.other_kind or (self.alike if self.is_misspelt or not (self.elsewhere or self.unread) else None)
        clue = clue or next(iter(self.elsewhere), None)
        if clue is not None:
            said = f"{clue.item.label} makes it" if clue.made else f"{clue.item.label} is here"
            return replace(violation, related_fields=((clue.item, ("metadata", "name"), said),))
        if self.unread is not None:
            span = Span(self.unread.path, self.unread.line)
            return replace(violation, related=(Related(span, f"the {self.wanted.label} is declared here"),))
        return violation


def violations(absences: Iterable[Absence], verb: str, effect: str) -> Iterator[Violation]:
    """Give what is reported of absences; of a line that several environments share one message gives all clues."""
    groups: dict[object, list[Absence]] = defaultdict(list)
    for absence in absences:
        groups[absence.place].append(absence)
    for group in groups.values():
        environments: dict[str, list[str]] = defaultdict(list)
        for absence in group:
            environments[absence.hint].append(absence.where)
        told = (f"in {', '.join(dict.fromkeys(names))}: {hint}" for hint, names in environments.items())
        hints = f" ({'; '.join(told)})" if len(environments) > 1 else ""
        yield from (absence.violation(verb, effect, hints) for absence in group)


def _places(wanted: Want, things: Sequence[Thing]) -> list[str]:
    """Give the names of the other environments, or clusters, in which these are."""
    here = wanted.item.delivery
    environments = {thing.scope.environment for thing in things} - {"", here.environment}
    return sorted(environments or {thing.scope.cluster for thing in things} - {"", here.cluster})


def _namespaces(things: Sequence[Thing]) -> str:
    return ", ".join(sorted({thing.namespace for thing in things}))


def absence_of(context: CheckContext, wanted: Want) -> Absence | None:
    """Give what is known of a reference that finds nothing; None where something unseen may make what it means."""
    if is_sample(wanted.item.delivery) or is_provided(context, wanted):
        return None
    world = world_of(context)
    absence = Absence(wanted, alike=world.alike(wanted), elsewhere=_others(world, wanted), unread=world.unread(wanted))
    if mentioned(context, wanted) or (absence.unread is not None and is_for_people(absence.unread.path)):
        return None
    gap = world.gap(wanted)
    if not is_unseen(context, wanted):
        return absence
    # What is all but the name of an object beside it is misspelt, whatever else there may be.
    own = absence.alike is not None and absence.alike.item.delivery is wanted.item.delivery
    whole = gap is None or gap.delivery is not wanted.item.delivery
    return absence if own and whole and absence.is_misspelt else None


def is_unseen(context: CheckContext, wanted: Want) -> bool:
    """Say whether a place may hold what Git does not show: of something unrendered, an operator, the platform."""
    if context.options["despite_unrendered"]:
        return False
    world = world_of(context)
    filled = any(glob.endswith("/*") for glob in _provided(context, wanted))
    return filled or world.gap(wanted) is not None or world.is_installed(wanted) or world.is_unowned(wanted)


def _others(world: World, wanted: Want) -> tuple[Thing, ...]:
    """Give what is called so in other namespaces of the same place; else elsewhere, the same namespace first."""
    scope = world.scope(wanted.item.delivery)
    things = [thing for thing in world.called(wanted) if is_name(thing.namespace or "x")]
    here = tuple(t for t in things if t.scope.may_share(scope) and not t.fits(wanted.namespace))
    away = tuple(t for t in things if not t.scope.may_share(scope))
    return here or tuple(t for t in away if t.fits(wanted.namespace)) or away


def is_told(context: CheckContext, absence: Absence) -> bool:
    """Say whether Git tells enough of a place: a namespace of which it has no pods is filled from elsewhere."""
    wanted = absence.wanted
    beside = pod_index(context).beside(wanted.item.delivery, wanted.namespace)
    return absence.has_clue or wanted.kind == "ClusterRole" or any(p.item.namespace == wanted.namespace for p in beside)


def is_provided(context: CheckContext, wanted: Want) -> bool:
    """Say whether the rule's option ``provided`` names it: globs of ``name`` or ``namespace/name``."""
    return any(not glob.endswith("/*") for glob in _provided(context, wanted))


def _provided(context: CheckContext, wanted: Want) -> Iterator[str]:
    texts = (wanted.name, f"{wanted.namespace}/{wanted.name}")
    return (glob for glob in context.options["provided"] if any(fnmatchcase(text, glob) for text in texts))
