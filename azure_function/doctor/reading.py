"""What Graph shows of the tenant: licence, version, filters, pace, clock, and the applications that lead to AWS."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from msgspec import structs

from gatewatch.doctor.findings import CannotLook, Diagnosis
from gatewatch.model import Severity
from gatewatch.polling.streams import Slice
from gatewatch.providers.entra.graph_v1 import SIGN_IN_PROPERTIES

from ..explanations import NOT_PREMIUM
from ..graph_streams import Query, queries, streams
from ..graph_version import blind_rules
from ..settings import AUTO, BETA, V1_0
from .identity import READ_DIRECTORY, must_answer
from .world import AzureWorld, Reply, tuning_of

PATHS = {
    "signIns": "auditLogs/signIns",
    "directoryAudits": "auditLogs/directoryAudits",
    "riskDetections": "identityProtection/riskDetections",
    "servicePrincipalRiskDetections": "identityProtection/servicePrincipalRiskDetections",
}
SAMPLE = "50"
REFUSALS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
AWS_TEMPLATES = {
    "8b1025e4-1dd2-430b-a150-2ef79cd700f5": "AWS Single-Account Access",
    "21ed01d2-ec13-4e9e-86c1-cd546719ebc4": "AWS IAM Identity Center",
}
"""Gallery templates (Microsoft Learn, "Tutorial: Configure ... using Microsoft Graph")."""
NEARLY_USED_UP = 0.8
SKEW = timedelta(seconds=60)


def licence(world: AzureWorld) -> Iterator[Diagnosis]:
    """Whether Graph shows sign-ins by API (P1), and their risk (P2)."""
    reply = _newest(world, V1_0 if world.settings.graph.api == V1_0 else BETA)
    if reply.status != HTTPStatus.OK:  # beta may be refused where v1.0 is not; ``version`` says so
        reply = _newest(world, V1_0)
    if reply.code == NOT_PREMIUM:
        yield Diagnosis(
            id="licence-missing",
            severity=Severity.CRITICAL,
            problem="The tenant has no Entra ID P1: Graph shows no sign-in to any application.",
            fix="Entra admin centre > Billing > Licenses > All products: at least one Microsoft Entra ID P1 or P2.",
        )
        return
    must_answer(reply, "sign-ins", "AuditLog.Read.All")
    levels = [one["riskLevelDuringSignIn"] for one in reply.records() if one.get("riskLevelDuringSignIn")]
    if not levels:
        raise CannotLook(
            "Graph shows no sign-in, so that nothing tells whether it shows risk", "Sign in once, and look again after ten minutes."
        )
    if set(levels) == {"hidden"}:
        yield Diagnosis(
            id="risk-hidden",
            severity=Severity.HIGH,
            problem=f"The risk of all {len(levels)} newest sign-ins is 'hidden': without Entra ID P2 the risk rules see nothing.",
            fix="Entra admin centre > Billing > Licenses > All products: Microsoft Entra ID P2 for the people who are watched.",
        )


def version(world: AzureWorld) -> Iterator[Diagnosis]:
    """Whether the version of Graph that is wanted answers, with the fields that only beta has."""
    graph = world.settings.graph
    if graph.api == V1_0:
        blind = [rule for rule, why in blind_rules(V1_0, graph.streams).items() if "v1.0" in why]
        yield Diagnosis(
            id="rules-blind",
            severity=Severity.MEDIUM,
            problem=f"GRAPH_API=v1.0: these rules see nothing: {', '.join(blind)}.",
            fix=f"az functionapp config appsettings set -n APP -g GROUP --settings GRAPH_API={AUTO}",
        )
        return
    reply = _newest(world, BETA)
    if reply.status in REFUSALS and _newest(world, V1_0).status == reply.status:
        must_answer(reply, "sign-ins", "AuditLog.Read.All")
    if reply.status != HTTPStatus.OK:
        yield _without_beta("beta-refused", f"Graph beta answers {reply.status} {reply.code}".rstrip())
        return
    records = reply.records()
    if records and not any(set(one) - SIGN_IN_PROPERTIES for one in records):
        yield _without_beta("beta-fields-missing", f"None of {len(records)} sign-ins of Graph beta has a field that v1.0 lacks")


def _without_beta(finding: str, what: str) -> Diagnosis:
    return Diagnosis(
        id=finding,
        severity=Severity.HIGH,
        problem=f"{what}: rules on device codes, password grants, single factor and networks see nothing.",
        fix="Read the records from diagnostic settings instead (docs/azure.md, Event Hub), or accept it with GRAPH_API=v1.0.",
    )


def filters(world: AzureWorld) -> Iterator[Diagnosis]:
    """Whether Graph takes the question of every stream."""
    graph, now = structs.replace(world.settings.graph, api=_api(world)), world.clock()
    tuning = tuning_of(world)
    asked = queries(graph, tuning)
    unanswered: list[str] = []
    for name in streams(graph, world.settings.poll, tuning):
        query = asked[name]
        text = query.filter(Slice(now - timedelta(hours=1), now))
        reply = world.directory.ask(PATHS[query.resource], {"$filter": text, "$top": "1"}, api=graph.api)
        if reply.status == HTTPStatus.BAD_REQUEST:
            yield _refused(name, query, f"{graph.base_url}/{graph.api}/{PATHS[query.resource]}?$filter={text}&$top=1", reply)
        elif reply.status != HTTPStatus.OK:
            unanswered.append(f"{name} ({reply.status})")
    if unanswered:
        raise CannotLook(f"Graph gave no records for {', '.join(unanswered)}")


def _refused(stream: str, query: Query, address: str, reply: Reply) -> Diagnosis:
    lesser = bool(query.instead) or query.optional
    then = (
        f"it is asked by {query.instead} instead" if query.instead else "others read the same later" if query.optional else "it is not read"
    )
    return Diagnosis(
        id="filter-refused",
        severity=Severity.MEDIUM if lesser else Severity.CRITICAL,
        subject=stream,
        problem=f"Graph refuses the question of the stream {stream} ({reply.code}): {then}.",
        fix=f"az functionapp config appsettings set -n APP -g GROUP --settings RISK_TIME_FIELD={query.instead}"
        if query.instead
        else f"See Graph's own words; the function looks again every six hours:\naz rest --url '{address}'",
    )


def aws_applications(world: AzureWorld) -> Iterator[Diagnosis]:
    """The tenant's applications that lead to AWS and stand in no list of the tuning."""
    listed = {one.casefold() for one in tuning_of(world).aws_app_ids}
    for template, title in AWS_TEMPLATES.items():
        reply = world.directory.ask(
            "servicePrincipals", {"$filter": f"applicationTemplateId eq '{template}'", "$select": "appId,displayName", "$top": "100"}
        )
        must_answer(reply, "the applications of the gallery", READ_DIRECTORY)
        for one in reply.records():
            client = str(one.get("appId"))
            if client.casefold() not in listed:
                yield Diagnosis(
                    id="aws-application-unlisted",
                    severity=Severity.MEDIUM,
                    subject=client,
                    problem=f"The application {one.get('displayName')!s} ({title}) leads to AWS and is not in aws_app_ids: "
                    "it is taken for AWS's by its name alone, and an administrator can change the name.",
                    fix=f'Add "{client}" to aws_app_ids in the tuning file, then apply it:\ngatewatch tuning apply FILE --base VERSION',
                )


def pace(world: AzureWorld) -> Iterator[Diagnosis]:
    """Whether Graph throttled this examination, or says that little is left. Asked last: it looks at every answer."""
    throttled = [reply for reply in world.directory.replies if reply.status == HTTPStatus.TOO_MANY_REQUESTS]
    used = max((_number(reply.headers.get("x-ms-throttle-limit-percentage", "")) for reply in world.directory.replies), default=0.0)
    if throttled or used >= NEARLY_USED_UP:
        asked = [reply.headers["retry-after"] for reply in throttled if "retry-after" in reply.headers]
        said = f"Retry-After {', '.join(asked)} s" if asked else "without Retry-After" if throttled else f"{used:.0%} of a limit are used"
        yield Diagnosis(
            id="graph-throttled",
            severity=Severity.MEDIUM,
            problem=f"Graph throttles: {len(throttled)} of {len(world.directory.replies)} questions got 429, {said}. Polls fall behind.",
            fix="Find who else reads sign-ins and risk of this tenant (Entra admin centre > Monitoring > Microsoft Graph activity logs); "
            "limits are for all of them together. Above 0.5 million sign-ins a day use the Event Hub (docs/azure.md).",
        )


def clocks(world: AzureWorld) -> Iterator[Diagnosis]:
    """The local clock against Graph's. Asked last, as ``pace``."""
    apart = [(moment - reply.came) for reply in world.directory.replies if (moment := _date(reply)) is not None]
    if not apart:
        raise CannotLook("Graph told no time")
    least = min(apart, key=abs)
    if abs(least) > SKEW:
        yield Diagnosis(
            id="clock-skew",
            severity=Severity.HIGH,
            problem=f"This clock is {abs(least).total_seconds():.0f} s {'behind' if least > timedelta(0) else 'ahead of'} Graph's: "
            "records at the edge of a poll are read late, and leases last longer or shorter than they say.",
            fix="Synchronise the clock: timedatectl set-ntp true (Windows: w32tm /resync)",
        )


def _newest(world: AzureWorld, api: str) -> Reply:
    return world.directory.ask(PATHS["signIns"], {"$top": SAMPLE}, api=api)


def _api(world: AzureWorld) -> str:
    """The version that the function would read now."""
    if world.settings.graph.api != AUTO:
        return world.settings.graph.api
    return BETA if _newest(world, BETA).status == HTTPStatus.OK else V1_0


def _date(reply: Reply) -> datetime | None:
    try:
        return parsedate_to_datetime(reply.headers["date"])
    except (KeyError, ValueError):
        return None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
