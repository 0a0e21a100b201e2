"""Texts that stand for a secret without being one: references, template expressions, cipher text, fill-me-in words."""

from __future__ import annotations

import re

_REFERENCE = re.compile(
    r"""
      <{1,3}[^<>]*>{1,3}                          # <path:kv/data/db#password> of Argo CD Vault Plugin, <<TOKEN>>
    | (?:secret)?ref\+[a-z0-9]+://.*              # vals
    | op://[^/\r\n]+/[^\r\n]+                     # 1Password: the names of vaults and items may hold spaces
    | (?:vault|azurekeyvault|awssm|gcpsm|secret|bao)://\S+
    | vault:\S+(?:\#\S+)?                         # Bank-Vaults
    | projects/[^/\s]+/secrets/\S+                # Google Secret Manager
    | arn:aws[\w-]*:(?:secretsmanager|ssm|kms)\S+
    | @Microsoft\.KeyVault\(.*\)
    | ENC\[.*\]                                   # SOPS
    | ENC\(.*\)                                   # Jasypt
    | \$ANSIBLE_VAULT;.*
    | \{[a-z]+(?:_[a-z]+)*\}                     # Python's format
    | file://\S+ | env:\S+ | os\.environ/\w+      # LiteLLM writes the last
    # YAML tags that fetch a value
    | !(?:env|env_var|secret|vault|vaulted|include|file|ref|getatt|sub|pass|context|find|keyof)\b.*
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_SEALED = re.compile(r"Ag[A-Za-z0-9+/]{250,}={0,2}")
"""Cipher text of Sealed Secrets: the two bytes of the RSA length give the prefix."""
_EXPRESSION = re.compile(
    r"""
      \{\{.*?\}\}                                 # Go templates, ExternalSecret templates, Jinja
    | \$\{\{.*?\}\}                               # GitHub Actions
    | \$\{[^{}]*\}                                # shell, Flux, Helmfile
    | \{\.[A-Za-z][^{}]*\}                       # JSONPath: {.data['password']}
    | \{[A-Z][A-Z0-9_]*\}                         # Python's format, Frigate: {MQTT_PASSWORD}
    | \$\([^()]*\)                                # Kubernetes env references, Tekton, shell
    | \$[A-Za-z][\w-]*:[\w.-]+                   # Argo CD's $secret:key
    | \$__\w+\{[^{}]*\}                          # Grafana: $__env{NAME}, $__file{path}
    | \$[A-Za-z_]\w*
    | <[a-z][^<>\s]*>                             # <path:...>, <password>
    | \#\{[^{}]*\}\#?                             # Octopus, Azure token replacement
    | %[A-Za-z_]\w*%                              # Windows, envsubst variants
    | @@?[A-Z_]{3,}@@?
    | &[A-Za-z]\w*;                              # an entity of XML
    """,
    re.VERBOSE | re.DOTALL,
)
_FILL_IN = re.compile(
    r"""
      _*\W*(?:replace|update|insert|fill|enter|put|provide)[\s_-]*(?:me|this|it|with|in|your|the)(?:[\s_-].*)?_*
    | your[\s_-].*
    | .*[\s_-](?:goes[\s_-])?here
    | x{3,} | X{3,} | \*{2,} | \.{2,} | -{2,} | _{2,} | \?{2,} | 0{6,}
    | (?:tbd|todo|fixme|redacted|removed|masked|hidden|placeholder|dummy|null|nil|none|undefined|empty|n/?a)
    | (?:wrong|invalid|incorrect)                 # what a test expects to be refused
    | (?:unset|not[\s_-]?set)
    | (?:trace|debug|info|warn|warning|error)     # a level: the key names a logger
    | __\w+__
    | (?:update|replace|insert|your)_[a-z0-9_]+
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WEAK = re.compile(
    r"(?:please[\s_-]*)?chang(?:e|eit|eme|e[\s_-]*(?:me|it|this))(?:[\s_-]*(?:now|please|later|in[\s_-]*prod\w*))?!*\d*"
    r"|(?:example|sample|demo|test|fake|foo|bar|baz|qux|foobar|secret|password|passwd|pass|token|admin|root|guest|user|default"
    r"|postgres|postgresql|mysql|mariadb|redis|rabbitmq|mongo|minio|minioadmin|keycloak|grafana|p[a@]ssw[o0]rd)"
    r"(?:[\s_-]?\d{0,4})!?|(?:my|the|some|a|super|pre)[\s_-].*(?:password|secret|token|key|pass)",
    re.IGNORECASE,
)


def is_reference(text: str) -> bool:
    """Say whether a text points to a secret elsewhere, or is cipher text: ``<path:...>``, ``op://``, ``ENC[...]``."""
    stripped = text.strip()
    return bool(_REFERENCE.fullmatch(stripped) or _SEALED.fullmatch(stripped))


def is_expression(text: str) -> bool:
    """Say whether a text is made of variables and template expressions alone, joined by nothing that could be a secret.

    ``${DB_PASSWORD}`` and ``{{ .user }}:{{ .password }}`` are; ``${USER}:hunter2`` is not.
    """
    rest, count = _EXPRESSION.subn("", text.strip())
    return count > 0 and not re.search(r"[A-Za-z0-9]{3,}", rest)


def without_expressions(text: str, instead: str) -> str:
    """Give a text with ``instead`` in place of each variable and template expression."""
    return _EXPRESSION.sub(instead, text.strip())


def ends_in_expression(text: str) -> bool:
    """Say whether a user's name comes before a colon and an expression after it: ``x-access-token:${{ ... }}``."""
    return bool(re.fullmatch(r"[\w.-]+:\0", without_expressions(text, "\0")))


def is_fill_in(text: str) -> bool:
    """Say whether a text tells a person to fill something in: ``REPLACE_ME``, ``xxxx``, ``your-token-here``."""
    return bool(_FILL_IN.fullmatch(text.strip()))


def is_weak(text: str) -> bool:
    """Say whether a text is an example's password (``changeme``, ``password1``): a secret only where it is deployed."""
    return bool(_WEAK.fullmatch(text.strip()))


def is_placeholder(text: str) -> bool:
    """Say whether a text is empty or stands for a secret without being one."""
    is_filled_in = is_expression(text) or ends_in_expression(text)
    return not text.strip() or is_filled_in or is_reference(text) or is_fill_in(text)
