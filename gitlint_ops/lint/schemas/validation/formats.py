"""The formats that the API server demands of names, ports, quantities and schedules, as pure functions of a text.

Sources: k8s.io/apimachinery/pkg/util/validation, pkg/api/resource (ParseQuantity), github.com/robfig/cron/v3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache

QUANTITY = r"\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?\s*"
"""A quantity such as 500m, 1Gi or 1e3."""

_DNS_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?")
_DNS_SUBDOMAIN = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")
_QUALIFIED = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?")
_PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*")
_DATA_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_QUANTITY_PARTS = re.compile(r"\s*([+-]?[0-9.]+)(.*?)\s*")
_PLACEHOLDER = re.compile(r"\$\{|\$\(|\{\{|<[^<>]+>|^ENC\[|%\w+%|@@?\w+@@?|^__\w+__$|#\{")
_WORD_TO_FILL_IN = re.compile(r"(?:^|[a-z0-9][-_.])[A-Z]{4,}(?:_[A-Z]+)*(?:[-_.][a-z0-9]|$)")
"""``disk-wipe-HOSTNAME``: what a script replaces stands out by its capitals."""

_KEPT = 16384
"""Answers that are kept: the same names and labels stand in every object of an application."""

DNS_LABEL = (
    "a DNS-1123 label (lower-case letters, digits and '-', a letter or digit at both ends, at most 63 characters)"
)
DNS_SUBDOMAIN = (
    "a DNS-1123 subdomain (lower-case letters, digits, '-' and '.', a letter or digit at both ends, "
    "at most 253 characters)"
)
LABEL_VALUE = "a label value (letters, digits, '-', '_' and '.', a letter or digit at both ends, at most 63 characters)"
QUALIFIED_NAME = "a key such as app or acme.example/app (the name has at most 63 letters, digits, '-', '_' and '.')"
PORT_NAME = "a port name (lower-case letters, digits and single '-' between them, a letter among them, at most 15)"
DATA_KEY = "a key of letters, digits, '-', '_' and '.', at most 253 characters"


@lru_cache(maxsize=_KEPT)
def is_placeholder(text: str) -> bool:
    """Whether a text holds something that a later tool replaces: a variable, a template expression, cipher text."""
    found = _WORD_TO_FILL_IN.search(text)
    return _PLACEHOLDER.search(text) is not None or (found is not None and found[0] != text)


@lru_cache(maxsize=_KEPT)
def is_dns_label(text: str) -> bool:
    """Whether a text is an RFC 1123 label, as names of containers, volumes and namespaces are."""
    return len(text) <= 63 and _DNS_LABEL.fullmatch(text) is not None


@lru_cache(maxsize=_KEPT)
def is_dns_subdomain(text: str) -> bool:
    """Whether a text is an RFC 1123 subdomain, as the names of most objects are."""
    return len(text) <= 253 and _DNS_SUBDOMAIN.fullmatch(text) is not None


@lru_cache(maxsize=_KEPT)
def is_label_value(text: str) -> bool:
    """Whether a text may be the value of a label; the empty one may."""
    return not text or (len(text) <= 63 and _QUALIFIED.fullmatch(text) is not None)


@lru_cache(maxsize=_KEPT)
def is_qualified_name(text: str) -> bool:
    """Whether a text may be the key of a label: a name, or a DNS subdomain, a slash and a name."""
    prefix, slash, name = text.rpartition("/")
    return (not slash or is_dns_subdomain(prefix)) and 0 < len(name) <= 63 and _QUALIFIED.fullmatch(name) is not None


@lru_cache(maxsize=_KEPT)
def is_port_name(text: str) -> bool:
    """Whether a text is a service name of IANA, as names of container ports are."""
    return len(text) <= 15 and _PORT_NAME.fullmatch(text) is not None


def is_data_key(text: str) -> bool:
    """Whether a text may be a key in a ConfigMap or Secret."""
    return len(text) <= 253 and text not in {".", ".."} and _DATA_KEY.fullmatch(text) is not None


def is_base64(text: str) -> bool:
    """Whether a text is standard base64 with padding; line ends are ignored, as encoding/base64 does."""
    return _BASE64.fullmatch(text.replace("\n", "").replace("\r", "")) is not None


_POWERS = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_SUFFIXES = {
    **{suffix: Decimal(10) ** power for suffix, power in _POWERS.items()},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate("KMGTPE", 1)},
    "": Decimal(1),
}


def quantity(value: object) -> Decimal | None:
    """Give the number that a quantity stands for, None for what is none (the schema's own fault)."""
    return _quantity(str(value)) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else None


@lru_cache(maxsize=_KEPT)
def _quantity(text: str) -> Decimal | None:
    if not re.fullmatch(QUANTITY, text):
        return None
    parts = _QUANTITY_PARTS.fullmatch(text)
    number, suffix = (parts[1], parts[2]) if parts else (text, "")
    factor = _SUFFIXES.get(suffix)
    try:
        return Decimal(number) * factor if factor is not None else Decimal(number + suffix)
    except InvalidOperation:  # an exponent beyond all bounds
        return None


_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_DAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
_CRON_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _DAYS),
)
_CRON_NUMBER = re.compile(r"\+?[0-9]{1,9}")
_CRON_WORDS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
_DURATION = re.compile(r"[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|[+-]?0")


def schedule_problem(text: str) -> str:
    """Say why a text is no schedule of a CronJob, '' where it is one (robfig/cron, ParseStandard)."""
    if text.startswith(("TZ=", "CRON_TZ=")):
        text = text.partition(" ")[2].strip()
    if text.startswith("@"):
        known = text in _CRON_WORDS or (text.startswith("@every ") and _DURATION.fullmatch(text[len("@every ") :]))
        return "" if known else "there is no such descriptor"
    fields = text.split()
    if len(fields) != len(_CRON_FIELDS):
        return f"it has {len(fields)} fields, not five"
    problems = (_cron_problem(field, *bounds) for field, bounds in zip(fields, _CRON_FIELDS, strict=True))
    return next((problem for problem in problems if problem), "")


def _cron_problem(field: str, name: str, low: int, high: int, words: dict[str, int]) -> str:
    for part in filter(None, field.split(",")):
        if not _is_cron_range(part, low, high, words):
            return f"'{part}' is no {name}, which goes from {low} to {high}"
    return ""


def _is_cron_range(part: str, low: int, high: int, words: dict[str, int]) -> bool:
    span, *steps = part.split("/")
    ends = span.split("-")
    if len(steps) > 1 or any(_cron_number(step, {}) < 1 for step in steps):
        return False
    if ends[0] in {"*", "?"}:
        return True
    numbers = [_cron_number(end, words) for end in ends]
    last = high if steps and len(numbers) == 1 else numbers[-1]
    return len(numbers) <= 2 and low <= numbers[0] <= last <= high


def _cron_number(text: str, words: Mapping[str, int]) -> int:
    """Give the number of a word or of digits, -1 for what is neither."""
    return words.get(text.lower(), int(text) if _CRON_NUMBER.fullmatch(text) else -1)
