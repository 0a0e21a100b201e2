from __future__ import annotations

import pytest

from gitlint_ops.lint.checks.secret_values import (
    authorization,
    credential_of,
    query_credentials,
    text_credentials,
    url_credentials,
)

UUID = "723782ba-95d4-4d95-8b04-efebce0adf86"


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("password", "hunter2", "password"),
        ("password", 12345678, "password"),
        ("adminPassword", "correct horse battery", "password"),
        ("secretKey", "minio123", "secret key"),
        ("client.secret", UUID, "secret key"),
        ("secret", UUID, "secret key"),
        ("apiKey", "9f8Zk2Lq7Wn4Xc1V", "API key"),
        ("token", "9f8Zk2Lq7Wn4Xc1V", "token"),
        ("token", "a8f/3kd9x/22lmq0", "token"),
        ("password", "P@ss{word}", "password"),
        ("password", "hunter2 secret", "password"),
        ("connectionString", "Server=db1.example.com,1433;User Id=app1;Password=hunter2;Encrypt=true", "credential"),
        ("connectionString", "AccountName=web;AccountKey=9f8Zk2Lq7Wn4Xc1V9f8Zk2Lq7Wn4Xc1V", "credential"),
    ],
)
def test_credentials(name: str, value: object, kind: str) -> None:
    assert credential_of(name, value) == kind


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("password", ""),
        ("password", True),
        ("password", None),
        ("password", "string"),
        ("token", "<<PLEX_API_KEY>>"),
        ("clientSecret", "{client_secret}"),
        ("cloudflare_token", "Cloudflare API Token"),
        ("password", "Initial password"),
        ("password", "$2y$10$" + "wq3E" * 13),
        ("client_secret", "$pbkdf2-sha512$310000$AvVToZUq2r8pkY$jfBs3hiTqOWbrywGrJRBe"),
        ("password", "{SSHA512}" + "wq3E" * 13),
        ("onepassword", "create-connect-server"),
        ("password", "/run/secrets/db"),
        ("password", "secrets/db.txt"),
        ("jwt", "@/var/run/secrets/token"),
        ("secretKey", "platform/payments/db"),
        ("secretKey", "k8s_token"),
        ("password", "wrong"),
        ("password", "!Context password"),
        ("password", "&operhash;"),
        ("doForgotPassword", "Forgot Password?"),
        ("connectionString", "Server=db1.example.com,1433;User Id=app1;Password=${DB_PASSWORD};Encrypt=true"),
        ("password", "https://vault.example.com/v1"),
        ("password", "DB_PASSWORD"),
        ("password", "db-password"),
        ("password", "adminPassword"),
        ("password", "read the manual before you set this"),
        ("password", "line\nbreak"),
        ("secret", "grafana"),
        ("secret", "my-tls-secret"),
        ("samlSecret", "eap7-app-secret"),
        ("secretKey", "username"),
        ("secretKey", "restic_s3_bucket"),
        ("client_secret", "$__env{GRAFANA_SSO_CLIENT_SECRET}"),
        ("token", "bearer"),
        ("token", 4096),
        ("tokenHash", "sha256:" + "ab" * 32),
        ("apiKey", "apikey"),
        ("privateKey", "-----BEGIN PUBLIC KEY-----"),
        ("username", "hunter2"),
        ("api_key", "os.environ/PROVIDER_API_KEY"),
        ("token", r"\b(\w+)\b"),
        ("master key", "main key|first key"),
    ],
)
def test_values_that_are_no_credentials(name: str, value: object) -> None:
    assert credential_of(name, value) == ""


@pytest.mark.parametrize("value", ["prod_password", "prod-password"])
def test_a_word_that_may_name_a_key_is_a_password_where_a_program_gets_it(value: str) -> None:
    assert credential_of("DB_PASSWORD", value) == ""
    assert credential_of("DB_PASSWORD", value, is_final=True) == "password"


@pytest.mark.parametrize(("name", "value"), [("ENCRYPT_SECRET", "eap7-app-secret"), ("DB_PASSWORD", "${DB_PASSWORD}")])
def test_what_a_program_gets_may_be_a_secrets_name_or_a_variable(name: str, value: str) -> None:
    assert credential_of(name, value, is_final=True) == ""


def test_passwords_of_urls() -> None:
    assert list(url_credentials("a postgres://user:pa55@db:5432/x, amqp://u:w@mq")) == ["pa55", "w"]


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/a:b@c",
        "postgres://user@db/x",
        "postgres://user:${PASSWORD}@db/x",
        "postgres://{{ .user }}:{{ .password }}@db/x",
        "https://$(USER):$(PASS)@host",
        "http://ACCESS_KEY_ID:ACCESS_SECRET_KEY@S3_HOST",
        "http://user:<password>@host",
        "http://user:****@host",
    ],
)
def test_urls_without_a_password(text: str) -> None:
    assert list(url_credentials(text)) == []


def test_lines_of_scripts_and_properties() -> None:
    text = "\n".join(
        [
            "# PASSWORD=not-this-1",
            "export DB_PASSWORD=hunter2",
            "smtp.password: s3cr3t!",
            'curl --header "x" -d token=9f8Zk2Lq7Wn4Xc1V',
            "PASSWORD=$(cat /run/secrets/db)",
            "PASSWORD=${PASSWORD:-}",
            "PASSWORD_FILE=/tmp/x",
            "<password>pa55word</password>",
            "url=postgres://u:pa55@db/x",
            "echo ${DB_PASSWORD:0:2}... ${DB_PASSWORD:?is not set}",
            "run ${DB_PASSWORD:-hunter3}",
            'echo "PASS: official repository contract is satisfied."',
            'psql "password=hunter5 host=db"',
            """curl -d '{"login": "web", "password":"hunter4"}'""",
            'echo "  Password: kubectl -n argocd get secret initial-admin"',
            'echo "Pass: kubectl -n argocd"',
        ]
    )
    found = [(item.line, item.kind, item.name) for item in text_credentials(text)]
    assert found == [
        (1, "password", "DB_PASSWORD"),
        (2, "password", "smtp.password"),
        (3, "token", "token"),
        (7, "password", "password"),
        (8, "password in a URL", "postgres URL"),
        (10, "password", "DB_PASSWORD"),
        (12, "password", "password"),
        (13, "password", "password"),
    ]


def test_in_a_program_only_quoted_texts_are_values() -> None:
    text = "self._password = password\nself._token = make(token)\nadmin_password = 'hunter2'\n"
    assert [item.line for item in text_credentials(text, quoted_only=True)] == [2]


def test_a_quoted_expression_with_quotes_in_it_is_no_value() -> None:
    text = '"initial-password": "${var.initial != "" ? var.initial : random.result}"\ndb_password = "pa55{"'
    assert [item.name for item in text_credentials(text)] == ["db_password"]


def test_passwords_in_the_query_of_a_url() -> None:
    assert list(query_credentials("jdbc:postgresql://db/x?user=app&password=hunter2")) == [("password", "hunter2")]
    assert list(query_credentials("https://example.com/?page=2&token_type=x&password=${P}")) == []
    assert list(query_credentials("a;password=hunter2")) == []


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("Bearer 9f8Zk2Lq7Wn4Xc1V", "token"),
        ("Basic YWRtaW46aHVudGVyMg==", "password"),
        ("Basic authentication", ""),
        ("Bearer ${TOKEN}", ""),
        ("Bearer token-here", ""),
        ("Authentication Required", ""),
    ],
)
def test_authorization_headers(value: str, kind: str) -> None:
    assert authorization(value) == kind


def test_the_login_of_a_call() -> None:
    text = "curl -fsS -u admin:Kp9-melons-2 https://x\ncurl -u $USER:$PASS https://x\nsort -u a:bcd\n"
    assert [(item.line, item.value) for item in text_credentials(text)] == [(0, "Kp9-melons-2")]
