"""What the name of a key says about its value: a credential, a reference to one, or neither."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

_KINDS = (
    ("private key", ("private_key", "privatekey", "priv_key", "ssh_key", "tls_key", "key_data", "ssh_private_key")),
    ("password", ("password", "passwd", "pwd", "passphrase", "pass", "passcode", "pin_code", "userpassword", "pw")),
    (
        "API key",
        ("api_key", "apikey", "app_key", "appkey", "account_key", "license_key", "access_key_secret", "storage_key"),
    ),
    (
        "secret key",
        (
            "secret_key",
            "secret_access_key",
            "secretkey",
            "secretaccesskey",
            "signing_key",
            "encryption_key",
            "encryptionkey",
            "master_key",
            "shared_key",
            "session_key",
            "hmac_key",
            "cookie_secret",
            "client_secret",
            "clientsecret",
            "app_secret",
            "jwt_secret",
            "webhook_secret",
            "session_secret",
            "shared_secret",
            "secret",
        ),
    ),
    ("token", ("token", "auth_token", "access_token", "bearer", "pat", "jwt")),
    ("credential", ("credentials", "credential", "auth_string", "connection_string", "htpasswd", "basic_auth")),
)
_ORDERED = tuple((kind, tuple(name.split("_"))) for kind, names in _KINDS for name in names)
_NOT_A_VALUE = frozenset(
    [
        "name",
        "names",
        "ref",
        "refs",
        "reference",
        "file",
        "files",
        "filename",
        "path",
        "paths",
        "dir",
        "folder",
        "mount",
        "location",
        "url",
        "uri",
        "endpoint",
        "host",
        "policy",
        "policies",
        "length",
        "size",
        "count",
        "limit",
        "limits",
        "max",
        "min",
        "ttl",
        "expiry",
        "expiration",
        "expires",
        "seconds",
        "duration",
        "days",
        "age",
        "rotation",
        "rotate",
        "enabled",
        "enable",
        "disabled",
        "required",
        "optional",
        "type",
        "types",
        "kind",
        "format",
        "algorithm",
        "algo",
        "header",
        "headers",
        "field",
        "prefix",
        "suffix",
        "namespace",
        "selector",
        "label",
        "id",
        "ids",
        "version",
        "template",
        "annotation",
        "method",
        "strategy",
        "mode",
        "provider",
        "store",
        "manager",
        "class",
        "property",
        "attribute",
        "parameter",
        "param",
        "column",
        "env",
        "var",
        "variable",
        "hint",
        "description",
        "title",
        "help",
        "text",
        "prompt",
        "reset",
        "change",
        "recovery",
        "strength",
        "validation",
        "validator",
        "generator",
        "audience",
        "issuer",
        "scope",
        "scopes",
        "endpoints",
        "encoder",
    ]
)
_REFERENCES = frozenset(
    ["existing", "from", "use", "has", "is", "allow", "no", "skip", "generate", "create", "require", "forgot"]
)
_NUMBER_WORDS = frozenset(["max", "min", "num", "total", "input", "output", "context", "completion", "cancel", "next"])
_PLAIN = frozenset(
    [
        "username",
        "user",
        "users",
        "login",
        "login_user",
        "email",
        "mail",
        "from_address",
        "host",
        "hostname",
        "hosts",
        "server",
        "servers",
        "port",
        "database",
        "database_name",
        "dbname",
        "db",
        "db_name",
        "db_host",
        "db_port",
        "db_user",
        "db_username",
        "schema",
        "region",
        "zone",
        "endpoint",
        "domain",
        "realm",
        "name",
        "type",
        "kind",
        "namespace",
        "version",
        "bucket",
        "project",
        "project_id",
        "tenant",
        "tenant_id",
        "client_id",
        "clientid",
        "account",
        "account_id",
        "subscription_id",
        "url",
        "uri",
        "base_url",
        "issuer",
        "issuer_url",
        "repository",
        "org",
        "organization",
        "enabled",
        "insecure",
        "enable_lfs",
        "enable_oci",
        "force_http_basic_auth",
        "github_app_id",
        "github_app_installation_id",
        "github_app_enterprise_base_url",
        "ca",
        "ca_crt",
        "ca_pem",
        "ca_cert",
        "ca_bundle",
        "cacert",
        "tls_crt",
        "tls_cert",
        "cert",
        "crt",
        "certificate",
        "public_key",
        "publickey",
        "pub",
        "ssh_public_key",
        "known_hosts",
        "ssh_known_hosts",
        "identity_pub",
        "identity_known_hosts",
        "aws_access_key_id",
        "access_key_id",
        "aws_region",
        "role",
        "role_arn",
        "sentinel",
        "log_level",
    ]
)


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """Give the lower-case words of a key: ``dbPassword``, ``DB_PASSWORD``, ``db-password`` are all (db, password)."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return tuple(word for word in re.split(r"[^a-z0-9]+", spaced.lower()) if word)


@lru_cache(maxsize=4096)
def credential_kind(name: str) -> str:
    """Give what kind of credential a key of this name holds (password, token, API key ...), '' where it holds none.

    ``passwordSecretRef``, ``existingSecret``, ``tokenPath``, ``maxTokens`` and the like name something else.
    """
    words = words_of(name)
    while words and words[-1].isdigit():
        words = words[:-1]
    words = (*words[:-1], words[-1].rstrip("0123456789")) if words else words
    if not words or words[-1] in _NOT_A_VALUE or _is_trust_store(words) or _is_in_vault(words):
        return ""
    if _REFERENCES.intersection(words[:-1]) or (words[-1] == "token" and _NUMBER_WORDS.intersection(words)):
        return ""
    return _longest_kind(words)


def _is_trust_store(words: tuple[str, ...]) -> bool:
    """Say whether a key is about a trust store: its password guards nothing, what it holds is public."""
    return "truststore" in words or ("trust", "store") in pairwise(words)


def _is_in_vault(words: tuple[str, ...]) -> bool:
    """Say whether a key names where a vault has the secret: ``vault_secret_key: elastic/otel``."""
    return ("vault", "secret") in pairwise(words)


def _longest_kind(words: tuple[str, ...]) -> str:
    matching = [(len(tail), kind) for kind, tail in _ORDERED if words[-len(tail) :] == tail]
    if matching:
        return max(matching)[1]
    return "password" if re.search(r"(?<!no)(?<!one)(?<!^1)(?:password|passwd|passphrase)$", words[-1]) else ""


def is_plain_name(name: str) -> bool:
    """Say whether a Secret's key is one that people put there beside the credential: username, host, ca.crt, url."""
    words = words_of(name)
    if credential_kind(name):
        return False
    if _is_trust_store(words):
        return True
    joined = "_".join(words)
    return joined in _PLAIN or any(joined.endswith("_" + tail) for tail in _SUFFIXES)


_SUFFIXES = (
    "username",
    "user",
    "email",
    "host",
    "hostname",
    "port",
    "database",
    "region",
    "endpoint",
    "crt",
    "cert",
    "certificate",
    "public_key",
    "access_key_id",
    "client_id",
    "bucket",
    "version",
)
