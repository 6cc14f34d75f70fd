"""Whose MFA a federated login borrows."""

from typing import Any

import pytest

from gatewatch.model import Event, Fact, Outcome
from gatewatch.providers.aws.detail import AwsSubject
from gatewatch.providers.cross.mfa_verdict import with_verdicts
from gatewatch.tuning import Tuning
from tests.builders.aws import saml
from tests.builders.common import ALICE, NOON, activity, minutes, with_detail
from tests.builders.entra import detection, sign_in


def entra(request: str, at_minutes: float, mfa: Fact, *, app: str | None = "portal", **changes: Any) -> Event:
    fields = {"correlation": None, "level_during": None, "app_id": app, "mfa": mfa, "person": ALICE}
    return sign_in(request, at=minutes(at_minutes), **{**fields, **changes})


def verdict(logged_in: Event, *others: Event, **tuning: Any) -> tuple[Fact | None, str | None]:
    happened = [activity(event) for event in (*others, logged_in)]
    told = {
        (a.mfa_verdict, a.mfa_source)
        for given in (happened, happened[::-1])
        for a in with_verdicts(given, Tuning(**tuning), NOON)
        if a.id == logged_in.vendor_id
    }
    assert len(told) == 1
    return told.pop()


YES, NO, DUNNO = Fact.PRESENT, Fact.ABSENT, Fact.UNKNOWN
SOURCES = [
    pytest.param([entra("R-1", 0, YES)], "entra|r-1", id="the-only-one"),
    pytest.param([entra("R-1", -9, YES), entra("R-2", -5, YES)], "entra|r-2", id="the-nearest"),
    pytest.param([entra("R-1", -4, YES), entra("R-2", 5, YES)], "entra|r-1", id="the-nearest-on-either-side"),
    pytest.param([entra("R-2", -5, YES), entra("R-1", 5, YES)], "entra|r-1", id="then-the-smallest-id"),
    pytest.param([entra("R-1", -9, YES), entra("R-2", -5, DUNNO)], "entra|r-1", id="one-that-knows-before-a-nearer-one"),
    pytest.param([entra("R-1", -9, DUNNO, app="aws"), entra("R-2", -5, NO)], "entra|r-1", id="the-one-to-aws-before-one-that-knows"),
    pytest.param([entra("R-1", -9, YES, app=None), entra("R-2", -5, YES, app=None)], "entra|r-2", id="no-application-is-not-aws"),
    pytest.param([entra("R-1", 0, YES, outcome=Outcome.FAILURE)], None, id="not-one-that-failed"),
    pytest.param([entra("R-1", 0, YES, person="bob@contoso.example")], None, id="not-anothers"),
    pytest.param([entra("R-1", 0, YES, person=None)], None, id="not-nobodys"),
    pytest.param([detection(1, person=ALICE, outcome=Outcome.SUCCESS)], None, id="not-a-detection"),
    pytest.param([saml(0, number=2)], None, id="not-another-login"),
    pytest.param([entra("R-1", 0, YES, app=None, synthetic=True)], None, id="not-one-that-nobody-has-seen"),
]


@pytest.mark.parametrize(("others", "source"), SOURCES)
def test_which_sign_in_tells(others: list[Event], source: str | None) -> None:
    assert verdict(saml(0), *others, aws_app_ids=("AWS",))[1] == source


LOGINS = [
    pytest.param({}, YES, id="saml"),
    pytest.param({"subject": AwsSubject.IDENTITY_CENTER_ROLE}, YES, id="identity-center"),
    pytest.param({"subject": AwsSubject.IAM_USER}, None, id="a-user-has-its-own-mfa"),
    pytest.param({"subject": AwsSubject.ASSUMED_ROLE}, None, id="so-has-any-other-role"),
    pytest.param({"outcome": Outcome.FAILURE}, None, id="a-failure-has-none"),
    pytest.param({"event_name": "SwitchRole"}, None, id="not-a-console-login"),
    pytest.param({"person": None}, DUNNO, id="a-login-of-nobody"),
]


@pytest.mark.parametrize(("changes", "mfa"), LOGINS)
def test_which_logins_have_a_verdict(changes: dict[str, Any], mfa: Fact | None) -> None:
    nobodys = entra("R-2", 0, NO, person=None)
    assert verdict(saml(0, **changes), entra("R-1", 0, YES), nobodys)[0] is mfa


def test_what_says_nothing_of_a_login_has_no_verdict() -> None:
    assert verdict(with_detail(saml(0), None), entra("R-1", 0, YES)) == (None, None)


def test_the_sign_in_to_aws_is_known_by_its_name_where_none_is_listed() -> None:
    near, aws = entra("R-1", 0, NO), entra("R-2", -30, YES, app="a-1", app_name="AWS Contoso")
    assert verdict(saml(0), near, aws) == (YES, "entra|r-2")
    assert verdict(saml(0), near, aws, aws_app_ids=("portal",)) == (NO, "entra|r-1")
