"""Tokens that betray themselves by their form: detect-secrets' plugins, and the forms that it does not know yet."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detect_secrets.plugins.base import RegexBasedDetector

_HINTS = (
    *("A3T", "ABIA", "ACCA", "AKIA", "ASIA", "AccountKey=", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    *("glpat-", "gldt-", "glft-", "glsoat-", "glrt-", "glcbt-", "glimt-", "glptt-", "glagent-", "gloas-", "GR1348941"),
    *("glsa_", "xoxa-", "xoxb-", "xoxp-", "xoxo-", "xoxs-", "xoxr-", "XOXB-", "XOXP-", "hooks.slack.com/services"),
    *("sk_live_", "rk_live_", "PRIVATE KEY", "PuTTY-User-Key", "eyJ", "SG.", "_authToken", "pypi-Ag", "T3BlbkFJ"),
    *(
        "sq0csp-",
        "AIza",
        "hvs.",
        "AGE-SECRET-KEY-",
        "dop_v1_",
        "dckr_pat_",
        "hf_",
        "sk-ant-",
        "sk-proj-",
        "tskey-",
    ),
    *("NRAK-", "shpat_", "ATATT3", "dp.st.", "dp.pt.", "ops_eyJ", ".atlasv1."),
    *(f"-us{digit}" for digit in range(1, 10)),
    *("iscord", "DISCORD", "elegram", "TELEGRAM", "wilio", "TWILIO"),
)
"""Texts one of which stands on a token's line (for the forms of Discord, Telegram and Twilio: in its neighbourhood).

Looking for fixed texts costs a hundredth of running all plugins over a file; most files hold none of them.
"""
_NEAR = 2
"""How many lines around a hint are looked at."""
_OWN = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("GitHub fine-grained token", r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
        ("Grafana service account token", r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}"),
        ("Google API key", r"AIza[0-9A-Za-z_-]{35}"),
        ("HashiCorp Vault token", r"hvs\.[A-Za-z0-9_-]{24,}"),
        ("age secret key", r"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
        ("DigitalOcean token", r"dop_v1_[0-9a-f]{64}"),
        ("Docker Hub token", r"dckr_pat_[A-Za-z0-9_-]{27}"),
        ("Hugging Face token", r"hf_[A-Za-z]{34}"),
        ("Anthropic API key", r"sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{80,}"),
        ("OpenAI API key", r"sk-proj-[A-Za-z0-9_-]{40,}"),
        ("Tailscale key", r"tskey-[a-z]+-[A-Za-z0-9]{8,}-[A-Za-z0-9]{16,}"),
        ("New Relic API key", r"NRAK-[A-Z0-9]{27}"),
        ("Shopify access token", r"shpat_[0-9a-fA-F]{32}"),
        ("Atlassian API token", r"ATATT3[A-Za-z0-9_=-]{100,}"),
        ("Doppler token", r"dp\.(?:st|pt)\.[A-Za-z0-9_.-]{40,}"),
        ("1Password service account token", r"ops_eyJ[A-Za-z0-9+/=_-]{100,}"),
        ("Terraform Cloud token", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}"),
    )
)
_WORD = re.compile(r"[A-Za-z0-9_-]+")
_JWT = re.compile(r"[\w=-]+\.[\w=-]+\.(?P<signature>[\w+/=-]*)")
_SIGNATURE = 20
"""A JSON Web Token's signature is longer: one that ends in ``.signature`` is an example."""
_EXAMPLE = re.compile(r"EXAMPLE|example|(?:x|X|0|1){8,}|(?:1234567890|abcdef0123|deadbeef)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """A token in a text: what kind, on which 0-based line, and its text (kept in memory only)."""

    kind: str
    line: int
    value: str


_PLUGINS = (
    ("AWS access key", "aws", "AWSKeyDetector"),
    ("Azure storage key", "azure_storage_key", "AzureStorageKeyDetector"),
    ("Discord bot token", "discord", "DiscordBotTokenDetector"),
    ("JSON Web Token", "jwt", "JwtTokenDetector"),
    ("Mailchimp key", "mailchimp", "MailchimpDetector"),
    ("npm token", "npm", "NpmDetector"),
    ("OpenAI API key", "openai", "OpenAIDetector"),
    ("private key", "private_key", "PrivateKeyDetector"),
    ("PyPI token", "pypi_token", "PypiTokenDetector"),
    ("SendGrid key", "sendgrid", "SendGridDetector"),
    ("Slack token", "slack", "SlackDetector"),
    ("Square OAuth secret", "square_oauth", "SquareOAuthDetector"),
    ("Stripe key", "stripe", "StripeDetector"),
    ("Telegram bot token", "telegram_token", "TelegramBotTokenDetector"),
    ("Twilio key", "twilio", "TwilioKeyDetector"),
)
_GROUPED_PLUGINS = (
    ("GitHub token", "github_token", "GitHubTokenDetector"),
    ("GitLab token", "gitlab_token", "GitLabTokenDetector"),
)
"""detect-secrets' plugins, by module and class, whose patterns have a group for a part of the token."""


@lru_cache(maxsize=1)
def _plugins() -> Sequence[tuple[str, Callable[[str], Iterator[str]]]]:
    """Give detect-secrets' plugins for tokens with a form of their own, each with the name that messages use.

    Left out are those that guess from words or entropy (our own key names are stricter) and those whose patterns match
    ordinary words. The import takes long, so it waits until a file gives a hint.
    """
    return (
        *((kind, _plugin(module, name).analyze_string) for kind, module, name in _PLUGINS),
        *((kind, partial(_whole, _plugin(module, name).denylist)) for kind, module, name in _GROUPED_PLUGINS),
    )


def _plugin(module: str, name: str) -> RegexBasedDetector:
    plugin: RegexBasedDetector = getattr(import_module(f"detect_secrets.plugins.{module}"), name)()
    return plugin


def _whole(patterns: Iterable[re.Pattern[str]], line: str) -> Iterator[str]:
    """Give whole tokens, where the pattern has a group for a part of them that the plugin gives alone: ``ghp``."""
    starts = (found.start() for pattern in patterns for found in pattern.finditer(line))
    yield from (word[0] for start in starts if (word := _WORD.match(line, start)))


def tokens_in(text: str) -> Iterator[Token]:
    """Give the tokens of a text, on each line the first of a kind; the examples of manuals are none."""
    numbers = _hinted_lines(text)
    lines = text.split("\n") if numbers else []
    for number in numbers:
        yield from _of_line(lines, number)


def _hinted_lines(text: str) -> list[int]:
    """Give the 0-based lines around the hints of a text, in order."""
    present = [hint for hint in _HINTS if hint in text]
    if not present:
        return []
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    pattern = re.compile("|".join(map(re.escape, present)))
    hinted = {bisect_right(starts, found.start()) - 1 for found in pattern.finditer(text)}
    near = {number + step for number in hinted for step in range(-_NEAR, _NEAR + 1)}
    return sorted(number for number in near if 0 <= number < len(starts))


def _of_line(lines: Sequence[str], number: int) -> Iterator[Token]:
    line = lines[number][:65536]
    seen: set[str] = set()
    for kind, value in _matches(line):
        if kind in seen or _EXAMPLE.search(value) or not _stands_alone(line, value):
            continue
        if (kind == "private key" and not _key_follows(lines, number)) or _is_identifier(kind, lines, number):
            continue
        if kind == "JSON Web Token" and _has_no_signature(line, value):
            continue
        seen.add(kind)
        yield Token(kind, number, value)


def _matches(line: str) -> Iterator[tuple[str, str]]:
    for kind, pattern in _OWN:
        yield from ((kind, found) for found in pattern.findall(line))
    for kind, analyze in _plugins():
        yield from ((kind, str(found)) for found in analyze(line) if found)


def _stands_alone(line: str, value: str) -> bool:
    """Say whether a match is a word: inside a longer run of letters and digits it is part of other data."""
    at = line.find(value)
    before, after = line[at - 1 : at] if at > 0 else "", line[at + len(value) : at + len(value) + 1]
    return not ((value[:1].isalnum() and before.isalnum()) or (value[-1:].isalnum() and after.isalnum()))


def _is_identifier(kind: str, lines: Sequence[str], number: int) -> bool:
    """Say whether an AWS access key's ID stands beside a reference to its secret, as cert-manager's issuers have it."""
    near = lines[max(0, number - 6) : number + 7]
    return kind == "AWS access key" and any(re.search(r"(?i)secret\w*ref\b", line) for line in near)


def _has_no_signature(line: str, token: str) -> bool:
    """Say whether the third part of a JSON Web Token, of which a pattern may give two, is a word as manuals have it."""
    whole = _JWT.match(line, line.find(token))
    return whole is not None and 0 < len(whole["signature"]) < _SIGNATURE


def _key_follows(lines: Sequence[str], number: int) -> bool:
    """Say whether key material follows a header: a script that looks for the header holds none."""
    header = re.search(r"PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-2", lines[number])
    if header is None:
        return False
    rest = lines[number][header.end() :].replace("\\n", "\n") + "\n" + "\n".join(lines[number + 1 : number + 8])
    return re.search(r"^[\s\"'|>+-]*[A-Za-z0-9+/=]{32,}", rest, re.MULTILINE) is not None
