"""The limit: msgspec decodes only the fields that the three rules read, and they are evaluated. No state, no tolerance, nothing stored."""

import json
import sys
from pathlib import Path

import msgspec
from msgspec import Struct


class Said(Struct, gc=False):
    """The answer of a login."""

    ConsoleLogin: str | None = None


class Extra(Struct, gc=False):
    """What CloudTrail adds to a login."""

    MFAUsed: str | None = None


class Who(Struct, gc=False):
    """Who acted."""

    userName: str | None = None  # noqa: N815 - the vendor's name


class Detail(Struct, gc=False):
    """A CloudTrail record."""

    eventName: str | None = None  # noqa: N815 - the same
    eventTime: str | None = None  # noqa: N815
    responseElements: Said | None = None  # noqa: N815
    additionalEventData: Extra | None = None  # noqa: N815
    userIdentity: Who | None = None  # noqa: N815


class Record(Struct, gc=False):
    """Any of the three forms."""

    detail: Detail | None = None
    riskState: str | None = None  # noqa: N815
    userId: str | None = None  # noqa: N815
    createdDateTime: str | None = None  # noqa: N815
    activityDateTime: str | None = None  # noqa: N815


def finding(record: Record) -> str | None:
    """What the three rules say."""
    detail = record.detail
    if detail is not None:
        if detail.eventName != "ConsoleLogin" or not detail.responseElements or detail.responseElements.ConsoleLogin != "Success":
            return None
        if not detail.additionalEventData or detail.additionalEventData.MFAUsed != "No":
            return None
        return f"aws|{detail.userIdentity and detail.userIdentity.userName}|{(detail.eventTime or '')[:10]}"
    if record.riskState != "atRisk":
        return None
    return f"entra|{record.userId}|{(record.createdDateTime or record.activityDateTime or '')[:10]}"


decode = msgspec.json.Decoder(Record).decode
count, found = 0, set()
with Path(sys.argv[1]).open("rb") as file:
    for line in file:
        count += 1
        said = finding(decode(line))
        if said is not None:
            found.add(said)
print(json.dumps({"records": count, "findings": sorted(found), "version": msgspec.__version__}))
