"""Patches in deliveries: those whose target is not there, and those that change nothing. The engine is asked."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gitlint_ops.engine import EngineError
from gitlint_ops.lint.checks.delivery_overrides import Override, overrides, tried, useless
from gitlint_ops.lint.checks.patch_targets import is_hit, is_named, marking, missing_message
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation

_Answer = dict[str, Any] | None


def unmatched_overrides(context: CheckContext) -> Iterator[Violation]:
    """Report the patches of deliveries with a target that no object of the delivery matches."""
    targeted = [item for item in _patches(context) if isinstance(item.data.get("target"), dict)]
    results = tried(targeted, lambda items: _marked(context, items), _is_certain_hit)
    shared = [item.data["target"] for item, answer in results if _is_certain_hit(answer)]
    for item, answer in useless(results, lambda answer: answer is None or is_hit(answer)):
        # What a root gives to all below it by a pattern is meant for those that have such objects.
        if is_named(item.data["target"]) or item.data["target"] not in shared:
            yield _unmatched(context, item, answer or {})


def _marked(context: CheckContext, items: Sequence[Override]) -> list[_Answer]:
    """Build with each patch marking what it meets."""
    return _answers(context, [item.build(marking(item.data["target"])) for item in items])


def _is_certain_hit(answer: _Answer) -> bool:
    return answer is not None and is_hit(answer)


def _answers(context: CheckContext, requests: Sequence[dict[str, Any]]) -> list[_Answer]:
    """Give what each request builds, None where it fails."""
    answers = context.engine.call_many(requests)
    return [None if isinstance(answer, EngineError) else answer for answer in answers]


def _patches(context: CheckContext) -> Sequence[Override]:
    """Give the patches of deliveries whose builds show all that they may be for."""
    return [item for item in overrides(context, "patches") if not item.delivery.unrendered]


def _unmatched(context: CheckContext, item: Override, answer: dict[str, Any]) -> Violation:
    target = item.data["target"]
    severity = None if is_named(target) else context.options["pattern_severity"]
    violation = Violation(missing_message(target, [answer]), severity=severity)
    return item.place(context, violation, "target", *(("name",) if is_named(target) else ()))


def overrides_without_effect(context: CheckContext) -> Iterator[Violation]:
    """Report the patches of deliveries without which the delivery builds the very same objects.

    One of several deliveries of a folder that each patch the same object states its own value, and is left alone.
    """
    patches = _patches(context)
    rivals = _by_target(patches)
    suspects = [item for item in patches if not _is_stated_by_each(item, rivals[_target_of(item)])]
    results = tried(suspects, lambda items: _with_and_without(context, items), _differ)
    for item, _ in useless(results, _differ):
        if _meets(context, item):
            message = (
                "this patch changes nothing: what it sets is in the folder already, or was moved there. Remove it, or "
                "correct the value that it was to change"
            )
            yield item.place(context, Violation(message))


def _with_and_without(context: CheckContext, items: Sequence[Override]) -> list[tuple[_Answer, _Answer]]:
    """Build each delivery as it is, once for all of its patches, and without each of them."""
    units = {id(item.unit): item for item in items}
    whole = dict(zip(units, _answers(context, [item.whole_build() for item in units.values()]), strict=True))
    bare = _answers(context, [item.build() for item in items])
    return [(whole[id(item.unit)], without) for item, without in zip(items, bare, strict=True)]


def _differ(builds: tuple[_Answer, _Answer]) -> bool:
    """Whether a build with the patch and one without it differ, or may: one that fails leaves that open."""
    one, other = builds
    return one is None or other is None or bool(one["objects"] != other["objects"])


def _by_target(patches: Sequence[Override]) -> Mapping[tuple[str, str], Sequence[Override]]:
    found: defaultdict[tuple[str, str], list[Override]] = defaultdict(list)
    for item in patches:
        found[_target_of(item)].append(item)
    return found


def _target_of(item: Override) -> tuple[str, str]:
    """Give the folder of a patch, and its target as text."""
    return item.unit.path, json.dumps(item.data.get("target"), sort_keys=True)


def _is_stated_by_each(item: Override, rivals: Sequence[Override]) -> bool:
    return any(other.delivery is not item.delivery and other.data != item.data for other in rivals)


def _meets(context: CheckContext, item: Override) -> bool:
    """Whether the patch has its object: one that has none is another rule's."""
    target = item.data.get("target")
    if not isinstance(target, dict):
        return True
    (answer,) = _marked(context, [item])
    return _is_certain_hit(answer)
