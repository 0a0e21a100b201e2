from __future__ import annotations

import pytest

from gitlint_ops.lint.checks.secret_patterns import tokens_in

# Put together here, so that no scanner of this repository takes them for leaks.
AWS = "AKIA" + "Q3EGRYV7L5XNB2HD"
GITHUB = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3gH6"
GITLAB = "glpat-" + "aB3dE6gH9jK2mN5pQ8sT"
STRIPE = "sk_live_" + "aB3dE6gH9jK2mN5pQ8sT1vW4"
SLACK = "xoxb-" + "739182645017-739182645018-aB3dE6gH9jK2mN5pQ8sT1vW4"
JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9" + ".eyJzdWIiOiJzaG9wIn0" + ".c2lnbmF0dXJlc2lnbmF0dXJlc2ln"
GOOGLE = "AIza" + "SyB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3g"
AGE = "AGE-SECRET-KEY-1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" + "QPZRY9X8GF2TVDW0S3JN54KHCE"
HEADER = "-----BEGIN RSA " + "PRIVATE KEY-----"
BODY = "MIIEpAIBAAKCAQEA7SAmPyJgZ5rhKni0EAs0Mjir8oHZlYZN"


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        (AWS, "AWS access key"),
        (GITHUB, "GitHub token"),
        (GITLAB, "GitLab token"),
        (STRIPE, "Stripe key"),
        (SLACK, "Slack token"),
        (JWT, "JSON Web Token"),
        (GOOGLE, "Google API key"),
        (AGE, "age secret key"),
    ],
)
def test_tokens_by_their_form(token: str, kind: str) -> None:
    found = [(item.kind, item.line) for item in tokens_in(f"first: line\nany: '{token}'\n")]
    assert found == [(kind, 1)]


@pytest.mark.parametrize("token", [GITHUB, GITLAB, f"{GITHUB}longer"])
def test_a_token_is_given_whole(token: str) -> None:
    assert [item.value for item in tokens_in(f"any: '{token}'")] == [token]


@pytest.mark.parametrize(
    "text",
    [
        "key: AKIAIOSFODNN7EXAMPLE",
        "token: ghp_" + "x" * 36,
        f"blob: xx{AWS}yy",
        "image: web@sha256:" + "4c1f" * 16,
        "token: eyJub3QiOiJqd3QifQ",
        "token: eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiJ1c2VyIn0" + ".signature",
        f"grep -q '{HEADER}' key.pem",
        "-----BEGIN CERTIFICATE-----\n" + BODY,
        f"accessKeyID: {AWS}\nsecretAccessKeySecretRef:\n  name: aws",
    ],
)
def test_what_only_looks_like_a_token(text: str) -> None:
    assert list(tokens_in(text)) == []


@pytest.mark.parametrize("text", [f"{HEADER}\n{BODY}", f"key: |\n  {HEADER}\n  {BODY}", f'key: "{HEADER}\\n{BODY}\\n"'])
def test_a_private_key_is_a_header_with_key_material(text: str) -> None:
    assert [item.kind for item in tokens_in(text)] == ["private key"]
