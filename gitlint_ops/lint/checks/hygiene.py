"""Checks of the linter's own use: suppressions that mean nothing, are over or hide nothing, and a baseline to prune.

They look at what the runner hands over once all other rules ran.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from gitlint_ops.config import CONFIG_NAME
from gitlint_ops.lint.baseline import OWN_CATEGORY
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Entry, Related, Violation
from gitlint_ops.lint.suppression import Directive
from gitlint_ops.source import Span

_SHOWN_ENTRIES = 3
_NOUNS = {"comment": "comment", "annotation": "annotation", "config": "entry"}


def unknown_suppression(context: CheckContext) -> Iterator[Violation]:
    """Give every suppression that cannot be understood, or that names a rule or an environment that is not there."""
    for directive in context.conduct.book.written:
        ignore = directive.ignore
        if ignore.problem:
            yield Violation(f"this {_noun(directive)} hides nothing: {ignore.problem}", span=directive.span)
        for name in ignore.rules if _rules_are_known(context) else ():
            problem = _rule_problem(name, directive, context)
            if problem:
                yield Violation(problem, span=_word(context, directive, name))
        for name in _unknown_environments(directive, context):
            message = f"there is no environment '{name}'{_near(name, context.graph.environments, 'inspect')}"
            yield Violation(message, span=_word(context, directive, name))


def _rules_are_known(context: CheckContext) -> bool:
    """Whether the user's own rules are among the known ones: not where the configuration was left aside."""
    return bool(context.config.path) or CONFIG_NAME not in context.tree.files


def _rule_problem(name: str, directive: Directive, context: CheckContext) -> str:
    known = context.conduct.judged.known
    if name not in known:
        return f"there is no rule '{name}'{_near(name, known, 'rules')}; this {_noun(directive)} hides nothing of it"
    if directive.kind != "config" and known[name] == OWN_CATEGORY:
        return f"'{name}' is about suppressions themselves: only an entry of {CONFIG_NAME} can hide what it finds"
    return ""


def _near(name: str, known: Iterable[str], command: str) -> str:
    near = difflib.get_close_matches(name, sorted(known), 1, 0.5)
    return f"; did you mean '{near[0]}'?" if near else f" ('gitlint-ops {command}' lists those there are)"


def _unknown_environments(directive: Directive, context: CheckContext) -> list[str]:
    return [name for name in directive.ignore.environments if name not in context.graph.environments]


def suppression_without_reason(context: CheckContext) -> Iterator[Violation]:
    """Give every suppression that does not say why."""
    for directive in context.conduct.book.written:
        ignore = directive.ignore
        if not ignore.problem and not ignore.reason:
            rules = ", ".join(ignore.rules)
            advice = "'reason: why this is fine'" if directive.kind == "config" else "'reason=why this is fine'"
            message = f"this {_noun(directive)} for {rules} does not say why; add {advice}"
            yield Violation(message, span=directive.span)


def suppression_expired(context: CheckContext) -> Iterator[Violation]:
    """Give every suppression whose last day has passed, or is no date."""
    book = context.conduct.book
    for directive in book.written:
        if not directive.ignore.problem and directive.is_over(book.today):
            yield Violation(_ending(directive, context), span=_word(context, directive, directive.ignore.until))


def _ending(directive: Directive, context: CheckContext) -> str:
    """Say why a suppression is over and what to do about it."""
    until, rules = directive.ignore.until, ", ".join(directive.ignore.rules)
    if not directive.has_last_day:
        return f"'{until}' is not a date such as 2030-12-31, so this {_noun(directive)} hides nothing"
    advice = "remove it" if _is_unused(directive, context) else "mend what it hid, or give it a later day"
    return f"this {_noun(directive)} for {rules} ended on {until} and hides nothing any more; {advice}"


def suppression_unused(context: CheckContext) -> Iterator[Violation]:
    """Give every suppression, or rule of one, that hides nothing although its rule ran where it stands."""
    conduct = context.conduct
    for directive in conduct.book.written:
        if not directive.counts(conduct.book.today) or _unknown_environments(directive, context):
            continue
        if _is_unused(directive, context):
            rules = ", ".join(directive.ignore.rules)
            message = f"this {_noun(directive)} hides nothing: {rules} finds nothing here{_where(directive)}; remove it"
            yield Violation(message, span=directive.span)
            continue
        for rule in directive.ignore.rules:
            if _is_idle(directive, rule, context):
                message = f"{rule} finds nothing here{_where(directive)}; take it out of this {_noun(directive)}"
                yield Violation(message, span=_word(context, directive, rule))


def _is_unused(directive: Directive, context: CheckContext) -> bool:
    return all(_is_idle(directive, rule, context) for rule in directive.ignore.rules)


def _is_idle(directive: Directive, rule: str, context: CheckContext) -> bool:
    """Whether a suppression hides nothing of one of its rules, and this run could tell."""
    conduct = context.conduct
    if (directive, rule) in conduct.book.used or rule not in conduct.judged.ran:
        return False
    entry = next((entry for entry in conduct.book.entries if entry.directive == directive), None)
    if entry is not None:
        return not any(entry.covers(path) for path in conduct.judged.unseen)
    return directive.span.path not in conduct.judged.unseen


def _where(directive: Directive) -> str:
    limits = directive.ignore.environments
    return f" in {', '.join(limits)}" if limits else ""


def baseline_stale(context: CheckContext) -> Iterator[Violation]:
    """Give one finding where recorded findings are gone: at the first of them, the others are related places."""
    match = context.conduct.match
    if match is None or not match.stale:
        return
    baseline, count = match.baseline, len(match.stale)
    spans = sorted((Span(baseline.path, baseline.lines.get(e.fingerprint, 1)), _called(e)) for e in match.stale)
    named = ", ".join(dict.fromkeys(called for _, called in spans[:_SHOWN_ENTRIES]))
    more = f" and {count - _SHOWN_ENTRIES} more" if count > _SHOWN_ENTRIES else ""
    yield Violation(
        f"{count} of {len(baseline.entries)} recorded findings {'is' if count == 1 else 'are'} gone ({named}{more}); "
        "run 'gitlint-ops baseline --prune'",
        span=spans[0][0],
        related=tuple(Related(span, f"gone: {called}") for span, called in spans[1:]),
    )


def _called(entry: Entry) -> str:
    return f"{entry.rule} in {entry.path}"


def _noun(directive: Directive) -> str:
    return _NOUNS[directive.kind]


def _word(context: CheckContext, directive: Directive, word: str) -> Span:
    """Give the place of a word of a suppression, where it stands on its line."""
    span = directive.span
    at = context.tree.line_text(span.path, span.line).find(word, max(0, span.column - 1)) if word else -1
    return Span(span.path, span.line, at + 1, span.line, at + 1 + len(word)) if at >= 0 else span
