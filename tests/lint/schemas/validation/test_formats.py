from __future__ import annotations

from decimal import Decimal

import pytest

from gitlint_ops.lint.schemas.validation import formats


@pytest.mark.parametrize(
    ("text", "label", "subdomain"),
    [
        ("web", True, True),
        ("0", True, True),
        ("a" * 63, True, True),
        ("a" * 64, False, True),
        ("web.acme", False, True),
        ("Web", False, False),
        ("web_1", False, False),
        ("-web", False, False),
        ("web.", False, False),
        ("web\n", False, False),
        ("", False, False),
        (".".join(["a" * 63] * 4), False, False),
    ],
)
def test_names(text: str, label: bool, subdomain: bool) -> None:
    assert (formats.is_dns_label(text), formats.is_dns_subdomain(text)) == (label, subdomain)


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("app", True, True),
        ("App_1.x", True, True),
        ("acme.example/app", True, False),
        ("Acme/app", False, False),
        ("/app", False, False),
        ("app/", False, False),
        ("a/b/c", False, False),
        ("", False, True),
        ("-x", False, False),
        ("with space", False, False),
        ("a" * 63, True, True),
        ("a" * 64, False, False),
    ],
)
def test_labels(text: str, key: bool, value: bool) -> None:
    assert (formats.is_qualified_name(text), formats.is_label_value(text)) == (key, value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http", True),
        ("h2c-1", True),
        ("a" * 15, True),
        ("a" * 16, False),
        ("80", False),
        ("a--b", False),
        ("-a", False),
        ("a-", False),
        ("HTTP", False),
    ],
)
def test_port_names(text: str, expected: bool) -> None:
    assert formats.is_port_name(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("aGk=", True),
        ("aGVsbG8=\n", True),
        ("aGVs\r\nbG8=", True),
        ("aGk", False),
        ("a=Gk", False),
        ("aG k", False),
        ("hunter2!", False),
        ("aGk_", False),
        ("aGk=aGk=", False),
    ],
)
def test_base64_is_that_of_go(text: str, expected: bool) -> None:
    assert formats.is_base64(text) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("500m", Decimal("0.5")),
        ("1Gi", Decimal(1024**3)),
        ("1k", Decimal(1000)),
        ("1e3", Decimal(1000)),
        ("2E", Decimal(2 * 10**18)),
        (".5", Decimal("0.5")),
        ("1.", Decimal(1)),
        ("-1", Decimal(-1)),
        (2, Decimal(2)),
        (0.5, Decimal("0.5")),
        ("1GB", None),
        ("1 Gi", None),
        ("m", None),
        ("", None),
        (True, None),
        ([], None),
        ("1e99999999999999999999", None),
    ],
)
def test_quantities(value: object, expected: Decimal | None) -> None:
    assert formats.quantity(value) == expected


@pytest.mark.parametrize(
    "text",
    [
        "* * * * *",
        "*/5 0-6,8 1 jan-mar MON",
        "0 3 ? * ?",
        "0\t3 1/2 * 0",
        "@daily",
        "@every 1h30m",
        "TZ=Europe/Berlin 0 3 * * *",
        "0 3 , * *",
    ],
)
def test_schedules_that_the_controller_takes(text: str) -> None:
    assert formats.schedule_problem(text) == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("0 3 * *", "it has 4 fields, not five"),
        ("0 0 3 * * *", "it has 6 fields, not five"),
        ("", "it has 0 fields, not five"),
        ("60 * * * *", "'60' is no minute, which goes from 0 to 59"),
        ("* 24 * * *", "'24' is no hour, which goes from 0 to 23"),
        ("* * 0 * *", "'0' is no day of the month, which goes from 1 to 31"),
        ("* * * 13 *", "'13' is no month, which goes from 1 to 12"),
        ("0 0 * * 7", "'7' is no day of the week, which goes from 0 to 6"),
        ("5-1 * * * *", "'5-1' is no minute, which goes from 0 to 59"),
        ("1-2-3 * * * *", "'1-2-3' is no minute, which goes from 0 to 59"),
        ("*/0 * * * *", "'*/0' is no minute, which goes from 0 to 59"),
        ("*/1/2 * * * *", "'*/1/2' is no minute, which goes from 0 to 59"),
        ("mon * * * *", "'mon' is no minute, which goes from 0 to 59"),
        ("9" * 5000 + " * * * *", f"'{'9' * 5000}' is no minute, which goes from 0 to 59"),
        ("@fortnightly", "there is no such descriptor"),
        ("@every soon", "there is no such descriptor"),
    ],
)
def test_schedules_that_the_controller_refuses(text: str, problem: str) -> None:
    assert formats.schedule_problem(text) == problem


@pytest.mark.parametrize(
    "text", ["${name}", "web-${env}", "{{ .Values.x }}", "<path:kv/data#x>", "ENC[AES]", "$(NAME)"]
)
def test_what_a_later_tool_replaces(text: str) -> None:
    assert formats.is_placeholder(text)


@pytest.mark.parametrize("text", ["web", "Web_1", "a@b.example", "100%", "x < y", "hunter2!"])
def test_what_stays_as_it_is(text: str) -> None:
    assert not formats.is_placeholder(text)
