"""The tuning file: what is right is used, what is wrong is named with its line and fix, all of it at once."""

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatewatch.model import Severity
from gatewatch.providers.catalogue import BY_ID
from gatewatch.tuning import AllowlistEntry, AllowlistMatch, Tuning, file
from gatewatch.tuning.file import ProblemLevel, schema

law = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # what a busy machine does is no finding


NOW = datetime(2026, 11, 22, tzinfo=UTC)


load, examine, from_mapping = (partial(read, rules=BY_ID) for read in (file.load, file.examine, file.from_mapping))


WHOLE = """
privileged_principals = ["arn:aws:iam::111122223333:role/Admin"]
break_glass = ["bg1@contoso.onmicrosoft.com"]
known_networks = ["198.51.100.0/24", "2001:db8::/32"]
federated_no_mfa = "alert"
remediated_closes = false
notify_from = "high"
renotify_on = ["severity"]
aws_app_ids = ["8B1025E4-1DD2-430B-A150-2EF79CD700F5"]
entra_saml_providers = ["arn:aws:iam::111122223333:saml-provider/Entra"]
sync_accounts = ["DirSync@contoso.com"]
endpoint_mode = "wildcard"

[aliases]
"CONTOSO\\\\Alice" = "Alice@contoso.com"

[[allowlist]]
id = "al-1"
match = { principal = "svc-legacy", cidr = "198.51.100.7/32", asn = 64500, user_agent = "Terraform/*", account = "111122223333" }
rules = ["aws_console_login_no_mfa"]
expires = 2027-01-31
reason = "SEC-1"
owner = "iam-team"

[[allowlist]]
id = "al-2"
match = { app_id = "04B07795-8DDB-461A-BBEE-02F9E1BF7B46", parent_process = "jenkins" }
rules = "*"
expires = 2027-01-31T12:00:00+02:00
reason = "SEC-2"
owner = "build-team"
"""


READ = Tuning(
    privileged_principals=("arn:aws:iam::111122223333:role/Admin",),
    break_glass=("bg1@contoso.onmicrosoft.com",),
    known_networks=("198.51.100.0/24", "2001:db8::/32"),
    aliases={"contoso\\alice": "alice@contoso.com"},
    federated_no_mfa="alert",
    remediated_closes=False,
    notify_from=Severity.HIGH,
    renotify_on=("severity",),
    aws_app_ids=("8b1025e4-1dd2-430b-a150-2ef79cd700f5",),
    entra_saml_providers=("arn:aws:iam::111122223333:saml-provider/Entra",),
    sync_accounts=("DirSync@contoso.com",),
    endpoint_mode="wildcard",
    allowlist=(
        AllowlistEntry(
            id="al-1",
            match=AllowlistMatch(
                principal="svc-legacy", cidr="198.51.100.7/32", asn=64500, user_agent="Terraform/*", account="111122223333"
            ),
            rules=("aws_console_login_no_mfa",),
            expires=datetime(2027, 1, 31, tzinfo=UTC),
            reason="SEC-1",
            owner="iam-team",
        ),
        AllowlistEntry(
            id="al-2",
            match=AllowlistMatch(app_id="04b07795-8ddb-461a-bbee-02f9e1bf7b46", parent_process="jenkins"),
            rules=("*",),
            expires=datetime(2027, 1, 31, 10, tzinfo=UTC),
            reason="SEC-2",
            owner="build-team",
        ),
    ),
)


ENTRY = {
    "id": "al-1",
    "match": {"principal": "svc-legacy"},
    "rules": ["aws_console_login_no_mfa"],
    "expires": "2027-01-01T00:00:00Z",
    "reason": "ticket SEC-1",
    "owner": "iam-team",
}


def without(*keys):
    return {key: value for key, value in ENTRY.items() if key not in keys}


def test_a_whole_toml_file():
    assert load(WHOLE) == (READ, ())


def test_the_same_as_json():
    text = json.dumps(
        {
            "notify_from": "HIGH",
            "allowlist": [{**ENTRY, "expires": "2027-01-01"}, {**ENTRY, "id": "al-2", "rules": ["*"], "expires": "2027-01-01T00:00:00"}],
        }
    )
    tuning, problems = load(text)
    assert problems == ()
    assert tuning.notify_from is Severity.HIGH
    assert [entry.rules for entry in tuning.allowlist] == [("aws_console_login_no_mfa",), ("*",)]
    assert {entry.expires for entry in tuning.allowlist} == {datetime(2027, 1, 1, tzinfo=UTC)}


def test_bytes_and_a_file_are_read_alike(tmp_path: Path):
    file = tmp_path / "tuning.toml"
    file.write_bytes(b"\xef\xbb\xbf" + WHOLE.encode())
    assert load(file) == load(WHOLE.encode()) == (READ, ())


def test_an_empty_file_is_the_defaults():
    assert load("") == (Tuning(), ())


BROKEN = [
    pytest.param("notify_from = \n", "line 1: the TOML is broken", id="TOML"),
    pytest.param("a = 1\na = 2\n", "line 2: the TOML is broken", id="TOML, twice the same"),
    pytest.param('{"notify_from": "high",\n,}', "line 2: the JSON is broken", id="JSON"),
    pytest.param('{"a":' * 100_000, "nested too deeply", id="too deep"),
    pytest.param("\ufeff\xff".encode("utf-16"), "not UTF-8", id="UTF-16"),
    pytest.param(b" " * (4 * 1024 * 1024 + 1), "larger than", id="too large"),
]


@pytest.mark.parametrize(("text", "said"), BROKEN)
def test_a_broken_file_leaves_the_defaults(text, said):
    tuning, problems = load(text)
    assert tuning == Tuning()
    assert len(problems) == 1
    assert said in problems[0]


def test_a_file_that_is_not_there(tmp_path: Path):
    tuning, problems = load(tmp_path / "none.toml", "none.toml")
    assert tuning == Tuning()
    assert problems == ("none.toml: the file cannot be read: No such file or directory; check its path and permissions",)


SETTINGS = [
    pytest.param({"privileged": []}, "privileged: there is no such setting", id="unknown setting"),
    pytest.param({"break_glass": "bg1"}, "break_glass: this is not a list; write break_glass = [...]", id="no list"),
    pytest.param({"break_glass": [3]}, "break_glass[0]: this is empty or not a text", id="no text"),
    pytest.param({"break_glass": [" "]}, "break_glass[0]: this is empty or not a text", id="blank"),
    pytest.param({"known_networks": ["everywhere"]}, "write an address and a length", id="no network"),
    pytest.param({"known_networks": ["198.51.100.7/24"]}, "write 198.51.100.0/24", id="host bits"),
    pytest.param({"known_networks": ["0.0.0.0/0"]}, "/0 covers a large part of the internet; use networks of /8", id="everything"),
    pytest.param({"known_networks": ["10.0.0.0/7"]}, "/7 covers a large part", id="one bit too wide"),
    pytest.param({"known_networks": ["::/0"]}, "use networks of /16", id="everything of version 6"),
    pytest.param({"known_networks": ["2000::/15"]}, "/15 covers a large part", id="version 6, one bit too wide"),
    pytest.param({"aliases": ["a"]}, "aliases: this is not a table", id="aliases, no table"),
    pytest.param({"aliases": {"a": 1}}, "aliases.a: this is empty or not a text", id="aliases, no text"),
    pytest.param({"federated_no_mfa": "ignore"}, "use one of correlate, alert", id="no such choice"),
    pytest.param({"remediated_closes": "yes"}, "write true or false without quotes", id="no switch"),
    pytest.param({"notify_from": "loud"}, "use one of low, medium, high, critical", id="no such severity"),
    pytest.param({"notify_from": 3}, "notify_from: this is empty or not a text", id="a number for a severity"),
    pytest.param({"renotify_on": ["always"]}, "use one of severity, reopen, address", id="no such reason"),
    pytest.param({"renotify_on": ["severity", "sometimes"]}, "renotify_on[1]: there is no such choice", id="half a list of reasons"),
    pytest.param({"endpoint_mode": "fuzzy"}, "use one of precise, wildcard", id="no such mode"),
    pytest.param({"remediated_closes": 1}, "write true or false", id="one is not true"),
    pytest.param({"allowlist": {}}, "write [[allowlist]] above each entry", id="allowlist, no list"),
]


@pytest.mark.parametrize(("data", "said"), SETTINGS)
def test_a_wrong_setting_is_named_and_the_default_stands(data, said):
    found = from_mapping(data)
    assert len(found.errors) == 1
    assert said in str(found.errors[0])
    assert found.tuning == Tuning()


def test_the_widest_networks_that_are_taken():
    assert from_mapping({"known_networks": ["10.0.0.0/8", "2001::/16"]}).errors == ()


def test_of_a_list_the_right_members_stay():
    found = from_mapping({"known_networks": ["198.51.100.0/24", "x", "198.51.100.7", "198.51.100.0/24"]})
    assert found.tuning.known_networks == ("198.51.100.0/24", "198.51.100.7/32")
    assert [problem.where for problem in found.problems] == ["known_networks[1]"]


ENTRIES = [
    pytest.param("al-1", ["allowlist[0]"], id="no entry"),
    pytest.param(without("expires", "reason", "owner"), ["expires", "reason", "owner"], id="nobody owns it"),
    pytest.param(without("id", "rules"), ["id", "rules"], id="no name, no rules"),
    pytest.param(without("match"), ["match"], id="no match"),
    pytest.param({**ENTRY, "match": {}}, ["match"], id="empty match"),
    pytest.param({**ENTRY, "match": "anaya"}, ["match"], id="match, no table"),
    pytest.param({**ENTRY, "match": {"cidr": "0.0.0.0/0"}}, ["match.cidr"], id="the whole internet"),
    pytest.param({**ENTRY, "match": {"cidr": "198.51.100.0/33"}}, ["match.cidr"], id="bad network"),
    pytest.param({**ENTRY, "match": {"user": "anaya"}}, ["match.user"], id="unknown match"),
    pytest.param({**ENTRY, "match": {"principal": "anaya", "ip": "x", "asn": "y"}}, ["match.ip", "match.asn"], id="one right, two wrong"),
    pytest.param({**ENTRY, "match": {"principal": None}}, ["match.principal"], id="null"),
    pytest.param({**ENTRY, "match": {"principal": "arn:aws:iam::*:user/x"}}, ["match.principal"], id="wildcard principal"),
    pytest.param({**ENTRY, "match": {"user_agent": "**", "asn": 1}}, ["match.user_agent"], id="every user agent"),
    pytest.param({**ENTRY, "match": {"user_agent": "curl/8"}}, ["match.user_agent"], id="a user agent alone"),
    pytest.param({**ENTRY, "match": {"app_id": "AWS console"}}, ["match.app_id"], id="the name of an application"),
    pytest.param({**ENTRY, "match": {"account": "Contoso Ltd"}}, ["match.account"], id="the name of a tenant"),
    pytest.param({**ENTRY, "match": {"account": "1111*"}}, ["match.account"], id="a wildcard in an account"),
    pytest.param({**ENTRY, "match": {"parent_process": "jenkins*"}}, ["match.parent_process"], id="a wildcard in a program"),
    pytest.param({**ENTRY, "match": {"asn": "64500"}}, ["match.asn"], id="number in quotes"),
    pytest.param({**ENTRY, "match": {"asn": True}}, ["match.asn"], id="true is no number"),
    pytest.param({**ENTRY, "match": {"asn": 0}}, ["match.asn"], id="autonomous system 0"),
    pytest.param({**ENTRY, "match": {"asn": 4294967296}}, ["match.asn"], id="number too large"),
    pytest.param({**ENTRY, "rules": []}, ["rules"], id="no rule"),
    pytest.param({**ENTRY, "rules": "aws_cli_login"}, ["rules"], id="rules, no list"),
    pytest.param({**ENTRY, "rules": ["aws_cli_login", "aws_cli"]}, ["rules"], id="unknown rule"),
    pytest.param({**ENTRY, "rules": ["*", "aws_cli_login"]}, ["rules"], id="the star stands alone"),
    pytest.param({**ENTRY, "expires": "soon"}, ["expires"], id="no date"),
    pytest.param({**ENTRY, "expires": 20270101}, ["expires"], id="a number"),
    pytest.param({**ENTRY, "expires": "9999-12-31T23:59:59-12:00"}, ["expires"], id="past the end of time"),
    pytest.param({**ENTRY, "until": "2027-01-01"}, ["until"], id="unknown key"),
    pytest.param({**ENTRY, "owner": " "}, ["owner"], id="blank owner"),
]


@pytest.mark.parametrize(("raw", "places"), ENTRIES)
def test_a_broken_entry_is_named_and_never_a_match(raw, places):
    found = from_mapping({"allowlist": [raw, {**ENTRY, "id": "whole"}]})
    assert [entry.id for entry in found.tuning.allowlist] == ["whole"]
    assert [problem.where.removeprefix("allowlist[0].") for problem in found.errors] == places
    assert all(problem.message and problem.fix for problem in found.errors)


def test_the_first_of_two_entries_with_one_name_stays():
    found = from_mapping({"allowlist": [ENTRY, {**ENTRY, "owner": "other"}]})
    assert [entry.owner for entry in found.tuning.allowlist] == ["iam-team"]
    assert [problem.where for problem in found.errors] == ["allowlist[1].id"]


LIFETIMES = [
    pytest.param("2026-11-22T00:00:00Z", "has expired and suppresses nothing", id="ends now"),
    pytest.param("2024-01-01", "has expired", id="long ago"),
    pytest.param("2027-11-24", "expires more than a year from now", id="more than a year"),
]


@pytest.mark.parametrize(("expires", "said"), LIFETIMES)
def test_a_strange_lifetime_is_a_warning_and_the_entry_is_used(expires, said):
    found = examine(json.dumps({"allowlist": [{**ENTRY, "expires": expires}]}), now=NOW)
    assert found.errors == ()
    assert [problem.level for problem in found.warnings] == [ProblemLevel.WARNING]
    assert said in str(found.warnings[0])
    assert len(found.tuning.allowlist) == 1


@pytest.mark.parametrize("expires", ["2026-11-22T00:00:01Z", "2027-11-23"])
def test_within_a_year_is_no_warning(expires):
    assert examine(json.dumps({"allowlist": [{**ENTRY, "expires": expires}]}), now=NOW).problems == ()


def test_without_a_clock_there_are_no_warnings():
    assert from_mapping({"allowlist": [{**ENTRY, "expires": "2024-01-01"}]}).problems == ()


def test_people_may_be_told_once_only():
    assert from_mapping({"renotify_on": []}).tuning.renotify_on == ()


def test_keys_of_others_can_be_left_to_them():
    assert from_mapping({"geo": {"198.51.100.1": "KP"}, "history": {}}, ignoring=("geo", "history")).problems == ()
    assert [problem.where for problem in from_mapping({"geo": {}}).problems] == ["geo"]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ENTRY, *Tuning.__struct_fields__, "cidr", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@law
@given(st.dictionaries(st.sampled_from([*Tuning.__struct_fields__, "geo"]), JSON_VALUES))
def test_any_json_gives_a_tuning(data):
    tuning, problems = load(json.dumps(data))
    assert isinstance(tuning, Tuning)
    assert all(isinstance(problem, str) for problem in problems)


@law
@given(st.text(max_size=200))
def test_any_text_gives_a_tuning(text):
    assert isinstance(load(text)[0], Tuning)


@law
@given(st.binary(max_size=200))
def test_any_bytes_give_a_tuning(raw):
    assert isinstance(load(raw)[0], Tuning)


def test_the_published_schema_is_fresh(repository):
    assert json.loads((repository / "docs" / "tuning.schema.json").read_text("utf-8")) == schema(), "run `make docs`"


def test_the_schema_knows_every_setting():
    assert set(schema()["properties"]) == set(Tuning.__struct_fields__)
    entry = schema()["properties"]["allowlist"]["items"]
    assert set(entry["properties"]) == set(AllowlistEntry.__struct_fields__)
    assert set(entry["properties"]["match"]["properties"]) == set(AllowlistMatch.__struct_fields__)


def test_the_schema_is_a_schema_and_takes_what_the_loader_takes():
    jsonschema.Draft202012Validator.check_schema(schema())
    checker = jsonschema.Draft202012Validator(schema())
    assert list(checker.iter_errors({"allowlist": [ENTRY, {**ENTRY, "rules": "*"}], "notify_from": "high"})) == []


@pytest.mark.parametrize("raw", [param.values[0] for param in ENTRIES[1:7]])
def test_the_schema_refuses_the_shapes_the_loader_refuses(raw):
    refused = [error.message for error in jsonschema.Draft202012Validator(schema()).iter_errors({"allowlist": [raw]})]
    assert bool(refused) is (raw.get("match") != {"cidr": "0.0.0.0/0"})


def test_defaults_of_the_schema_are_the_defaults():
    defaults = {name: part["default"] for name, part in schema()["properties"].items()}
    assert from_mapping(defaults) == from_mapping({"allowlist": []})
    assert from_mapping(defaults).tuning == Tuning()


NEVER_MATCHING = [
    pytest.param("privileged_principals", ["arn:aws:iam::*:role/Admin"], "privileged_principals[0]", id="wildcard in a principal"),
    pytest.param("break_glass", ["bg-?"], "break_glass[0]", id="wildcard in an emergency account"),
    pytest.param("break_glass", ["bg1@example.com, bg2@example.com"], "break_glass[0]", id="two names in one text"),
    pytest.param(
        "privileged_principals", ["a@example.com;b@example.com"], "privileged_principals[0]", id="names as mail programs list them"
    ),
    pytest.param("sync_accounts", ["sync_*"], "sync_accounts[0]", id="wildcard in a synchronisation account"),
    pytest.param("entra_saml_providers", ["arn:aws:iam::*:saml-provider/x"], "entra_saml_providers[0]", id="wildcard in a provider"),
    pytest.param("aws_app_ids", ["AWS IAM Identity Center"], "aws_app_ids[0]", id="the name of an application"),
    pytest.param("aliases", {"carla*": "carla@example.com"}, "aliases.carla*", id="wildcard in an alias"),
]


@pytest.mark.parametrize(("name", "value", "where"), NEVER_MATCHING)
def test_what_can_never_match_is_named(name, value, where):
    found = from_mapping({name: value})
    assert [problem.where for problem in found.errors] == [where]
    assert not getattr(found.tuning, name)
