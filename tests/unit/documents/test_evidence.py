"""What an evidence document says beyond the vendor's fields, and what it leaves out."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from gatewatch import evidence as ev
from gatewatch.documents import evidence_document, evidence_from_document
from gatewatch.model import Event, Fact, Place
from gatewatch.providers.aws.detail import AwsSubject
from gatewatch.providers.ecs import at, iso_text
from gatewatch.providers.entra.risk_document import _additional
from tests.builders.aws import plain_login
from tests.builders.entra import sign_in

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=7)


def login(**changes) -> Event:
    return plain_login(**{"time": NOON, "mfa_used": Fact.PRESENT, "tls_version": "TLSv1.3", **changes})


def document(event: Event | None = None, **options) -> dict:
    return evidence_document(ev.make(event or login(), fetched=None, now=LATER), **options)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("event.kind", "event"),
        ("event.dataset", "gatewatch.signin"),
        ("data_stream", {"type": "logs", "dataset": "gatewatch.signin", "namespace": "default"}),
        ("event.ingested", "2026-03-14T12:07:00.000Z"),
        ("gatewatch.subjects", ["principal:111122223333|111122223333/alice", "person:alice"]),
        ("gatewatch.links", ["id:aws|1"]),
        ("tls.version", "1.3"),
        ("tls.version_protocol", "tls"),
        ("source", None),
        ("user_agent", None),
        ("gatewatch.history", None),
    ],
)
def test_evidence_says(name, value):
    assert at(document(), name) == value


def test_the_namespace_is_the_deployments():
    assert at(document(namespace="prod"), "data_stream.namespace") == "prod"


def test_the_moment_of_the_write_attempt_is_taken_when_given():
    assert at(document(ingested=LATER + timedelta(hours=1)), "event.ingested") == "2026-03-14T13:07:00.000Z"


def test_evidence_is_found_by_the_time_the_store_finds_it_by():
    assert document(login(time=None))["@timestamp"] == "2026-03-14T12:07:00.000Z"


@pytest.mark.parametrize(
    ("subject", "changes", "name"),
    [
        pytest.param(AwsSubject.IAM_USER, {}, "alice", id="user"),
        pytest.param(AwsSubject.ROOT, {}, None, id="root has none, as in Elastic's pipeline"),
        pytest.param(AwsSubject.SAML_ROLE, {"role_name": "Admin"}, "Admin", id="a role session has the role's name"),
    ],
)
def test_the_user_name_is_elastics(subject, changes, name):
    assert at(document(login(subject=subject, **changes)), "user.name") == name


def test_an_address_that_is_none_is_no_ip():
    found = document(login(place=Place(address="AWS Internal")))
    assert at(found, "source") == {"address": "AWS Internal"}
    assert at(found, "related.ip") is None


@pytest.mark.parametrize("zoned", ["fe80::1%eth0", "not an address", "10.0.0.0/8"])
def test_what_elasticsearch_takes_for_no_ip_is_left_out_of_related_ip(zoned):
    assert at(document(login(place=Place(address=zoned, ip=zoned))), "related.ip") is None


def test_oauth_answers_are_null_and_so_is_ours():
    found = document(login(event_name="CreateOAuth2Token"))
    assert at(found, "aws.cloudtrail.response_elements") is None
    assert at(found, "aws.cloudtrail.console_login") is None


def test_a_stand_in_says_so():
    assert at(document(sign_in(synthetic=True)), "gatewatch.synthetic") is True


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2014-03-06T15:15:06Z", "2014-03-06T15:15:06.000Z"),
        ("2014-03-06T15:15:06", "2014-03-06T15:15:06.000Z"),
        ("Oct 2, 2019 11:12:29 PM", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("", None),
        (None, None),
    ],
)
def test_a_time_that_would_refuse_the_document_is_left_out(written, shown):
    assert iso_text(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (None, []),
        ("not json", []),
        ('{"Key": "x"}', []),
        ('[{"Key":"userAgent","Value":"curl"}]', [{"Key": "userAgent", "Value": "curl"}]),
        ('[{"Key":"n","Value":{"deep":1}},{"other":"x"}]', [{"Key": "n"}]),
        ("[" * 5_000, []),
    ],
)
def test_additional_info_is_text_in_text(written, shown):
    assert _additional(written) == shown


@pytest.mark.parametrize("foreign", [{}, {"gatewatch": {}}, {"gatewatch": 1}, {"gatewatch": {"evidence": {"id": 1}}}])
def test_a_document_of_somebody_else_is_refused(foreign):
    with pytest.raises(msgspec.ValidationError):
        evidence_from_document(foreign)
