"""Whether a named value is a credential: by its key, by its form, and by what it is not. Never gives a value away."""

from __future__ import annotations

import base64
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from gitlint_ops.lint.checks.placeholders import (
    is_expression,
    is_fill_in,
    is_placeholder,
    is_reference,
    is_weak,
    without_expressions,
)
from gitlint_ops.repo.credential_names import credential_kind, words_of

MAX_VALUE = 4096
"""A longer one-line value is data, not a password."""
_PATH = re.compile(
    r"@?(?:~|\.{1,2})?/[\w.@+-]+(?:/[\w.@+-]+)*/?|[\w.-]+(?:/[\w.-]+)*\.(?:key|pem|crt|txt|json|ya?ml|env|conf|p12|jks|sh)"
    r"|[a-z_-]+(?:/[a-z_-]+)+"
)
_URL = re.compile(r"[a-z][a-z0-9+.-]*:(?://)?[^\s@]+", re.IGNORECASE)
_ENV_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_IDENTIFIER = re.compile(r"[a-z]+(?:[A-Z][a-z]+)+|(?:k8s|[a-z]+\d?)(?:[._-][a-z]+\d?)+|[A-Z]?[a-z]+(?:\.[A-Za-z_]+)+")
_OBJECT_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
_NAME_ENDS = frozenset({"secrets", "creds", "tls", "auth", "key", "keys", "config"})
_PATTERN = re.compile(r"\\[bdswBDSW]")
"""What a regular expression has: linters and parsers call its text a token."""
_DIGEST = re.compile(r"(?:sha(?:1|256|384|512)[:-])?[0-9a-f]{40,128}|sha(?:256|384|512)-[A-Za-z0-9+/=]+", re.IGNORECASE)
_HASH = re.compile(
    r"\$(?:2[abxy]?|[156y7]|apr1|argon2(?:id|i|d)|scrypt|pbkdf2(?:-[\w-]+)?)\$\S{20,}"
    r"|(?:pbkdf2_sha\d+|bcrypt(?:_sha256)?|argon2|scrypt)\$\S{20,}|\{(?:S?SHA\d*|PBKDF2|ARGON2|CRYPT|BCRYPT)[\w-]*\}\S{20,}"
)
"""A password that was hashed with a salt: the program compares with it, and nobody logs in with it."""
_PUBLIC = re.compile(
    r"\s*(?:-----BEGIN (?:CERTIFICATE|PUBLIC KEY|X509 CRL|AGE ENCRYPTED|PGP (?:MESSAGE|PUBLIC))"
    r"|ssh-(?:rsa|ed25519|dss) |ecdsa-sha2|age1[0-9a-z]{20})"
)
_MODES = frozenset(
    [
        "string",
        "str",
        "text",
        "number",
        "integer",
        "boolean",
        "bool",
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "none",
        "null",
        "auto",
        "automatic",
        "random",
        "generated",
        "generate",
        "disabled",
        "enabled",
        "required",
        "optional",
        "always",
        "never",
        "default",
        "basic",
        "bearer",
        "oauth",
        "oauth2",
        "oidc",
        "ldap",
        "saml",
        "jwt",
        "password",
        "token",
        "keycloak",
        "vault",
        "secret",
        "env",
        "file",
        "header",
        "query",
        "cookie",
        "plain",
        "prompt",
        "inherit",
        "keychain",
        "interactive",
        "kerberos",
    ]
)
_CREDENTIAL_URL = re.compile(
    r"\b([a-z][a-z0-9+.-]{1,30})://([^\s/:@'\"<>{}|]*):([^\s/@'\"]+)@[\w\[${(.-]", re.IGNORECASE
)
_ASSIGNMENT = re.compile(
    r"(?:^|[\s;,&?\"'{(-])(?P<name>[A-Za-z_][\w.\-]{0,79})[\"']?[ \t]*(?:=>|:=|[:=])[ \t]*"
    r"(?:\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)'|(?P<bare>[^\s\"'`,;&|()<>\[\]{}]+)(?P<tail>[({\[<]?))"
)
_OPEN_EXPRESSION = re.compile(r"(?:\$\{|\{\{|\$\()[^})]*$")
"""A quoted text that ends within an expression: the quote that ended it belongs to the expression."""
_TELLING = (
    *("curl", "pass", "pwd", "pw", "secret", "token", "key", "cred", "auth", "jwt", "bearer", "_pat", "string", "pin_"),
    "://",
)
"""Every line with a credential holds one of these: a quick look before the exact one."""
_EXPANSION = re.compile(r":(?:[?+]|\s?-?\d+[:}])")
_MORE_WORDS = re.compile(r"[^\s\"']*\s+[\w(-]")
_QUERY = re.compile(r"[?&;](?P<name>[A-Za-z][\w.-]*)=(?P<value>[^&;\s'\"]+)")
_AUTHORIZATION = re.compile(r"(?P<scheme>bearer|basic)\s+(?P<value>[A-Za-z0-9._~+/=-]{8,})", re.IGNORECASE)
_LOGIN = re.compile(r"\bcurl\b.*?\s(?:-u|--user|--proxy-user)[ =]?[\"']?[\w.@-]+:(?P<value>[^\s\"']{3,})")
_XML = re.compile(r"<(?P<name>[\w:.-]{2,80})>(?P<value>[^<>\n]+)</(?P=name)>")
_COMMENT = re.compile(r"\s*(?:#|//|--(?!\w)|;|\*|/\*|<!--|rem\b|\{\{-?\s*/\*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential in a text: its kind, the name of its key, the 0-based line, and the value (kept in memory only)."""

    kind: str
    name: str
    line: int
    value: str


def credential_of(name: str, value: object, *, is_final: bool = False) -> str:
    """Give the kind of credential that ``name: value`` is (password, token …), '' where it is none.

    ``is_final``: a program gets this very value, so that a password like ``prod-password`` names nothing else.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    kind = credential_kind(name)
    text = str(value).strip()
    may_name = not (is_final and kind == "password")
    if not kind or "\n" in text or len(text) > MAX_VALUE or not is_secret_text(text, may_name=may_name):
        return ""
    if words_of(name)[-2:] == ("connection", "string"):
        return kind if any(_assignments(text, 0, quoted_only=False)) else ""
    is_prose = " " in name and " " in text
    if is_prose or (isinstance(value, int) and kind != "password"):
        return ""
    return kind if _fits(kind, words_of(name), text) else ""


def is_secret_text(text: str, *, may_name: bool = True) -> bool:
    """Say whether a one-line text could be a credential at all: no placeholder, path, plain URL, name or mode word.

    ``may_name``: the text may be the name of a key or a Secret, which is then none.
    """
    if is_placeholder(text) or text.lower() in _MODES - {"password", "secret", "token"} or _PATTERN.search(text):
        return False
    shapes = (_PATH, _URL, _ENV_NAME, _DIGEST, _HASH)
    if any(shape.fullmatch(text) for shape in shapes) or _PUBLIC.match(text):
        return False
    if _PATH.fullmatch(without_expressions(text, "/x")):
        return False
    return len(text.split()) < 4 and not _is_label(text) and not (may_name and _names_a_credential(text))


def _is_label(text: str) -> bool:
    """Say whether a text is what people read beside a field, or an item's name: ``Initial password``, ``API Token``."""
    words = text.split()
    return len(words) > 1 and all(map(str.isalpha, words)) and any(map(credential_kind, words))


def _names_a_credential(text: str) -> bool:
    """``db-password``, ``adminPassword`` and ``eap7-app-secret`` are names of keys and Secrets, not passwords."""
    if not (_IDENTIFIER.fullmatch(text) or _OBJECT_NAME.fullmatch(text)):
        return False
    return bool(credential_kind(text)) or words_of(text)[-1] in _NAME_ENDS


def _fits(kind: str, words: tuple[str, ...], text: str) -> bool:
    """Say whether a value has the form that credentials of a kind have; a password may be any word, a token may not."""
    if kind == "password":
        return len(text) >= 3 and not is_type_word(text)
    generic = words[-1] in ("secret", "credential", "credentials", "string") and words[-2:-1] not in _SPECIFIC
    if generic:
        return looks_random(text)
    return len(text) >= 8 and bool(re.search(r"[0-9]|[^\w.-]|[a-z][A-Z]", text)) and not _IDENTIFIER.fullmatch(text)


_SPECIFIC = tuple((word,) for word in ("client", "app", "jwt", "cookie", "session", "webhook", "shared", "hmac"))


def is_type_word(text: str) -> bool:
    """Say whether a text is the name of a type or a mode (``string``, ``required``), as schemas and options have it."""
    return text.lower() in _MODES - {"password", "secret", "token"}


def entropy(text: str) -> float:
    """Give the Shannon entropy of a text in bits a character."""
    total = len(text)
    return -sum(n / total * math.log2(n / total) for n in Counter(text).values()) if total else 0.0


def looks_random(text: str) -> bool:
    """Say whether a text looks drawn by a machine: long, letters and digits mixed, little repetition, no spaces."""
    mixed = bool(re.search(r"[0-9]", text)) and bool(re.search(r"[A-Za-z]", text))
    return len(text) >= 12 and mixed and not re.search(r"\s", text) and entropy(text) >= 3.0


def url_credentials(text: str) -> Iterator[str]:
    """Give the passwords of URLs in a text: ``postgres://user:pass@host``; variables and placeholders are none."""
    for found in _CREDENTIAL_URL.finditer(text) if "://" in text else ():
        password = found.group(3)
        if (
            not is_placeholder(password)
            and not _ENV_NAME.fullmatch(password)
            and not re.search(r"[${}<>*]|\(|%[({]", password)
        ):
            yield password


def query_credentials(text: str) -> Iterator[tuple[str, str]]:
    """Give the credentials in a URL's query, as JDBC has them: pairs of the parameter's name and its value."""
    for found in _QUERY.finditer(text) if "://" in text or text.startswith("jdbc:") else ():
        if credential_of(found["name"], found["value"]):
            yield found["name"], found["value"]


def authorization(text: str) -> str:
    """Give the kind of credential in an ``Authorization`` header's value, '' where it holds none."""
    found = _AUTHORIZATION.fullmatch(text.strip())
    if found is None or is_placeholder(found["value"]):
        return ""
    if found["scheme"].lower() == "bearer":
        return "token" if _fits("token", ("token",), found["value"]) else ""
    try:
        user, colon, password = base64.b64decode(found["value"], validate=True).decode("utf-8").partition(":")
    except ValueError:
        return ""
    return "password" if colon and user and not is_placeholder(password) else ""


def login_credentials(text: str) -> Iterator[str]:
    """Give the password of ``curl --user name:password`` in a line, where it is no variable."""
    for found in _LOGIN.finditer(text) if "curl" in text else ():
        if is_secret_text(found["value"]) and "$" not in found["value"]:
            yield found["value"]


def text_credentials(text: str, *, quoted_only: bool = False) -> Iterator[Credential]:
    """Give the credentials in a text of several lines (script, properties, INI, YAML); comments are skipped.

    ``quoted_only``: the text is a program, where a bare word after ``=`` is an expression.
    """
    for number, line in enumerate(text.split("\n") if _is_telling(text) else ()):
        if len(line) > MAX_VALUE or not _is_telling(line) or _COMMENT.match(line):
            continue
        yield from (Credential("password in a URL", _scheme(line), number, found) for found in url_credentials(line))
        yield from (Credential("password", "--user", number, found) for found in login_credentials(line))
        yield from _assignments(line, number, quoted_only=quoted_only)


def _is_telling(text: str) -> bool:
    # A regular expression that ignores case takes ten times as long.
    lowered = text.lower()
    return any(word in lowered for word in _TELLING)


def _scheme(line: str) -> str:
    found = _CREDENTIAL_URL.search(line)
    return f"{found.group(1)} URL" if found else "URL"


def _assignments(line: str, number: int, *, quoted_only: bool) -> Iterator[Credential]:
    for found in _ASSIGNMENT.finditer(line):
        quoted = found["double"] if found["double"] is not None else found["single"]
        value = quoted if quoted is not None else "" if quoted_only or found["tail"] else found["bare"]
        is_other = _is_expansion(line, found) or (quoted is None and _is_prose(line, found))
        kind = "" if is_other else credential_of(found["name"], value or "")
        if kind and not (_is_code(value) if quoted is None else _OPEN_EXPRESSION.search(value)):
            yield Credential(kind, found["name"], number, value)
    for tag in _XML.finditer(line):
        kind = credential_of(tag["name"], tag["value"])
        if kind:
            yield Credential(kind, tag["name"], number, tag["value"])


def _is_expansion(line: str, found: re.Match[str]) -> bool:
    """Say whether it is a shell's ``${NAME:0:2}``, ``${NAME:?not set}`` or ``${NAME:+x}``, in which no value stands."""
    return line.endswith("${", 0, found.start("name")) and bool(_EXPANSION.match(line, found.end("name")))


def _is_prose(line: str, found: re.Match[str]) -> bool:
    """Say whether a text in quotes begins with the name and goes on in words: ``echo "PASS: all 3 tests"``."""
    is_quoted = line[: found.start("name")].rstrip(" ").endswith(("'", '"'))
    is_told = line[found.end("name") : found.start("bare")] == ": "
    return is_quoted and is_told and bool(_MORE_WORDS.match(line, found.end("bare")))


def _is_code(value: str) -> bool:
    """Say whether a bare word is one that a program would read: a variable, a member."""
    return bool(re.search(r"[$\\*]|^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$", value))


def is_public(text: str) -> bool:
    """Say whether a text is public by its nature: a certificate, a public key, a checksum."""
    return bool(_PUBLIC.match(text)) and "PRIVATE KEY" not in text


__all__ = [
    "Credential",
    "authorization",
    "credential_of",
    "entropy",
    "is_expression",
    "is_fill_in",
    "is_public",
    "is_reference",
    "is_secret_text",
    "is_weak",
    "looks_random",
    "query_credentials",
    "text_credentials",
    "url_credentials",
]
