"""One CloudTrail record in the forms in which products and exports write it. Each form is a function from the record to a JSON value."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

type Record = Mapping[str, Any]
type Form = Callable[[Record], Any]

AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
ACCOUNT = "111122223333"
ROOT_LOGIN: dict[str, Any] = {
    "eventVersion": "1.11",
    "userIdentity": {
        "type": "Root",
        "principalId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:root",
        "accountId": ACCOUNT,
        "accessKeyId": "",
    },
    "eventTime": "2026-11-20T09:01:00Z",
    "eventSource": "signin.amazonaws.com",
    "eventName": "ConsoleLogin",
    "awsRegion": "us-east-1",
    "sourceIPAddress": "203.0.113.10",
    "userAgent": AGENT,
    "requestParameters": None,
    "responseElements": {"ConsoleLogin": "Success"},
    "additionalEventData": {"LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No", "MFAUsed": "No"},
    "eventID": "00000000-0000-4000-8000-000000000001",
    "readOnly": False,
    "eventType": "AwsConsoleSignIn",
    "managementEvent": True,
    "recipientAccountId": ACCOUNT,
    "eventCategory": "Management",
}
OBJECTS = ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails")


def text_of_struct(value: Any, *, lower: bool = False) -> str:
    """An object as Presto and Java print it: ``{type=Root, arn=..., sessioncontext=null}``."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k.casefold() if lower else k}={text_of_struct(v, lower=lower)}" for k, v in value.items()) + "}"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def athena(record: Record) -> dict[str, Any]:
    """A row of Athena's table: ``useridentity`` a struct, the other objects JSON text."""
    row = {name.casefold(): value for name, value in record.items()}
    texts = {name.casefold(): json.dumps(record[name]) for name in OBJECTS if record.get(name) is not None}
    return row | texts | {"useridentity": text_of_struct(record["userIdentity"], lower=True)}


def lake(record: Record) -> dict[str, Any]:
    """A row of CloudTrail Lake: structs and maps as text, times without a zone."""
    texts = {name: text_of_struct(record[name]) for name in OBJECTS if record.get(name) is not None}
    time = record["eventTime"].replace("T", " ").replace("Z", ".000")
    return {**record, **texts, "userIdentity": text_of_struct(record["userIdentity"], lower=True), "eventTime": time}


def python_text(record: Record) -> dict[str, Any]:
    """A CSV row of a data frame: objects in Python's own form."""
    return {name: str(value) if isinstance(value, dict) else value for name, value in record.items()}


def duckdb(record: Record) -> dict[str, Any]:
    """A CSV row of DuckDB: names in quotes, values without."""
    return {name: _duckdb(value) if isinstance(value, dict) else value for name, value in record.items()}


def _duckdb(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"'{name}': {_duckdb(inner)}" for name, inner in value.items()) + "}"
    return "NULL" if value is None else str(value)


def ocsf_athena(record: Record) -> dict[str, Any]:
    """A row of Security Lake's table in Athena: objects as text of structs, with JSON inside."""
    return {name: text_of_struct(value) if isinstance(value, dict) else value for name, value in ocsf(record).items()}


def prefixed(path: str) -> Form:
    """The record in columns with a path in front of each."""
    return lambda record: {f"{path}.{name}": value for name, value in flat(record).items()}


def json_text(record: Record) -> dict[str, Any]:
    """A row of a warehouse: upper-case names, objects as JSON text."""
    return {name.upper(): json.dumps(value) if isinstance(value, dict) else value for name, value in record.items()}


def flat(record: Record, mark: str = ".") -> dict[str, Any]:
    """The record with objects as columns."""
    return dict(_columns("", record, mark))


def _columns(prefix: str, value: Record, mark: str):
    for name, inner in value.items():
        path = f"{prefix}{mark}{name}" if prefix else name
        if isinstance(inner, dict) and inner:
            yield from _columns(path, inner, mark)
        else:
            yield path, inner


def lowered(value: Any) -> Any:
    """The object with all its names in lower case."""
    return {name.casefold(): lowered(inner) for name, inner in value.items()} if isinstance(value, dict) else value


def snake(name: str) -> str:
    """``user_identity`` for ``userIdentity``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).casefold()


def connector(record: Record) -> dict[str, Any]:
    """A row of a warehouse connector: snake case, ``user_identity_type``, other objects as JSON text."""
    rest = {snake(n): json.dumps(v) if isinstance(v, dict) else v for n, v in record.items() if n != "userIdentity"}
    return rest | {snake(name): value for name, value in flat({"userIdentity": record["userIdentity"]}, "_").items()}


def sentinel(record: Record, time: str = "TimeGenerated") -> dict[str, Any]:
    """A row of the table AWSCloudTrail."""
    who, context = record["userIdentity"], record["userIdentity"].get("sessionContext", {})
    issuer, attributes = context.get("sessionIssuer", {}), context.get("attributes", {})
    return {
        "TenantId": "w",
        "AwsEventId": record["eventID"],
        time: record["eventTime"],
        "EventVersion": record["eventVersion"],
        "EventSource": record["eventSource"],
        "EventTypeName": record["eventType"],
        "EventName": record["eventName"],
        "Category": record["eventCategory"],
        "ManagementEvent": record["managementEvent"],
        "ReadOnly": record["readOnly"],
        "AWSRegion": record["awsRegion"],
        "SourceIpAddress": record["sourceIPAddress"],
        "UserAgent": record["userAgent"],
        "ErrorCode": record.get("errorCode", ""),
        "ErrorMessage": record.get("errorMessage", ""),
        "UserIdentityType": who.get("type"),
        "UserIdentityPrincipalid": who.get("principalId"),
        "UserIdentityArn": who.get("arn"),
        "UserIdentityAccountId": who.get("accountId"),
        "UserIdentityAccessKeyId": who.get("accessKeyId"),
        "UserIdentityUserName": who.get("userName", ""),
        "SessionMfaAuthenticated": {"true": True, "false": False}.get(attributes.get("mfaAuthenticated")),
        "SessionCreationDate": attributes.get("creationDate"),
        "SessionIssuerType": issuer.get("type", ""),
        "SessionIssuerPrincipalId": issuer.get("principalId", ""),
        "SessionIssuerArn": issuer.get("arn", ""),
        "SessionIssuerAccountId": issuer.get("accountId", ""),
        "SessionIssuerUserName": issuer.get("userName", ""),
        "RecipientAccountId": record["recipientAccountId"],
        "ResponseElements": json.dumps(record["responseElements"]),
        "AdditionalEventData": json.dumps(record["additionalEventData"]),
        "Type": "AWSCloudTrail",
    }


def portal(record: Record) -> dict[str, Any]:
    """The same from the portal's CSV: every cell is text, the time has the form of the United States."""
    time = datetime.fromisoformat(record["eventTime"]).astimezone(UTC)
    row = sentinel(record, "TimeGenerated [UTC]") | {"TimeGenerated [UTC]": time.strftime("%m/%d/%Y, %I:%M:%S.000 %p")}
    return {name: "" if value is None else str(value).lower() if isinstance(value, bool) else value for name, value in row.items()}


def ocsf(record: Record) -> dict[str, Any]:
    """OCSF 1.1.0 and later: ``uid`` is the ARN."""
    who, extra = record["userIdentity"], dict(record["additionalEventData"] or {})
    context = who.get("sessionContext", {})
    issuer, attributes = context.get("sessionIssuer", {}), context.get("attributes", {})
    used = {"Yes": True, "No": False}.get(extra.pop("MFAUsed", None))
    user = {"type": who.get("type"), "uid": who.get("arn"), "uid_alt": who.get("principalId"), "name": who.get("userName")}
    login_to = extra.pop("LoginTo", None)
    session = {
        "created_time_dt": attributes.get("creationDate"),
        "issuer": issuer.get("arn"),
        "is_mfa": {"true": True, "false": False}.get(attributes.get("mfaAuthenticated")),
    }
    rest = {f"userIdentity.sessionContext.sessionIssuer.{n}": v for n, v in issuer.items() if n != "arn"}
    return {
        "metadata": {
            "product": {
                "name": "CloudTrail",
                "vendor_name": "AWS",
                "version": record["eventVersion"],
                "feature": {"name": record["eventCategory"]},
            },
            "uid": record["eventID"],
            "event_code": record["eventType"],
            "version": "1.1.0",
            "profiles": ["cloud", "datetime"],
        },
        "time": int(datetime.fromisoformat(record["eventTime"]).timestamp() * 1000),
        "cloud": {"provider": "AWS", "region": record["awsRegion"], "account": {"uid": record["recipientAccountId"]}},
        "api": {
            "operation": record["eventName"],
            "service": {"name": record["eventSource"]},
            "request": {"uid": "''"},
            "response": {
                "data": json.dumps(record["responseElements"]),
                "error": record.get("errorCode"),
                "message": record.get("errorMessage"),
            },
        },
        "actor": {
            "user": user | {"account": {"uid": who.get("accountId")}, "credential_uid": who.get("accessKeyId")},
            "session": session,
        },
        "src_endpoint": {"ip": record["sourceIPAddress"]},
        "dst_endpoint": {"svc_name": login_to},
        "http_request": {"user_agent": record["userAgent"]},
        "class_uid": 3002,
        "activity_id": 1,
        "type_uid": 300201,
        "is_mfa": used,
        "status": (record["responseElements"] or {}).get("ConsoleLogin"),
        "unmapped": {
            **{f"additionalEventData.{name}": value for name, value in extra.items()},
            **rest,
            "recipientAccountId": record["recipientAccountId"],
            "readOnly": str(record["readOnly"]).lower(),
            "managementEvent": str(record["managementEvent"]).lower(),
        },
    }


def ocsf_before(record: Record) -> dict[str, Any]:
    """OCSF 1.0.0-rc.2: ``uid`` is the principal id, ``uuid`` the ARN, and no answer of the API."""
    found = ocsf(record)
    user = found["actor"]["user"]
    who = {"type": user["type"], "uid": user["uid_alt"], "uuid": user["uid"], "name": user["name"]}
    found["actor"]["user"] = who | {"account_uid": user["account"]["uid"], "credential_uid": user["credential_uid"]}
    found["actor"]["session"] = {**found["actor"]["session"], "mfa": found["actor"]["session"].pop("is_mfa")}
    found["api"].pop("response")
    return found


def security_lake(record: Record) -> dict[str, Any]:
    """A Parquet row of Security Lake: the map ``unmapped`` is a list of pairs."""
    found = ocsf(record)
    return found | {"unmapped": [[name, value] for name, value in found["unmapped"].items()]}


def elastic(record: Record, *, texts: bool = True, flattened: bool = True) -> dict[str, Any]:
    """A document of Elastic's integration without ``event.original``; the agent's options drop the texts or the objects."""
    who, answer = record["userIdentity"], (record["responseElements"] or {}).get("ConsoleLogin")
    context = who.get("sessionContext", {})
    issuer, attributes = context.get("sessionIssuer", {}), context.get("attributes", {})
    extra = record["additionalEventData"] or {}
    yes = {"Yes": True, "No": False}
    names = {"responseElements": "response_elements", "additionalEventData": "additional_eventdata"}
    cloudtrail: dict[str, Any] = {
        "event_version": record["eventVersion"],
        "event_type": record["eventType"],
        "event_category": record["eventCategory"],
        "management_event": str(record["managementEvent"]).lower(),
        "read_only": record["readOnly"],
        "recipient_account_id": record["recipientAccountId"],
        "error_code": record.get("errorCode"),
        "error_message": record.get("errorMessage"),
        "user_identity": {
            "type": who.get("type"),
            "arn": who.get("arn"),
            "access_key_id": who.get("accessKeyId") or None,
            "session_context": {
                "mfa_authenticated": attributes.get("mfaAuthenticated"),
                "creation_date": attributes.get("creationDate"),
                "session_issuer": {snake(name): value for name, value in issuer.items() if name != "userName"},
            },
        },
        "console_login": {
            "additional_eventdata": {
                "mfa_used": yes.get(extra.get("MFAUsed")),
                "mobile_version": yes.get(extra.get("MobileVersion")),
                "login_to": extra.get("LoginTo"),
            }
        },
    }
    if texts:
        cloudtrail |= {place: text_of_struct(record[name]) for name, place in names.items() if record[name]}
    if flattened:
        cloudtrail["flattened"] = {place: record[name] for name, place in names.items() if record[name]}
    return {
        "@timestamp": record["eventTime"].replace("Z", ".000Z"),
        "event": {
            "dataset": "aws.cloudtrail",
            "provider": record["eventSource"],
            "action": record["eventName"],
            "id": record["eventID"],
            "outcome": (answer or "").casefold(),
        },
        "aws": {"cloudtrail": cloudtrail},
        "cloud": {"region": record["awsRegion"], "account": {"id": who.get("accountId")}},
        "source": {"address": record["sourceIPAddress"], "ip": record["sourceIPAddress"]},
        "user": {"id": who.get("principalId"), "name": issuer.get("userName") or who.get("userName")},
        "user_agent": {"original": record["userAgent"]},
    }


def wazuh(record: Record) -> dict[str, Any]:
    """A Wazuh alert."""
    return {
        "timestamp": "2026-11-20T09:01:05.000+0000",
        "rule": {"id": "80254"},
        "decoder": {"name": "json"},
        "data": {"integration": "aws", "aws": {**record, "source": "cloudtrail", "source_ip_address": record["sourceIPAddress"]}},
    }


def splunk(record: Record) -> dict[str, Any]:
    """A Splunk result whose ``_raw`` was cut, with the fields that were taken out of it before."""
    return {"result": {"_time": record["eventTime"], "_raw": json.dumps(record)[:200], "sourcetype": "aws:cloudtrail", **flat(record)}}


FORMS: dict[str, Form] = {
    "CloudTrail": dict,
    "EventBridge": lambda record: {
        "version": "0", "source": "aws.signin", "detail-type": "AWS Console Sign In via CloudTrail", "account": ACCOUNT, "detail": dict(record),
    },
    "Panther": lambda record: {**record, "p_log_type": "AWS.CloudTrail", "p_event_time": record["eventTime"], "p_any_ip_addresses": []},
    "Logstash": lambda record: {
        "@version": "1", "@timestamp": record["eventTime"], **{name: value for name, value in record.items() if name != "eventTime"},
    },
    "Athena": athena,
    "CloudTrail Lake": lake,
    "data frame": python_text,
    "warehouse with JSON text": json_text,
    "flattened with dots": flat,
    "flattened with underscores": lambda record: flat(record, "_"),
    "flattened without a mark": lambda record: flat(record, ""),
    "flattened in lower case": lambda record: {name.casefold(): value for name, value in flat(record).items()},
    "warehouse connector": connector,
    "Sentinel": sentinel,
    "Sentinel's portal": portal,
    "OCSF": ocsf,
    "OCSF 1.0.0-rc.2": ocsf_before,
    "Security Lake": security_lake,
    "Elastic": elastic,
    "Elastic without objects": lambda record: elastic(record, flattened=False),
    "Elastic without texts": lambda record: elastic(record, texts=False, flattened=False),
    "Elastic with dots": lambda record: flat(elastic(record, flattened=False)),
    "Elastic with a cut original": lambda record: {"event": {"original": json.dumps(record)[:99], **elastic(record)["event"]}, **{k: v for k, v in elastic(record).items() if k != "event"}},
    "Wazuh": wazuh,
    "Splunk with a cut _raw": splunk,
    "DuckDB": duckdb,
    "flattened with slashes": lambda record: flat(record, "/"),
    "Security Lake in Athena": ocsf_athena,
    "OCSF with JSON text": lambda record: {name: json.dumps(value) if isinstance(value, dict) else value for name, value in ocsf(record).items()},
    "OCSF with dots": lambda record: flat(ocsf(record)),
    "Wazuh's table": prefixed("data.aws"),
    "EventBridge with dots": lambda record: {"source": "aws.signin", "detail-type": "AWS Console Sign In via CloudTrail", **prefixed("detail")(record)},
    "Filebeat with json": lambda record: {"@timestamp": record["eventTime"], "json": dict(record), "input": {"type": "aws-s3"}},
    "detail alone": lambda record: {"detail": dict(record)},
    "Datadog archive": lambda record: {"_id": "1", "date": record["eventTime"], "source": "cloudtrail", "attributes": dict(record)},
    "Splunk with columns extracted twice": lambda record: {"result": {name: [value, value] if value else value for name, value in flat(record).items()}},
    "Athena's UNLOAD as JSON": lambda record: json.loads(json.dumps({name.casefold(): value for name, value in record.items()} | {"useridentity": lowered(record["userIdentity"])})),
    "Splunk search results": lambda record: {"fields": [], "results": [flat(record)]},
}  # fmt: skip
