"""The same console login in every form in which people hold it: one event, one alert."""

import copy
import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatewatch.flow.decoding import event as decode
from gatewatch.flow.pipeline import process
from gatewatch.flow.replay import replay
from gatewatch.model import Event, Outcome, RawRecord, Refused
from gatewatch.providers.aws import raw_samples
from gatewatch.providers.catalogue import dialect_of, dialect_of_columns
from gatewatch.reading.envelopes import ENVELOPES
from gatewatch.reading.fields import Fields
from tests.builders.common import detail
from tests.support import aws_forms as forms
from tests.support.channels import bundle

every_form = pytest.mark.parametrize("form", forms.FORMS.values(), ids=forms.FORMS)
EXACT = {
    "CloudTrail",
    "DuckDB",
    "Wazuh's table",
    "Filebeat with json",
    "detail alone",
    "Panther",
    "Athena",
    "CloudTrail Lake",
    "data frame",
    "warehouse with JSON text",
    "flattened with dots",
    "Wazuh",
}
"""Forms that carry every property of a record."""


def replayed(*records: object):
    return replay(lambda: [RawRecord(data=record, origin=f"x.json:{n}") for n, record in enumerate(records, 1)], bundle())


def only(found: list[Any] | tuple[Any, ...]) -> Any:
    assert len(found) == 1, found
    return found[0]


@every_form
def test_the_same_root_login_without_mfa_is_one_critical_alert(form):
    done = replayed(form(forms.ROOT_LOGIN))

    alert = only(done.alerts)
    assert (alert.rule, alert.snapshot.score, alert.snapshot.event_count) == ("aws_root_console_login", 87, 1)
    assert (alert.key.account, alert.key.principal, alert.key.day) == (forms.ACCOUNT, "root", "2026-11-20")
    assert alert.snapshot.event_ids == (f"aws|{forms.ROOT_LOGIN['eventID']}",)


@pytest.mark.parametrize("envelope", ENVELOPES, ids=lambda envelope: envelope.name)
def test_in_every_envelope_it_is_the_same_event(envelope):
    assert decode(RawRecord(data=envelope.wrap(forms.ROOT_LOGIN))) == decode(RawRecord(data=dict(forms.ROOT_LOGIN)))


def test_all_forms_of_it_together_are_one_alert_of_one_event():
    done = replayed(*(form(forms.ROOT_LOGIN) for form in forms.FORMS.values()))

    alert = only(done.alerts)
    assert (alert.rule, alert.snapshot.score, alert.snapshot.event_count) == ("aws_root_console_login", 87, 1)
    assert {name.partition(":")[0] for name in done.counts} == {"stored", "duplicate"}


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize(
    "less", [{"additionalEventData": None}, {"responseElements": None}, {"additionalEventData": {"MFAUsed": "perhaps"}}]
)
def test_a_copy_that_says_less_takes_nothing_back(less, number):
    """Which of two copies has the smaller evidence id is chance; several ids are tried."""
    whole = {**forms.ROOT_LOGIN, "eventID": f"e-{number}"}
    done = replayed({**whole, **less}, whole)

    alert = only(done.alerts)
    assert (alert.snapshot.score, alert.snapshot.event_count) == (87, 1)


def test_forms_that_carry_everything_are_one_piece_of_evidence():
    done = replayed(*(forms.FORMS[name](forms.ROOT_LOGIN) for name in sorted(EXACT)))

    assert done.counts == {"stored": 1, "duplicate": len(EXACT) - 1}


# Round trips: a record, written in a form and read back, is the same event up to what the form cannot carry.

ROLE = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLE:dana@example.com",
    "arn": f"arn:aws:sts::{forms.ACCOUNT}:assumed-role/Admin/dana@example.com",
    "accountId": forms.ACCOUNT,
    "accessKeyId": "ASIAEXAMPLE",
    "sessionContext": {
        "sessionIssuer": {
            "type": "Role",
            "principalId": "AROAEXAMPLE",
            "arn": f"arn:aws:iam::{forms.ACCOUNT}:role/Admin",
            "accountId": forms.ACCOUNT,
            "userName": "Admin",
        },
        "attributes": {"creationDate": "2026-11-20T09:00:00Z", "mfaAuthenticated": "false"},
    },
}
USER = {"type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": f"arn:aws:iam::{forms.ACCOUNT}:user/anaya", "accountId": forms.ACCOUNT, "userName": "anaya"}  # fmt: skip
RECORDS = st.fixed_dictionaries({
    "userIdentity": st.sampled_from([forms.ROOT_LOGIN["userIdentity"], USER, ROLE]),
    "eventID": st.uuids().map(str),
    "eventTime": st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda time: time.strftime("%Y-%m-%dT%H:%M:%SZ")),  # noqa: DTZ001
    "awsRegion": st.sampled_from(["us-east-1", "eu-central-1"]),
    "sourceIPAddress": st.ip_addresses(v=4).map(str),
    "userAgent": st.text(st.characters(codec="ascii", categories=("L", "N", "P", "Zs"), exclude_characters="{}"), max_size=60).map(lambda text: f"x{text}".strip()),
    "responseElements": st.sampled_from([{"ConsoleLogin": "Success"}, {"ConsoleLogin": "Failure"}]),
    "additionalEventData": st.fixed_dictionaries({
        "LoginTo": st.sampled_from(["https://console.aws.amazon.com/console/home?state=hashArgs%23&isauthcode=true", "https://x.example/a"]),
        "MobileVersion": st.sampled_from(["Yes", "No"]),
        "MFAUsed": st.sampled_from(["Yes", "No"]),
    }),
}).map(lambda changes: {**forms.ROOT_LOGIN, **changes})  # fmt: skip
SAYS = ("event_name", "mfa_used", "user_type", "arn", "principal_id", "region", "role_arn", "session_name", "mfa_authenticated", "login_to")
"""The fields of the detail that rules read; every form carries them."""


@settings(deadline=None)
@given(record=RECORDS)
def test_a_form_says_what_the_record_says(record):
    expected = decode(RawRecord(data=record))
    assert isinstance(expected, Event)
    for form, written in forms.FORMS.items():
        found = decode(RawRecord(data=written(record)))

        assert isinstance(found, Event), (form, found)
        assert said(found) == said(expected), form


def said(event: Event) -> dict[str, object]:
    """What every form carries."""
    common = (
        "vendor_id",
        "time",
        "outcome",
        "subject",
        "account",
        "principal",
        "person",
        "place",
        "user_agent",
        "client",
        "action",
        "data_quality",
    )
    return {name: getattr(event, name) for name in common} | {name: getattr(detail(event), name) for name in SAYS}


@settings(deadline=None)
@given(record=RECORDS)
def test_a_form_that_carries_everything_gives_the_equal_event(record):
    expected = decode(RawRecord(data=record))

    assert {name: decode(RawRecord(data=forms.FORMS[name](record))) for name in EXACT} == dict.fromkeys(EXACT, expected)


WHOLE = sorted(EXACT - {"CloudTrail Lake"})
"""Forms that carry objects of any depth."""


@pytest.mark.parametrize("sample", [one for one in raw_samples.samples() if "eventName" in one.record], ids=lambda sample: sample.name)
def test_records_of_every_kind_survive_the_forms_that_carry_everything(sample):
    record = {**forms.ROOT_LOGIN, "additionalEventData": None, "responseElements": None, **sample.record}
    expected = decode(RawRecord(data=record))

    assert {name: decode(RawRecord(data=forms.FORMS[name](record))) for name in WHOLE} == dict.fromkeys(WHOLE, expected)


# Present but unreadable: refused by name, unless it scores; never stored without a word.


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"userIdentity": "{type=Root, arn=arn:aws:iam::1:r"}, "unreadable_user_identity", id="a struct that was cut"),
        pytest.param({"userIdentity": "{type=Root, a=1, type=IAMUser}"}, "unreadable_user_identity", id="a struct that says it twice"),
        pytest.param(
            {"userIdentity": "{Root, 111122223333, arn:aws:iam::1:root}"}, "unreadable_user_identity", id="a struct without names"
        ),
        pytest.param({"userIdentity": "System.Collections.Hashtable"}, "unreadable_user_identity", id="the name of a type"),
        pytest.param({"userIdentity": {"M": forms.ROOT_LOGIN["userIdentity"]}}, "unreadable_user_identity", id="a wrapped identity"),
        pytest.param({"responseElements": {"M": {"ConsoleLogin": "Success"}}}, "unreadable_response_elements", id="a wrapped answer"),
        pytest.param({"eventName": "System.String"}, "unreadable_response_elements", id="a name that its answer does not fit"),
        pytest.param({"userIdentity": {"type": {"x": 1}}}, "unreadable_user_identity", id="a kind that is an object"),
        pytest.param({"responseElements": '{"ConsoleLogin": "Succ'}, "unreadable_response_elements", id="an answer that was cut"),
        pytest.param({"responseElements": {"ConsoleLogin": "OK?"}}, "unreadable_response_elements", id="an answer of no known kind"),
        pytest.param({"eventTime": "yesterday"}, "time_unreadable", id="text that is no time"),
        pytest.param({"eventTime": None}, "time_missing", id="no time"),
    ],
)
def test_what_is_there_and_cannot_be_read_is_refused_by_name(changes, reason):
    done = replayed({**forms.ROOT_LOGIN, **changes})

    assert (done.counts, done.alerts) == ({f"refused:{reason}": 1}, ())


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        pytest.param({"additionalEventData": "{LoginTo=x, MFAUsed=N"}, "unreadable_additional_event_data", id="MFA in a text that was cut"),
        pytest.param({"additionalEventData": {"MFAUsed": "perhaps"}}, "unreadable_mfa_used", id="MFA in another word"),
        pytest.param(
            {"requestParameters": "[object Object]"}, "unreadable_request_parameters", id="parameters that no rule of a login asks"
        ),
    ],
)
def test_what_scores_all_the_same_is_kept_with_its_flag(changes, flag):
    alert = only(replayed({**forms.ROOT_LOGIN, **changes}).alerts)

    assert alert.rule == "aws_root_console_login"
    assert flag in alert.snapshot.data_quality


def test_failures_that_are_counted_are_kept_with_their_flags():
    failed = {
        "responseElements": {"ConsoleLogin": "Failure"},
        "errorMessage": "Failed authentication",
        "additionalEventData": "{LoginTo=x, M",
    }
    done = replayed(*({**forms.ROOT_LOGIN, **failed, "eventID": f"f-{n}", "eventTime": f"2026-11-20T09:0{n}:00Z"} for n in range(6)))

    alert = only(done.alerts)
    assert alert.rule == "aws_root_console_failures"
    assert alert.snapshot.data_quality == ("unreadable_additional_event_data",)


WRAPPED = {
    "OCSF, the actor": ("OCSF", ("actor",)),
    "OCSF, the user": ("OCSF", ("actor", "user")),
    "Elastic, the identity": ("Elastic", ("aws", "cloudtrail", "user_identity")),
    "Elastic, all of it": ("Elastic", ("aws", "cloudtrail")),
}


@pytest.mark.parametrize(("form", "path"), WRAPPED.values(), ids=WRAPPED)
def test_an_identity_that_an_export_wrapped_is_refused(form, path):
    record = json.loads(json.dumps(forms.FORMS[form](forms.ROOT_LOGIN)))
    inner = record
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = {"M": inner[path[-1]]}

    assert replayed(record).counts == {"refused:unreadable_user_identity": 1}


def test_a_wrapped_record_of_a_bus_is_refused():
    event = forms.FORMS["EventBridge"](forms.ROOT_LOGIN)

    assert replayed(event | {"detail": {"M": event["detail"]}}).counts == {"refused:eventbridge_detail_unreadable": 1}


def test_live_it_is_recorded_with_its_flag():
    ports = bundle()
    login = {**forms.ROOT_LOGIN, "responseElements": {"ConsoleLogin": "OK?"}}

    done = process([RawRecord(data=forms.FORMS["EventBridge"](login))], ports)

    assert done.counts() == {"stored": 1}
    assert replayed(login).counts == {"refused:unreadable_response_elements": 1}


def test_a_login_whose_word_for_mfa_is_unreadable_alerts_as_unknown():
    user = {"type": "IAMUser", "userName": "anaya", "accountId": forms.ACCOUNT, "arn": f"arn:aws:iam::{forms.ACCOUNT}:user/anaya"}
    alert = only(replayed({**forms.ROOT_LOGIN, "userIdentity": user, "additionalEventData": {"MFAUsed": "perhaps"}}).alerts)

    assert (alert.rule, alert.snapshot.data_quality) == ("aws_console_login_no_mfa", ("unknown_enum", "unreadable_mfa_used"))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for name, inner in parts for place in ((*path, name), *places(inner, (*path, name)))]


DAMAGE = {
    "null": lambda _: None,
    "empty": lambda _: "",
    "garbage": lambda _: "garbage",
    "cut": lambda value: str(value)[: len(str(value)) // 2],
    "object": lambda _: {"x": 1},
    "list": lambda _: [1, 2],
    "number": lambda _: 7,
}
DAMAGED = [(form, place) for form, written in forms.FORMS.items() for place in places(written(forms.ROOT_LOGIN)) if place != ("results", 0)]


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(DAMAGED), st.sampled_from([*DAMAGE, "gone"]))
def test_a_damaged_root_login_is_never_stored_or_ignored_without_a_word(damaged, damage):
    """It alerts, is refused by name, or is stored with a doubt; ignored is only an event of the bus whose detail has no name."""
    form, place = damaged
    record = copy.deepcopy(forms.FORMS[form](forms.ROOT_LOGIN))
    holder = record
    for name in place[:-1]:
        holder = holder[name]
    if damage == "gone":
        del holder[place[-1]]
    else:
        holder[place[-1]] = DAMAGE[damage](holder[place[-1]])

    done = replayed(record)

    if not done.alerts:
        (kind,) = {name.partition(":")[0] for name in done.counts}
        found = decode(RawRecord(data=record))
        doubted = isinstance(found, Event) and found.data_quality
        assert kind == "refused" or set(done.counts) == {"ignored:eventbridge_detail_type_not_handled"} or doubted, done.counts


@pytest.mark.parametrize("name", ["responseElements", "additionalEventData"])
def test_one_object_that_became_columns(name):
    columns = {f"{name}.{inner}": value for inner, value in forms.ROOT_LOGIN[name].items()}
    record = {key: value for key, value in forms.ROOT_LOGIN.items() if key != name} | columns

    assert decode(RawRecord(data=record)) == decode(RawRecord(data=forms.ROOT_LOGIN))


@pytest.mark.parametrize("name", ["userIdentity", "responseElements", "additionalEventData"])
def test_objects_that_an_exporter_wrote_as_text_twice(name):
    changed = {**forms.ROOT_LOGIN, name: json.dumps(json.dumps(forms.ROOT_LOGIN[name]))}

    assert decode(RawRecord(data=changed)) == decode(RawRecord(data=forms.ROOT_LOGIN))


@pytest.mark.parametrize("word", ["No", "NO", "no", "false", False, "0", 0, "N"])
def test_no_is_no_however_it_is_spelt(word):
    changed = {**forms.ROOT_LOGIN, "additionalEventData": {"MFAUsed": word}}

    assert only(replayed(changed).alerts).snapshot.score == 87


@pytest.mark.parametrize("word", [None, "", "null", "-", "{}", "NaN"])
def test_words_for_nothing_are_missing_and_not_unreadable(word):
    found = decode(RawRecord(data={**forms.ROOT_LOGIN, "requestParameters": word, "serviceEventDetails": word}))

    assert isinstance(found, Event)
    assert found.data_quality == ()


@pytest.mark.parametrize(
    ("time", "day", "flags"),
    [
        ("21/11/2026, 09:45:54.000", "2026-11-21", ()),
        ("11/21/2026, 9:45:54.000 AM", "2026-11-21", ()),
        ("11/12/2026, 9:45:54.000 AM", "2026-11-12", ()),
        ("05/11/2026, 09:45:54.000", "2026-05-11", ("time_ambiguous",)),
    ],
)
def test_times_of_a_portal(time, day, flags):
    found = decode(RawRecord(data=forms.portal(forms.ROOT_LOGIN) | {"TimeGenerated [UTC]": time}))

    assert isinstance(found, Event)
    assert found.time is not None
    assert (found.time.date().isoformat(), found.data_quality) == (day, flags)


def test_times_of_a_browsers_zone_are_flagged():
    row = {name.replace("[UTC]", "[Local Time]"): value for name, value in forms.portal(forms.ROOT_LOGIN).items()}
    found = decode(RawRecord(data=row))

    assert isinstance(found, Event)
    assert found.data_quality == ("not_carried_time_zone",)
    assert dialect_of_columns(row) is not None


def test_a_call_whose_caller_cannot_be_read_is_not_ignored():
    record = {**forms.ROOT_LOGIN, "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets", "userIdentity": "{type=IAMUser, acc"}

    assert decode(RawRecord(data=record)) == Refused(origin="", reason="unreadable_user_identity")


@pytest.mark.parametrize(
    "record",
    [
        {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "b"}, "object": {"key": "k"}}}]},
        {"TopicArn": "t", "Message": '{"s3Bucket": "b", "s3ObjectKey": ["k"]}'},
    ],
)
def test_a_notification_that_names_a_file_is_refused_by_name(record):
    assert decode(RawRecord(data=record)) == Refused(origin="", reason="s3_notification_without_records")


def test_an_entry_without_its_record_is_refused_by_name():
    entry = {"EventId": "1", "EventName": "ConsoleLogin", "EventTime": "2026-11-20T09:01:00+00:00", "EventSource": "signin.amazonaws.com", "Username": "root"}  # fmt: skip

    assert decode(RawRecord(data={"Events": [entry]})) == Refused(origin="", reason="lookup_entry_without_record")


OCSF_STATUS = {
    "a status in capitals": {"status": "SUCCESS"},
    "the id of a status": {"status": None, "status_id": 1},
    "an id as text": {"status": None, "status_id": "1"},
    "API Activity": {"class_uid": 6003, "type_uid": 600399},
    "a product with its vendor": {"metadata": forms.ocsf(forms.ROOT_LOGIN)["metadata"] | {"product": {"name": "AWS CloudTrail", "vendor_name": "AWS", "version": "1.11", "feature": {"name": "Management"}}}},
    "a map of keys and values": {"unmapped": [{"key": name, "value": value} for name, value in forms.ocsf(forms.ROOT_LOGIN)["unmapped"].items()]},
}  # fmt: skip


@pytest.mark.parametrize("changes", OCSF_STATUS.values(), ids=OCSF_STATUS)
def test_a_login_in_ocsf_without_the_answer(changes):
    alert = only(replayed(forms.ocsf_before(forms.ROOT_LOGIN) | changes).alerts)

    assert (alert.rule, alert.snapshot.score) == ("aws_root_console_login", 87)


def test_a_kind_that_ocsf_cannot_name_is_in_unmapped():
    record = forms.ocsf(forms.ROOT_LOGIN)
    record["actor"]["user"]["type"] = "Unknown"
    record["unmapped"]["userIdentity.type"] = "Root"

    assert decode(RawRecord(data=record)) == decode(RawRecord(data=forms.ocsf(forms.ROOT_LOGIN)))


def test_a_failed_login_in_ocsf_is_a_failure():
    record = {**forms.ROOT_LOGIN, "responseElements": {"ConsoleLogin": "Failure"}, "errorMessage": "Failed authentication"}
    found = decode(RawRecord(data=forms.ocsf_before(record)))

    assert isinstance(found, Event)
    assert found.outcome is Outcome.FAILURE


@pytest.mark.parametrize(("place", "flag"), [("actor", "unreadable_user_identity"), ("unmapped", "unreadable_additional_event_data")])
def test_a_struct_of_ocsf_that_was_cut_is_flagged(place, flag):
    row = forms.ocsf_athena(forms.ROOT_LOGIN)
    found = decode(RawRecord(data=row | {place: row[place][:20]}))

    assert isinstance(found, Event)
    assert flag in found.data_quality


def test_a_portal_user_in_ocsf_keeps_its_store():
    store = f"arn:aws:identitystore::{forms.ACCOUNT}:identitystore/d-9067642ac7"
    found = decode(
        RawRecord(
            data={
                "class_uid": 3002,
                "metadata": {"product": {"name": "CloudTrail", "vendor_name": "AWS"}, "uid": "p-1"},
                "api": {"operation": "UserAuthentication", "service": {"name": "signin.amazonaws.com"}},
                "actor": {"idp": {"uid": store}, "user": {"type": "IdentityCenterUser", "uid_alt": "u-1", "credential_uid": "c"}},
                "time": 1795165260000,
                "unmapped": {
                    "additionalEventData.AuthWorkflowID": "w-1",
                    "additionalEventData.CredentialType": "PASSWORD",
                    "serviceEventDetails.UserAuthentication": "Success",
                },
            }
        )
    )

    assert isinstance(found, Event)
    portal = detail(found).identity_center
    assert (portal.user_id, portal.store_arn, portal.workflow_id, portal.credentials) == ("u-1", store, "w-1", ("PASSWORD",))
    assert found.outcome is Outcome.SUCCESS


@pytest.mark.parametrize(
    "name", ["Athena", "Sentinel's portal", "flattened with dots", "warehouse connector", "Elastic with dots", "Sentinel"]
)
def test_a_csv_of_it_is_known_by_its_columns(name):
    row = forms.FORMS[name](forms.ROOT_LOGIN)

    assert dialect_of_columns(row) is not None


def test_a_csv_row_is_text_and_says_the_same():
    for name in ("Athena", "flattened with dots", "warehouse connector", "Sentinel's portal", "CloudTrail Lake", "data frame"):
        row = {k: "" if v is None else str(v) for k, v in forms.FORMS[name](forms.ROOT_LOGIN).items()}

        assert only(replayed(row).alerts).snapshot.score == 87, name


def test_gatewatchs_own_documents_are_no_dialect():
    assert dialect_of(Fields({**forms.elastic(forms.ROOT_LOGIN), "gatewatch": {"evidence_id": "x"}})) is None


def test_hostile_text_in_a_struct_moves_nothing():
    """A role session is named by whoever opens it; blanks are not allowed there, so it cannot begin another pair."""
    name = "a,type=Root"
    who = {**ROLE, "arn": f"{ROLE['arn'].rsplit('/', 1)[0]}/{name}", "principalId": f"AROAEXAMPLE:{name}"}
    found = decode(RawRecord(data=forms.athena({**forms.ROOT_LOGIN, "userIdentity": who})))

    assert isinstance(found, Event)
    assert (detail(found).user_type, detail(found).session_name) == ("AssumedRole", name)


@pytest.mark.parametrize("name", ["Elastic", "Sentinel"])
def test_a_portal_user_without_its_store_is_flagged(name):
    who = {"type": "IdentityCenterUser", "accountId": forms.ACCOUNT, "userName": "dana@example.com"}
    record = {
        **forms.ROOT_LOGIN,
        "eventName": "UserAuthentication",
        "userIdentity": who,
        "additionalEventData": {"CredentialType": "PASSWORD"},
    }
    found = decode(RawRecord(data=forms.FORMS[name](record)))

    assert isinstance(found, Event)
    assert "not_carried_identity_store" in found.data_quality


def test_the_event_of_a_form_is_flagged_as_its_dialect_says():
    row = forms.sentinel(forms.ROOT_LOGIN)
    dialect = dialect_of(Fields(row))

    assert dialect is not None
    found = decode(RawRecord(data=json.loads(json.dumps(row))))
    assert isinstance(found, Event)
    assert (found.data_quality, dialect.flags("ConsoleLogin")) == ((), ())
