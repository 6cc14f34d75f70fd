"""Reads trails, Regions, forwarders and their heartbeats through boto3, with the rights of whoever runs the doctor."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from gatewatch.doctor.findings import CannotLook
from gatewatch.errors import GatewatchError

from ..forwarders import AT_ONCE, ForwarderDeadLetters
from .read_home import MENDED_BY, ClientOf, GoneError, asking, or_none
from .world import ForwarderBacklog, HomeStack, Instance, Place, Trail

HEARD_WITHIN = timedelta(hours=2)


class Organization:
    """What is beyond the home stack. Every method raises ``CannotLook``."""

    def __init__(
        self, stack: Callable[[], HomeStack], stack_set: str | None, beside: tuple[Place, ...], client: ClientOf, now: datetime
    ) -> None:
        self._stack, self._stack_set, self._beside, self._client, self._now = stack, stack_set, beside, client, now
        self.regions, self.instances = cache(self._regions), cache(self._instances)
        self._forwards = cache(self._all_forwards)

    def trails(self) -> list[Trail]:
        """The trails that record the home account; those of the organisation are shown in every account."""
        with asking("cloudtrail:DescribeTrails"):
            found = self._client("cloudtrail").describe_trails(includeShadowTrails=True)["trailList"]
        return [self._trail(one) for one in found]

    def _trail(self, one: Mapping[str, Any]) -> Trail:
        cloudtrail, arn = self._client("cloudtrail", one["HomeRegion"]), one["TrailARN"]
        status = or_none(lambda: cloudtrail.get_trail_status(Name=arn), "cloudtrail:GetTrailStatus") or {}
        unread = ""
        selectors: Mapping[str, Any] = {}
        try:
            selectors = or_none(lambda: cloudtrail.get_event_selectors(TrailName=arn), "cloudtrail:GetEventSelectors") or {}
        except CannotLook as error:  # an organisation's trail shows them to its own account alone
            if error.fix in MENDED_BY.values():
                raise
            unread = error.reason
        return Trail(
            name=one["Name"],
            arn=arn,
            home_region=one["HomeRegion"],
            logging=bool(status.get("IsLogging")),
            multi_region=bool(one.get("IsMultiRegionTrail")),
            global_events=bool(one.get("IncludeGlobalServiceEvents")),
            organization=bool(one.get("IsOrganizationTrail")),
            all_management_events=all_management_events(selectors),
            delivery_error=str(status.get("LatestDeliveryError") or ""),
            selectors_unread=unread,
        )

    def _regions(self) -> list[str]:
        with asking("ec2:DescribeRegions"):
            found = self._client("ec2").describe_regions(AllRegions=True)["Regions"]
        return sorted(one["RegionName"] for one in found if one.get("OptInStatus") != "not-opted-in")

    def forwards(self, region: str) -> list[str]:
        """The states of the home account's forwarding rules in one Region."""
        found = self._forwards()[region]
        if isinstance(found, GatewatchError):
            raise found
        return found

    def _all_forwards(self) -> dict[str, "list[str] | GatewatchError"]:
        regions = self.regions()
        clients = [self._client("events", region) for region in regions]  # one at a time: boto3's session is no friend of threads
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return dict(zip(regions, pool.map(_states, clients), strict=True))

    def accounts(self) -> list[str]:
        """The active accounts of the organisation."""
        with asking("organizations:ListAccounts"):
            pages = self._client("organizations").get_paginator("list_accounts").paginate()
            found = [one for page in pages for one in page["Accounts"]]
        return sorted(one["Id"] for one in found if (one.get("State") or one.get("Status")) == "ACTIVE")

    def _instances(self) -> list[Instance]:
        """As a delegated administrator sees them, else as the owner of the set does."""
        try:
            return self._listed(CallAs="DELEGATED_ADMIN")
        except GatewatchError:
            return self._listed()

    def _listed(self, **how: str) -> list[Instance]:
        try:
            with asking("cloudformation:ListStackInstances"):
                pages = self._client("cloudformation").get_paginator("list_stack_instances").paginate(StackSetName=self._stack_set, **how)
                return [_instance(one) for page in pages for one in page.get("Summaries", ())]
        except GoneError:
            return []

    def heartbeats(self) -> set[Place]:
        """The forwarders that were heard of."""
        stack = self._stack()
        log = stack.resources.get("HeartbeatLog")
        name = log.name if log is not None else f"/aws/events/{stack.name}-gatewatch-forwarders"
        since = int((self._now - HEARD_WITHIN).timestamp() * 1000)

        def read() -> list[str]:
            pages = self._client("logs").get_paginator("filter_log_events").paginate(logGroupName=name, startTime=since)
            return [one["message"] for page in pages for one in page["events"]]

        return {place for message in or_none(read, "logs:FilterLogEvents") or () if (place := _place(message)) is not None}

    def dead_letters(self) -> ForwarderBacklog:
        """Which forwarders have dead letters, through the role of each account."""
        places = sorted({one.place for one in self.instances()} | set(self._beside)) if self._stack_set else sorted(self._beside)
        queues = ForwarderDeadLetters(places, None)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = dict(zip(places, pool.map(lambda place: _waiting(queues, place), places), strict=True))
        return ForwarderBacklog(
            {place: one for place, one in found.items() if isinstance(one, int)},
            {place: one for place, one in found.items() if isinstance(one, str)},
        )


def all_management_events(selectors: Mapping[str, Any]) -> bool:
    """Whether the selectors of a trail take read and write management events of every service; without any, a trail takes them all."""
    basic, advanced = selectors.get("EventSelectors") or (), selectors.get("AdvancedEventSelectors") or ()
    if not basic and not advanced:
        return True
    return any(_all_basic(one) for one in basic) or any(_all_advanced(one.get("FieldSelectors", ())) for one in advanced)


def _all_basic(selector: Mapping[str, Any]) -> bool:
    left_out = selector.get("ExcludeManagementEventSources") or ()
    return bool(selector.get("IncludeManagementEvents", True)) and selector.get("ReadWriteType", "All") == "All" and not _ours(left_out)


def _all_advanced(fields: Iterable[Mapping[str, Any]]) -> bool:
    by_name = {one.get("Field"): one for one in fields}
    if by_name.get("eventCategory", {}).get("Equals") != ["Management"]:
        return False
    rest = {name: one for name, one in by_name.items() if name != "eventCategory"}
    sources = rest.pop("eventSource", None)
    return not rest and (sources is None or (set(sources) == {"Field", "NotEquals"} and not _ours(sources["NotEquals"])))


def _ours(services: Collection[str]) -> bool:
    """Whether one of these services is what this product reads; KMS and RDS Data are often left out for their number."""
    return bool(
        {"signin", "sts", "sso", "sso-oauth", "cloudtrail", "events", "lambda", "ssm", "iam"} & {one.partition(".")[0] for one in services}
    )


def _states(events: Any) -> "list[str] | GatewatchError":  # noqa: ANN401 - a client of boto3
    try:
        with asking("events:ListRules"):
            pages = events.get_paginator("list_rules").paginate()
            return [one.get("State", "") for page in pages for one in page["Rules"] if "gatewatch-sign-in" in one["Name"]]
    except GatewatchError as error:
        return error


def _instance(one: Mapping[str, Any]) -> Instance:
    return Instance(
        Place(one["Account"], one["Region"]),
        one.get("Status", ""),
        (one.get("StackInstanceStatus") or {}).get("DetailedStatus", ""),
        one.get("DriftStatus", "NOT_CHECKED"),
        one.get("LastDriftCheckTimestamp"),
    )


def _place(message: str) -> Place | None:
    try:
        detail = json.loads(message)["detail"]
        return Place(str(detail["account"]), str(detail["region"]))
    except (ValueError, KeyError, TypeError):
        return None


def _waiting(queues: ForwarderDeadLetters, place: Place) -> int | str:
    try:
        return queues.waiting(place)
    except GatewatchError as error:
        return str(error)
