"""Raw CloudTrail records in AWS's own shape, for the contract suite. Accounts, keys and addresses are documentation values."""

from collections.abc import Mapping

from ..provider import Sample

ACCOUNT = "111122223333"
KEY = "AKIAIOSFODNN7EXAMPLE"  # AWS's documentation value
STORE = f"arn:aws:identitystore::{ACCOUNT}:identitystore/d-9067642ac7"
ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role"
_WORKFLOW = "6a7b1d20-0001-4000-8000-00000000aaaa"
_TOKEN = "HIDDEN_DUE_TO_SECURITY_REASONS"  # noqa: S105 - what CloudTrail writes instead of a token


def samples() -> tuple[Sample, ...]:
    """Console logins, portal sign-ins, tokens, calls that weaken the recording, AWS's own alert, and what is ignored."""
    return (
        _kept("an IAM user signs in to the console", login()),
        _kept("a federated role in its envelope", _federated()),
        _kept("a failed login", login() | {"eventID": "e0000003", **_FAILED}),
        _kept("a portal asks for a password", portal("CredentialChallenge", 5, "PASSWORD", UserName="dana@example.com")),
        _kept("a portal verifies a factor", portal("CredentialVerification", 6, "PASSWORD")),
        _kept("a portal sign-in", portal("UserAuthentication", 7, "PASSWORD,TOTP", LoginTo="https://d-9067642ac7.awsapps.com/start/?auth_code=x")),
        _kept("a device code is redeemed", portal_token(8)),
        _kept("a federation token from a key", federation_token()),
        _kept("logging is stopped", call("cloudtrail", "StopLogging", 10, {"name": "management-events"})),
        _kept("a rule is deleted in its envelope", envelope(call("events", "DeleteRule", 11, {"name": "prod-gatewatch-sign-in"}), "aws.events")),
        _kept("AWS's own alert", anomaly()),
        _kept("the root password is recovered", root_event("PasswordRecoveryCompleted", 13)),
        Sample(name="a long-term key is used", record=key_use(), account=None, ignored="aws_call_that_no_rule_keeps"),
        Sample(name="a token of STS", record=login() | _ASSUMED, account=None, ignored="sts_helper_not_a_sign_in"),
        Sample(name="another service", record=login() | _INSTANCES, account=None, ignored="cloudtrail_not_a_sign_in"),
        Sample(name="a digest of log files", record=_DIGEST, account=None, ignored="cloudtrail_digest"),
        Sample(name="an insight", record=_INSIGHT, account=None, ignored="cloudtrail_insight"),
        Sample(name="another event of sign-in", record=_service_event(), account=None, ignored="eventbridge_detail_type_not_handled"),
    )  # fmt: skip


def _kept(name: str, record: Mapping[str, object]) -> Sample:
    return Sample(name=name, record=record, account=ACCOUNT)


_FAILED = {"errorMessage": "Failed authentication", "responseElements": {"ConsoleLogin": "Failure"}}
_ASSUMED = {"eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithSAML", "additionalEventData": None}
_INSTANCES = {"eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstances", "additionalEventData": None}

_DIGEST = {
    "awsAccountId": ACCOUNT,
    "digestStartTime": "2026-11-20T11:00:00Z",
    "digestEndTime": "2026-11-20T12:00:00Z",
    "digestS3Bucket": "trail",
    "digestS3Object": "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/11/20/d.json.gz",
    "logFiles": [],
}
_INSIGHT = {
    "eventVersion": "1.07",
    "eventTime": "2026-11-20T12:00:00Z",
    "eventID": "e0000014",
    "eventType": "AwsCloudTrailInsight",
    "recipientAccountId": ACCOUNT,
    "insightDetails": {
        "state": "Start",
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "insightType": "ApiCallRateInsight",
    },
    "eventCategory": "Insight",
}


def login() -> dict[str, object]:
    """An IAM user's console login without MFA."""
    return {
        "eventVersion": "1.08",
        "eventID": _id(1),
        "eventName": "ConsoleLogin",
        "eventSource": "signin.amazonaws.com",
        "eventTime": "2026-11-20T12:00:00Z",
        "awsRegion": "us-east-1",
        "recipientAccountId": ACCOUNT,
        "sourceIPAddress": "198.51.100.23",
        "userAgent": "Mozilla/5.0 Chrome/142.0.0.0",
        "userIdentity": _user(),
        "additionalEventData": {"MFAUsed": "No", "LoginTo": "https://console.aws.amazon.com/", "MobileVersion": "No"},
        "responseElements": {"ConsoleLogin": "Success"},
    }


def call(service: str, name: str, number: int, request: Mapping[str, object] | None, **changes: object) -> dict[str, object]:
    """An API call of an IAM user's session."""
    made: dict[str, object] = {
        "eventID": _id(number),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "userIdentity": _user(accessKeyId="ASIAIOSFODNN7EXAMPLE"),
        "userAgent": "aws-cli/2.31.0",
        "additionalEventData": None,
        "requestParameters": request,
        "responseElements": None,
    }
    return login() | made | changes


def key_use(**changes: object) -> dict[str, object]:
    """A long-term key asks whose it is."""
    return call("sts", "GetCallerIdentity", 14, None, **{"userIdentity": _user(accessKeyId=KEY), "readOnly": True, **changes})


def federation_token(**changes: object) -> dict[str, object]:
    """A long-term key opens a federated session."""
    answer = {
        "credentials": {"accessKeyId": "ASIAEXAMPLEFEDERATED", "sessionToken": "an-example-of-a-session-token"},
        "federatedUser": {"federatedUserId": f"{ACCOUNT}:x", "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/x"},
    }
    made = {"userIdentity": _user(accessKeyId=KEY), "responseElements": answer}
    return call("sts", "GetFederationToken", 9, {"name": "x"}, **{**made, **changes})


def portal(name: str, number: int, credentials: str, **extra: object) -> dict[str, object]:
    """A record of a sign-in to the Identity Center portal. A challenge knows no user yet."""
    known = name != "CredentialChallenge"
    return {
        **login(),
        "eventID": _id(number),
        "eventName": name,
        "userIdentity": portal_user() if known else {"type": "Unknown", "accountId": ACCOUNT, "arn": "", "principalId": ""},
        "responseElements": None,
        "additionalEventData": {"AuthWorkflowID": _WORKFLOW, "CredentialType": credentials, **extra},
        "serviceEventDetails": {name: "Success"},
    }


def portal_user() -> dict[str, object]:
    """An Identity Center user, as records of 2026 name one."""
    return {"type": "IdentityCenterUser", "arn": "", "accountId": ACCOUNT, "onBehalfOf": {"userId": "544894e8", "identityStoreArn": STORE}}


def portal_token(number: int, **changes: object) -> dict[str, object]:
    """A device code is redeemed for a portal token."""
    request = {"clientId": "abc", "clientSecret": _TOKEN, "grantType": "urn:ietf:params:oauth:grant-type:device_code"}
    answer = {"accessToken": _TOKEN, "tokenType": "Bearer", "expiresIn": 28800}
    return call("sso", "CreateToken", number, request, **{"userIdentity": portal_user(), "responseElements": answer, **changes})


def root_event(name: str, number: int, **changes: object) -> dict[str, object]:
    """A successful event of the root user at the sign-in service."""
    root = {"type": "Root", "accountId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "principalId": ACCOUNT}
    made = {"eventID": _id(number), "eventName": name, "userIdentity": root, "additionalEventData": None}
    return login() | made | {"responseElements": {name: "Success"}} | changes


def anomaly() -> dict[str, object]:
    """AWS's own sign-in anomaly alert. No sample of its detail is published; this one is made up."""
    return {
        "version": "0",
        "id": _id(12),
        "source": "aws.signin",
        "account": ACCOUNT,
        "time": "2026-11-20T12:00:00Z",
        "region": "us-east-1",
        "detail-type": "Sign-in Anomaly Alert",
        "resources": [f"arn:aws:iam::{ACCOUNT}:user/anaya"],
        "detail": {"summary": "unusual sign-in", "sourceIPAddress": "198.51.100.23"},
    }


def envelope(record: Mapping[str, object], source: str, detail_type: str = "AWS API Call via CloudTrail") -> dict[str, object]:
    """A record as EventBridge delivers it."""
    return {"version": "0", "source": source, "account": ACCOUNT, "detail-type": detail_type, "detail": record}


def _id(number: int) -> str:
    return f"e00000{number:02d}-0000-4000-8000-0000000000{number:02d}"


def _user(**more: object) -> dict[str, object]:
    arn = f"arn:aws:iam::{ACCOUNT}:user/anaya"
    return {"type": "IAMUser", "userName": "anaya", "accountId": ACCOUNT, "arn": arn, "principalId": "AIDAEXAMPLE", **more}


def _federated() -> dict[str, object]:
    identity = {
        "type": "AssumedRole",
        "accountId": ACCOUNT,
        "arn": f"{ROLE}/Developer/alice@contoso.com",
        "principalId": "AROAEXAMPLE:alice@contoso.com",
    }
    extra = {"MFAUsed": "No", "SamlProviderArn": f"arn:aws:iam::{ACCOUNT}:saml-provider/Entra"}
    record = login() | {"eventID": _id(2), "userIdentity": identity, "additionalEventData": extra}
    return envelope(record, "aws.signin", "AWS Console Sign In via CloudTrail")


def _service_event() -> dict[str, object]:
    detail = {"eventVersion": "1.08", "eventID": "e0000004", "eventSource": "signin.amazonaws.com", "eventTime": "2026-11-20T12:00:00Z"}
    return envelope(detail, "aws.signin", "AWS Service Event via CloudTrail")
