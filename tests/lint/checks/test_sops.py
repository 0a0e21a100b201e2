from __future__ import annotations

from pathlib import Path

from tests.lint.checks.support import findings, places

AGE = "age: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
ENC = (
    "ENC[AES256_GCM,data:8t05UTiTQ8j8qIl+v4jyTg==,iv:zC2InvhKLuCaj9crb7+HWIerNEZkRqcJ7TdYGSFpzBU=,"
    "tag:0Zp6jYcQm8S4vY1u2n3L5w==,type:str]"
)
SOPS = f"""
sops:
  age: [{{recipient: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p, enc: x}}]
  lastmodified: "2026-01-12T10:20:30Z"
  mac: {ENC}
  version: 3.11.0
"""
VALUES = "user: web\npassword: Zk3n8Qw7Lp2x\n"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  user: app\n  password: s3cr3t-Pa55\n"


def _unmet(root: Path, config: str, *files: str, text: str = VALUES) -> list[tuple[str, int]]:
    rules = f"creation_rules:\n{config}"
    return places(findings(root, {".sops.yaml": rules, **dict.fromkeys(files, text)}, "sops-rule-unmet"))


def test_the_first_rule_that_matches_decides(tmp_path: Path) -> None:
    rules = f"  - {{path_regex: 'a\\.sops\\.yaml$', encrypted_regex: ^none$, {AGE}}}\n  - {{path_regex: sops, {AGE}}}\n"
    assert _unmet(tmp_path, rules, "a.sops.yaml", "b.sops.yaml") == [("b.sops.yaml", 1)]


def test_a_rule_for_a_folder_does_not_mean_each_file_there(tmp_path: Path) -> None:
    rules = f"  - {{path_regex: 'prod/.*', {AGE}}}\n"
    assert _unmet(tmp_path, rules, "prod/values.yaml", "prod/app/values.yaml") == []


def test_a_rule_for_a_folder_of_secrets_does(tmp_path: Path) -> None:
    rules = f"  - {{path_regex: 'prod/secrets/.*', {AGE}}}\n"
    assert _unmet(tmp_path, rules, "prod/secrets/x.yaml", "prod/secrets/kustomization.yaml", "prod/x.yaml") == [
        ("prod/secrets/x.yaml", 1)
    ]


def test_a_rule_for_names_that_say_nothing_counts_where_others_obey_it(tmp_path: Path) -> None:
    rules = f"  - {{path_regex: 'values-.*\\.yaml$', {AGE}}}\n"
    assert _unmet(tmp_path, rules, "values-dev.yaml", "values-prod.yaml") == []
    (tmp_path / "values-prod.yaml").write_text(f"user: {ENC}{SOPS}", "utf-8")
    assert places(findings(tmp_path, {}, "sops-rule-unmet")) == [("values-dev.yaml", 1)]


def test_without_a_rule_for_it_a_file_may_be_plain(tmp_path: Path) -> None:
    rules = f"  - {{path_regex: '^apps/.*\\.sops\\.yaml$', {AGE}}}\n"
    assert _unmet(tmp_path, rules, "other/a.sops.yaml") == []


def test_a_config_of_another_name_is_none(tmp_path: Path) -> None:
    files = {".sops.yml": f"creation_rules: [{{{AGE}}}]\n", "a.sops.yaml": VALUES}
    assert findings(tmp_path, files, "sops-rule-unmet") == ()


def test_a_secret_that_a_rule_for_every_file_covers(tmp_path: Path) -> None:
    files = {".sops.yaml": f"creation_rules: [{{encrypted_regex: ^stringData$, {AGE}}}]\n", "db.yaml": SECRET}
    assert places(findings(tmp_path, files, "sops-rule-unmet")) == [("db.yaml", 6)]
    harmless = {"db.yaml": SECRET.replace("  password: s3cr3t-Pa55\n", "")}
    assert findings(tmp_path, harmless, "sops-rule-unmet") == ()


def test_a_file_is_one_finding_over_all_its_values(tmp_path: Path) -> None:
    files = {".sops.yaml": f"creation_rules: [{{path_regex: sops, {AGE}}}]\n", "a.sops.yaml": f"x: 1\n{VALUES}"}
    found = findings(tmp_path, files, "sops-rule-unmet")
    assert [(item.span.line, item.span.end_line) for item in found] == [(1, 3)]


def test_a_plain_value_beside_cipher_text_is_one_finding_not_two(tmp_path: Path) -> None:
    files = {"a.yaml": f"user: {ENC}\nhost: {ENC}\npassword: Zk3n8Qw7Lp2x\n{SOPS}"}
    found = findings(tmp_path, files, "sops-partly-encrypted", "secret-value")
    assert [(item.rule, item.span.line) for item in found] == [("sops-partly-encrypted", 3)]


def test_binary_and_json_files(tmp_path: Path) -> None:
    rules = f"creation_rules: [{{path_regex: '\\.(key|json)$', {AGE}}}]\n"
    encrypted = '{"data": "' + ENC + '", "sops": {"mac": "' + ENC + '"}}'
    files = {
        ".sops.yaml": rules.replace("path_regex: '", "path_regex: 'secret.*"),
        "secret-a.key": "-----BEGIN PRIVATE KEY-----\n",
        "secret-b.key": encrypted,
        "secret-c.json": '{"token": "f3QpX9sLw2Rk7TzB"}',
        "secret-d.json": encrypted,
    }
    assert places(findings(tmp_path, files, "sops-rule-unmet")) == [("secret-a.key", 1), ("secret-c.json", 1)]


def test_each_document_is_looked_at_with_the_first_ones_metadata(tmp_path: Path) -> None:
    text = f"password: {ENC}{SOPS}---\npassword: Zk3n8Qw7Lp2x\n"
    found = findings(tmp_path, {"a.yaml": text}, "sops-partly-encrypted")
    assert places(found) == [("a.yaml", 8)]


def test_values_that_comments_choose_are_not_judged(tmp_path: Path) -> None:
    text = f"# encrypt\npassword: {ENC}\nhost: db{SOPS}  encrypted_comment_regex: encrypt\n"
    assert findings(tmp_path, {"a.yaml": text}, "sops-partly-encrypted") == ()


def test_suffixes_choose_values(tmp_path: Path) -> None:
    text = f"password_enc: {ENC}\nhost: db\ntoken_enc: plain{SOPS}  encrypted_suffix: _enc\n"
    assert places(findings(tmp_path, {"a.yaml": text}, "sops-partly-encrypted")) == [("a.yaml", 3)]


def test_no_message_shows_a_value(tmp_path: Path) -> None:
    files = {
        ".sops.yaml": f"creation_rules: [{{path_regex: sops, {AGE}}}]\n",
        "a.sops.yaml": VALUES,
        "b.yaml": f"password: Zk3n8Qw7Lp2x{SOPS}",
    }
    found = findings(tmp_path, files, "sops-rule-unmet", "sops-partly-encrypted")
    assert len(found) == 2
    assert not any("Zk3n8Qw7Lp2x" in item.message for item in found)
