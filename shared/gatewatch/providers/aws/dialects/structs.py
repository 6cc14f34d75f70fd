"""Rows of Athena and CloudTrail Lake, and of data frames, whose objects are printed as text: ``useridentity`` is ``{type=Root, arn=...}``.

Sources: Athena user guide, "Create a table for CloudTrail logs" (struct and string columns, lower case); CloudTrail user guide, "Supported SQL
schemas for event data stores" (structs and maps). Lower-case names alone are no dialect: names are compared without case.
"""

from collections.abc import Mapping

from ....reading.fields import Fields
from ....reading.struct_text import looks_like_struct, struct_in
from ...dialect import Dialect, Gap, columns
from .paths import OBJECTS

_NAMES = frozenset(spelling for name in OBJECTS for spelling in (name, name.casefold(), f"{name[0].upper()}{name[1:]}", name.upper()))


def _recognise(record: Fields) -> bool:
    """Whether a column that should hold an object holds text in one of the forms that can be read."""
    data = record.data
    return any(looks_like_struct(data[name]) and struct_in(str(data[name])) is not None for name in _NAMES.intersection(data))


def _translate(record: Fields) -> Mapping[str, object]:
    """The record with objects for the texts. A text that cannot be read stays, for the decoder to flag."""
    return {name: _opened(value) if name in _NAMES else value for name, value in record.data.items()}


def _opened(value: object) -> object:
    if not isinstance(value, str) or not looks_like_struct(value):
        return value
    found = struct_in(value)
    return value if found is None else found


STRUCTS = Dialect(
    name="Athena and CloudTrail Lake: structs as text",
    marks=_NAMES,
    recognise=_recognise,
    translate=_translate,
    columns=(columns("eventTime", "userIdentity", "eventName"), columns("eventTime", "userIdentity", "eventSource")),
    cannot_carry=(
        Gap(
            "ambiguous_text",
            "A value that itself holds `, name=` or a bracket cannot be told from the next value; such text is refused.",
            flagged=False,
        ),
    ),
    sample={
        "eventversion": "1.11",
        "useridentity": "{type=Root, principalid=111122223333, arn=arn:aws:iam::111122223333:root, accountid=111122223333, invokedby=null, "
        "accesskeyid=, username=null, sessioncontext=null}",
        "eventtime": "2026-11-20T09:01:00Z",
        "eventsource": "signin.amazonaws.com",
        "eventname": "ConsoleLogin",
        "awsregion": "us-east-1",
        "sourceipaddress": "203.0.113.10",
        "useragent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        "requestparameters": None,
        "responseelements": '{"ConsoleLogin":"Success"}',
        "additionaleventdata": '{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"No"}',
        "eventid": "00000000-0000-4000-8000-000000000001",
        "eventtype": "AwsConsoleSignIn",
        "recipientaccountid": "111122223333",
    },
)
