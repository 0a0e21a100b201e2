"""From placed violations to findings: what has one cause is one finding."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gitlint_ops.lint.checks.repeated import FEW
from gitlint_ops.lint.model import SEVERITIES, Finding, Fix, ObjectRef, Related, Suppression, Violation
from gitlint_ops.lint.placing import MAX_RELATED, Placed
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Environment
from gitlint_ops.source import Span

HELP = "https://github.com/gitlint-ops/gitlint-ops/blob/main/docs/rules/{}.md"
_NAME = "\0"
"""What stands for a name in a text without names."""
_GroupKey = tuple[str, Span, str, Suppression | None]


def merge(placed: Iterable[Placed], environments: Mapping[str, Environment]) -> tuple[Finding, ...]:
    """Merge over objects, deliveries and environments; give findings in report order.

    One rule, place and cause is one finding, worded as the first of them. Where a check tells no cause it is the
    message, in which the name that a render gave the object (a prefix, a release) makes no difference. What a source
    check and a rendered check of a rule both saw at one place is the rendered one's.
    """
    groups: dict[_GroupKey, list[Placed]] = defaultdict(list)
    for same in _worded_alike(placed):
        # A name may be a word of the message too (a namespace "registry"): the most nameless text counts for all.
        cause = max((_alike(item.violation) for item in same), key=lambda text: text.count(_NAME))
        first = same[0]
        groups[(first.rule.name, first.span, cause, first.suppression)] += same
    kept = _without_echoes(list(groups.values()))
    decisions = {_finding(group, environments): group[0].violation.decision for group in kept}
    left = _yielding(list(decisions), placed_rules(groups))
    return tuple(sorted(_said_once(left, decisions, environments), key=report_order))


def _worded_alike(placed: Iterable[Placed]) -> Iterable[list[Placed]]:
    """Group by rule, place and message."""
    groups: dict[_GroupKey, list[Placed]] = defaultdict(list)
    for item in placed:
        groups[(item.rule.name, item.span, item.violation.cause or item.violation.message, item.suppression)].append(
            item
        )
    return groups.values()


def placed_rules(groups: Mapping[_GroupKey, Sequence[Placed]]) -> Mapping[str, tuple[str, ...]]:
    """Give, for each rule with findings, the rules to which it yields."""
    return {group[0].rule.name: group[0].rule.yields_to for group in groups.values()}


def report_order(finding: Finding) -> tuple[int, str, int, int, str, str]:
    """Sort key of a report: severity, path, line, column, rule, message."""
    span = finding.span
    return (SEVERITIES.index(finding.severity), span.path, span.line, span.column, finding.rule, finding.message)


def _alike(violation: Violation) -> str:
    """Give a violation's cause: its message without the names of its object and of those that it points to."""
    if violation.cause:
        return violation.cause
    text = nameless(violation.message, violation.object)
    for item, _, _ in violation.related_fields:
        text = nameless(text, item)
    return text


def nameless(message: str, target: RenderedObject | ObjectRef | None) -> str:
    """Give a message without the object's own name and namespace, which differ between environments."""
    text = message
    for word in (target.name, target.namespace) if target else ():
        if word and word in text:
            text = re.sub(rf"(?<![\w.-]){re.escape(word)}(?![\w.-])", _NAME, text)
    return text


def _without_echoes(groups: list[list[Placed]]) -> list[list[Placed]]:
    """Leave out what a source check found where a rendered check of the same rule found it too."""
    rendered: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for group in groups:
        if group[0].violation.object is not None:
            rendered[(group[0].rule.name, group[0].span.path)].append(group[0].span)
    return [
        group
        for group in groups
        if group[0].violation.object is not None
        or not any(_overlap(group[0].span, span) for span in rendered[(group[0].rule.name, group[0].span.path)])
    ]


def _overlap(one: Span, other: Span) -> bool:
    return (one.line, one.column) < (other.end_line, other.end_column) and (other.line, other.column) < (
        one.end_line,
        one.end_column,
    )


def _finding(group: Sequence[Placed], environments: Mapping[str, Environment]) -> Finding:
    first = group[0]
    return Finding(
        rule=first.rule.name,
        category=first.rule.category,
        severity=min((item.severity for item in group), key=SEVERITIES.index),
        message=first.violation.message,
        span=first.span,
        exact=all(item.exact for item in group),
        related=_related(group),
        object=first.object,
        deliveries=tuple(sorted({name for item in group for name in item.deliveries})),
        environments=_in_order({name for item in group for name in item.environments}, environments),
        suppression=first.suppression,
        fix=_fix(group),
        help_uri=HELP.format(first.rule.name),
    )


def _fix(group: Sequence[Placed]) -> Fix | None:
    """Give the fix of what is merged, with the rendered objects in which it is to have its effect."""
    fix = next((item.violation.fix for item in group if item.violation.fix), None)
    objects = [item.violation.object for item in group]
    targets = frozenset((o.delivery.id, o.kind, o.namespace, o.name) for o in objects if o is not None)
    if fix is None or not fix.effect.fields or len(objects) != sum(o is not None for o in objects):
        return fix
    return replace(fix, effect=replace(fix.effect, targets=fix.effect.targets | targets))


def _related(group: Sequence[Placed]) -> tuple[Related, ...]:
    return tuple(dict.fromkeys(related for item in group for related in item.related))[:MAX_RELATED]


def _said_once(
    findings: Sequence[Finding], decisions: Mapping[Finding, str], environments: Mapping[str, Environment]
) -> Iterator[Finding]:
    """Merge the many places of one decision at the first; what is suppressed, or has a fix, stays for itself."""
    groups: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=report_order):
        told = decisions[finding] and finding.fix is None and finding.suppression is None
        own = (finding.rule, finding.severity, decisions[finding]) if told else (finding,)
        groups[own].append(finding)
    for group in groups.values():
        yield from group if len(group) <= FEW else (_one(group, decisions[group[0]], environments),)


def _one(group: Sequence[Finding], decision: str, environments: Mapping[str, Environment]) -> Finding:
    first = group[0]
    others = (Related(other.span, "here too") for other in group[1:])
    return replace(
        first,
        decision=decision,
        message=f"{first.message} ({len(group)} places are alike, this is the first)",
        related=(*first.related, *others)[:MAX_RELATED],
        deliveries=tuple(sorted({name for finding in group for name in finding.deliveries})),
        environments=_in_order({name for finding in group for name in finding.environments}, environments),
    )


def _in_order(names: set[str], known: Mapping[str, Environment]) -> tuple[str, ...]:
    """Sort environments by their place in the promotion order, unknown ones last."""
    return tuple(sorted(names, key=lambda name: (known[name].rank if name in known else len(known), name)))


def _yielding(findings: Sequence[Finding], yields: Mapping[str, tuple[str, ...]]) -> list[Finding]:
    """Leave out a finding whose cause another rule already names on its line: at, around or among its places."""
    causes = {
        (finding.rule, span.path, line)
        for finding in findings
        for span in (finding.span, *(related.span for related in finding.related))
        for line in range(span.line, span.end_line + 1)
    }
    return [
        finding
        for finding in findings
        if not any((rule, finding.span.path, finding.span.line) in causes for rule in yields.get(finding.rule, ()))
    ]
