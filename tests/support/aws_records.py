"""CloudTrail records of console sign-ins, as the AWS user guide prints them."""

import uuid
from datetime import UTC, datetime
from typing import Any

ACCOUNT = "111122223333"


def login(user: str, account: str = ACCOUNT, **changes: Any) -> dict[str, Any]:
    """An IAM user's console login without MFA: 40 points, medium."""
    return {
        "eventVersion": "1.11",
        "eventID": str(uuid.uuid4()),
        "eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "eventType": "AwsConsoleSignIn",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
        "recipientAccountId": account,
        "userIdentity": {"type": "IAMUser", "userName": user, "accountId": account, "arn": f"arn:aws:iam::{account}:user/{user}"},
        "responseElements": {"ConsoleLogin": "Success"},
        "additionalEventData": {"MFAUsed": "No", "LoginTo": "https://console.aws.amazon.com/", "MobileVersion": "No"},
        **changes,
    }


def root_login(account: str = ACCOUNT) -> dict[str, Any]:
    """Root without MFA: 87 points, critical."""
    root = {"type": "Root", "accountId": account, "arn": f"arn:aws:iam::{account}:root", "principalId": account}
    return login("root", account, userIdentity=root)


def envelope(record: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """As EventBridge delivers it."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "AWS Console Sign In via CloudTrail",
        "source": "aws.signin",
        "account": record["recipientAccountId"],
        "time": record["eventTime"],
        "region": "us-east-1",
        "resources": [],
        "detail": record,
        **changes,
    }
