"""Raw CloudTrail records in AWS's own shape, for the contract suite. Accounts and addresses are documentation values."""

from ..provider import Sample

_ACCOUNT = "111122223333"


def samples() -> tuple[Sample, ...]:
    """A console login of an IAM user, one of a federated role in its EventBridge envelope, a failure, and what is ignored."""
    return (
        Sample(name="an IAM user signs in to the console", record=_login(), account=_ACCOUNT),
        Sample(name="a federated role in its envelope", record=_envelope(), account=_ACCOUNT),
        Sample(name="a failed login", record=_login() | {"eventID": "e0000003", **_FAILED}, account=_ACCOUNT),
        Sample(name="a token of STS", record=_login() | _ASSUMED, account=None, ignored="sts_helper_not_a_sign_in"),
        Sample(name="another service", record=_login() | _INSTANCES, account=None, ignored="cloudtrail_not_a_sign_in"),
        Sample(name="another event of sign-in", record=_service_event(), account=None, ignored="eventbridge_detail_type_not_handled"),
    )


_FAILED = {"errorMessage": "Failed authentication", "responseElements": {"ConsoleLogin": "Failure"}}
_ASSUMED = {"eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithSAML", "additionalEventData": None}
_INSTANCES = {"eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstances", "additionalEventData": None}


def _login() -> dict[str, object]:
    return {
        "eventVersion": "1.08",
        "eventID": "e0000001-0000-4000-8000-000000000001",
        "eventName": "ConsoleLogin",
        "eventSource": "signin.amazonaws.com",
        "eventTime": "2026-11-20T12:00:00Z",
        "awsRegion": "us-east-1",
        "recipientAccountId": _ACCOUNT,
        "sourceIPAddress": "198.51.100.23",
        "userAgent": "Mozilla/5.0 Chrome/142.0.0.0",
        "userIdentity": {
            "type": "IAMUser",
            "userName": "anaya",
            "accountId": _ACCOUNT,
            "arn": f"arn:aws:iam::{_ACCOUNT}:user/anaya",
            "principalId": "AIDAEXAMPLE",
        },
        "additionalEventData": {"MFAUsed": "No", "LoginTo": "https://console.aws.amazon.com/", "MobileVersion": "No"},
        "responseElements": {"ConsoleLogin": "Success"},
    }


def _envelope() -> dict[str, object]:
    role = f"arn:aws:sts::{_ACCOUNT}:assumed-role/Developer/alice@contoso.com"
    detail = _login() | {
        "eventID": "e0000002-0000-4000-8000-000000000002",
        "userIdentity": {"type": "AssumedRole", "accountId": _ACCOUNT, "arn": role, "principalId": "AROAEXAMPLE:alice@contoso.com"},
        "additionalEventData": {"MFAUsed": "No", "SamlProviderArn": f"arn:aws:iam::{_ACCOUNT}:saml-provider/Entra"},
    }
    return {
        "version": "0",
        "source": "aws.signin",
        "account": _ACCOUNT,
        "detail-type": "AWS Console Sign In via CloudTrail",
        "detail": detail,
    }


def _service_event() -> dict[str, object]:
    detail = {"eventVersion": "1.08", "eventID": "e0000004", "eventSource": "signin.amazonaws.com", "eventTime": "2026-11-20T12:00:00Z"}
    return {"source": "aws.signin", "account": _ACCOUNT, "detail-type": "AWS Service Event via CloudTrail", "detail": detail}
