"""pypanther: three rules with its own Rule.run on each event. Fed by orjson, which is kinder than its own reader."""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import orjson
from panther_core.enriched_event import PantherEvent
from pypanther import LogType, Rule, Severity


class NoMfa(Rule):
    """A console login without MFA."""

    id = "AWS.Console.NoMFA"
    log_types = (LogType.AWS_CLOUDTRAIL,)
    default_severity = Severity.HIGH

    def rule(self, event: PantherEvent) -> bool:
        """Whether it matches."""
        return (
            event.deep_get("detail", "eventName") == "ConsoleLogin"
            and event.deep_get("detail", "responseElements", "ConsoleLogin") == "Success"
            and event.deep_get("detail", "additionalEventData", "MFAUsed") == "No"
        )

    def title(self, event: PantherEvent) -> str:
        """The finding."""
        return f"aws|{event.deep_get('detail', 'userIdentity', 'userName')}|{event.deep_get('detail', 'eventTime')[:10]}"


class Risky(Rule):
    """A sign-in or a detection at risk."""

    id = "Entra.AtRisk"
    log_types = (LogType.AZURE_AUDIT,)
    default_severity = Severity.HIGH

    def rule(self, event: PantherEvent) -> bool:
        """Whether it matches."""
        return event.get("riskState") == "atRisk"

    def title(self, event: PantherEvent) -> str:
        """The finding."""
        return f"entra|{event.get('userId')}|{(event.get('createdDateTime') or event.get('activityDateTime'))[:10]}"


cloudtrail, entra = NoMfa(), Risky()
count, found = 0, set()
with Path(sys.argv[1]).open("rb") as file:
    for line in file:
        count += 1
        data = orjson.loads(line)
        rule = cloudtrail if "detail" in data else entra  # a log type has its own rules
        result = rule.run(PantherEvent(data), {}, {})
        if result.trigger_alert:
            found.add(result.title_output)
print(json.dumps({"records": count, "findings": sorted(found), "version": version("pypanther")}))
