"""A person's case: identities across clouds, what happened, and what the sessions did next, hot actions first."""

import gzip
import json
import re

import pytest

from gatewatch.stores.sqlite import SqliteStore
from tests.builders.aws import many

AWS = "arn:aws:sts::111122223333:assumed-role/Developer/carla.reyes@example.com"


@pytest.fixture
def case(gatewatch, filled):
    def run(who: str, *argv: object) -> dict:
        ran = gatewatch("case", who, *argv, "--store", filled, "--json")
        assert ran.code == 0, ran.err
        return json.loads(ran.out)

    return run


@pytest.fixture
def login(examples):
    """Carla's login to AWS, from the demo's records."""
    lines = (json.loads(line) for line in (examples / "records.jsonl").read_text("utf-8").splitlines())
    details = [line.get("detail", line) for line in lines]
    return next(one for one in details if one.get("userIdentity", {}).get("arn") == AWS)


def call(login: dict, number: int, name: str, *, created: str | None = None, source: str = "iam", **changes: object) -> dict:
    """A call that was made with the session of this login."""
    identity = {
        **login["userIdentity"],
        "accessKeyId": "ASIA0000000000000001",
        "sessionContext": {"attributes": {"creationDate": created or login["eventTime"], "mfaAuthenticated": "false"}},
    }
    return {
        **login, "eventID": f"00000000-0000-4000-8000-{number:012}", "eventName": name, "eventSource": f"{source}.amazonaws.com",
        "eventTime": f"2026-11-20T10:{number:02}:00Z", "userIdentity": identity, "requestParameters": {"userName": "backdoor"}, **changes,
    }  # fmt: skip


def test_one_person_is_one_case_in_both_clouds(case):
    found = case("carla.reyes@example.com")

    assert {one["provider"] for one in found["identities"]} == {"aws", "entra"}
    assert [one["text"]["time"] for one in found["moments"]] == sorted(one["text"]["time"] for one in found["moments"])
    assert {rule for one in found["moments"] for rule, _ in one["alerts"]} >= {"xcloud_entra_risk_then_aws"}


def test_an_alert_names_its_person(case, gatewatch, filled):
    listed = gatewatch("alerts", "list", "--store", filled, "--match", "carla").out.splitlines()[1].split()[0]

    assert case(listed)["identities"] == case("carla.reyes@example.com")["identities"]


def test_what_the_session_did_next_is_listed_hot_actions_first(case, login, tmp_path):
    records = [
        call(login, 1, "ListUsers", readOnly=True),
        call(login, 3, "CreateAccessKey"),
        call(login, 2, "CreateLoginProfile", errorCode="AccessDenied"),
        call(login, 4, "GetCallerIdentity", source="sts"),
        call(login, 5, "CreateAccessKey", created="2026-11-20T01:00:00Z"),
        call(login, 6, "CreateUser", userIdentity={"type": "IAMUser", "principalId": "AIDAOTHER", "accessKeyId": "AKIA0000000000000009"}),
    ]
    file = tmp_path / "trail.json"
    file.write_text(json.dumps({"Records": [login, *records, records[0]]}))

    (session,) = [one for one in case("carla.reyes@example.com", file)["sessions"] if one["event_id"].endswith(login["eventID"])]

    assert [(step["action"], step.get("hot", False), step["target"], step["outcome"]) for step in session["steps"]] == [
        ("iam:CreateLoginProfile", True, "backdoor", "AccessDenied"),
        ("iam:CreateAccessKey", True, "backdoor", ""),
        ("iam:ListUsers", False, "backdoor", ""),
        ("sts:GetCallerIdentity", False, "backdoor", ""),
    ]


def test_hostile_names_stay_text(gatewatch, filled, login, tmp_path):
    file = tmp_path / "trail.json"
    file.write_text(json.dumps(call(login, 1, "CreateUser", requestParameters={"userName": "\x1b[31m\u202eevil\nx"})))

    shown = gatewatch("case", "carla.reyes@example.com", file, "--store", filled).out

    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "CreateUser" in shown


def test_a_stranger_has_no_case(gatewatch, filled):
    ran = gatewatch("case", "nobody@example.com", "--store", filled)

    assert (ran.code, ran.out) == (1, "")
    assert "nothing is stored of nobody@example.com" in ran.err


def test_since_and_until_narrow_a_case(case):
    whole = case("carla.reyes@example.com")["moments"]
    times = [one["text"]["time"] for one in whole]

    assert [one["text"]["time"] for one in case("carla.reyes@example.com", "--until", times[0])["moments"]] == times[:1]
    assert [one["text"]["time"] for one in case("carla.reyes@example.com", "--since", times[-1])["moments"]] == times[-1:]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--since", "yesterday"], "--since: 'yesterday' is no time"),
        (["--until", ""], "--until: '' is no time"),
        (["--since", "2026-11-20", "--until", "2026-11-19"], "--until is before --since"),
    ],
)
def test_a_wrong_time_is_refused(gatewatch, filled, argv, said):
    ran = gatewatch("case", "carla.reyes@example.com", *argv, "--store", filled)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


@pytest.mark.parametrize(("days", "said"), [("99999999999", "more than 36500 days"), ("0", "no whole number from 1 on")])
def test_days_that_no_date_can_carry_are_refused(gatewatch, filled, capsys, days, said):
    assert gatewatch("case", "carla.reyes@example.com", "--days", days, "--store", filled).code == 2
    assert said in capsys.readouterr().err


def test_nothing_in_a_time_is_said_so(gatewatch, filled):
    ran = gatewatch("case", "carla.reyes@example.com", "--until", "2020-01-01", "--store", filled)

    assert ran.code == 1
    assert "carla.reyes@example.com between --since and --until" in ran.err


def test_what_one_read_leaves_out_is_found_with_the_time_that_is_printed(gatewatch, store):
    kept = SqliteStore(str(store).removeprefix("sqlite:"))
    kept.append(many(1_100))
    kept.close()

    first = gatewatch("case", "alice", "--store", store)
    (until,) = re.findall(r"Older ones: --until (\S+)", first.out)
    older = json.loads(gatewatch("case", "alice", "--until", until, "--store", store, "--json").out)

    assert not older["truncated"]
    assert len(older["moments"]) == 101
    assert len(json.loads(gatewatch("case", "alice", "--store", store, "--json").out)["moments"]) == 1_000


def test_a_published_attack_is_told_in_order(gatewatch, conformance_data, store):
    file = conformance_data / "attacks/invictus_aws.jsonl.gz"
    gatewatch("replay", file, "--store", store)

    found = json.loads(gatewatch("case", "bert-jan", file, "--store", store, "--json").out)

    lines = gzip.decompress(file.read_bytes()).decode("utf-8").splitlines()
    login = next(json.loads(line) for line in lines if '"ConsoleLogin"' in line and "bert-jan" in line)
    (console,) = [one for one in found["sessions"] if one["event_id"].endswith(login["eventID"])]
    assert len(console["steps"]) > 100
    assert all(step["time"] >= login["eventTime"] for step in console["steps"])
    key = max(found["sessions"], key=lambda one: len(one["steps"]))
    hot = [step["action"] for step in key["steps"] if step.get("hot")]
    assert [step.get("hot", False) for step in key["steps"]] == [True] * len(hot) + [False] * (len(key["steps"]) - len(hot))
    assert {"iam:CreateRole", "iam:PutRolePolicy", "ssm:SendCommand", "cloudtrail:DeleteTrail"} <= set(hot)
