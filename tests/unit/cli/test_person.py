"""`gatewatch person`: what is usual, by any name, and what is forgotten."""

import json

import pytest


@pytest.fixture
def replayed(gatewatch, store, tmp_path):
    """A store that knows one user."""
    record = {
        "eventVersion": "1.08",
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "eventID": "e-1",
        "eventTime": "2026-11-20T10:00:00Z",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "198.51.100.23",
        "userAgent": "\u001b[31mred",
        "userIdentity": {
            "type": "IAMUser",
            "accountId": "111122223333",
            "arn": "arn:aws:iam::111122223333:user/anaya",
            "userName": "anaya",
        },
        "recipientAccountId": "111122223333",
        "eventType": "AwsConsoleSignIn",
        "responseElements": {"ConsoleLogin": "Success"},
        "additionalEventData": {"MFAUsed": "Yes"},
    }
    (tmp_path / "one.jsonl").write_text(json.dumps(record) + "\n")
    assert gatewatch("replay", tmp_path / "one.jsonl", "--store", store, "--json").code == 0


@pytest.mark.usefixtures("replayed")
def test_what_is_usual_is_shown_by_name(gatewatch, store):
    ran = gatewatch("person", "ANAYA", "--store", store)
    assert ran.code == 0
    assert "198.51.100.0/24" in ran.out
    assert "known since 2026-11-20" in ran.out


@pytest.mark.usefixtures("replayed")
def test_what_is_forgotten_is_known_no_more(gatewatch, store):
    said = json.loads(gatewatch("person", "anaya", "--store", store, "--forget", "--json").out)
    assert said["forgotten"] is True
    again = gatewatch("person", "anaya", "--store", store)
    assert (again.code, "nothing is known of anaya" in again.err) == (1, True)


@pytest.mark.usefixtures("replayed")
def test_a_stranger_is_an_error_that_says_what_to_do(gatewatch, store):
    ran = gatewatch("person", "mallory\u001b[31m", "--store", store)
    assert (ran.code, "\u001b" in ran.err) == (1, False)
    assert "name a person or principal" in ran.err


@pytest.mark.parametrize("part", ["", " ", "-1", "a", "reyes", "user", "example.com", "arn:aws"])
def test_a_part_of_a_name_is_nobody(gatewatch, filled, part):
    """An empty variable of a script must not forget everybody, nor "ana" what is usual for Dana."""
    ran = gatewatch("person", "--store", filled, "--forget", "--", part)
    assert (ran.code, ran.out) == (1, "")
    assert "reyes" in gatewatch("person", "carla.reyes@example.com", "--store", filled).out


def test_a_whole_name_means_somebody_whatever_its_case(gatewatch, filled):
    for name in ("carla.reyes@example.com", "CI-release"):
        assert gatewatch("person", name, "--store", filled).code == 0, name
