"""Every check of `gatewatch doctor azure`, in order: who asks first, what looks at all answers last."""

from collections.abc import Iterator, Sequence

from gatewatch.doctor import channels as of_channels
from gatewatch.doctor import index as of_index
from gatewatch.doctor.examine import Inspection, examine, joined
from gatewatch.doctor.findings import Diagnosis, Examination, NeverAsked
from gatewatch.doctor.policy import policy_and_engine
from gatewatch.stores.elastic.roles import KeyRole

from . import identity, reading, standing
from .world import AzureWorld

NO_TOKEN = ("credential-expired", "token-refused")
NOT_SHOWN = (*NO_TOKEN, "licence-missing", "permission-missing")
NO_INDEX = ("index-key-refused", "index-away")


def _reachable(world: AzureWorld) -> Iterator[Diagnosis]:
    return of_index.reachable(world.index[0], KeyRole.HOST_AZURE) if world.index is not None else iter(())


def _rights(world: AzureWorld) -> Iterator[Diagnosis]:
    return of_index.key_rights(*world.index, KeyRole.HOST_AZURE) if world.index is not None else iter(())


def _templates(world: AzureWorld) -> Iterator[Diagnosis]:
    return of_index.templates(*world.index) if world.index is not None else iter(())


def _channels(world: AzureWorld) -> Iterator[Diagnosis]:
    return of_channels.channels(world.configuration, {}, world.connect)


CHECKS: tuple[Inspection[AzureWorld], ...] = (
    Inspection("token", "Entra gives a token", identity.token),
    Inspection("permissions", "the identity may read what the streams need, and write nothing", identity.permissions, NO_TOKEN),
    Inspection("credential", "the application's credential lasts", identity.credential, NO_TOKEN),
    Inspection("licence", "Graph shows sign-ins and their risk", reading.licence, NOT_SHOWN),
    Inspection("version", "Graph answers in the version that the rules need", reading.version, NOT_SHOWN),
    Inspection("filters", "Graph takes the question of every stream", reading.filters, NOT_SHOWN),
    Inspection("cursors", "every stream was read lately", standing.cursors),
    Inspection("leases", "no stream is locked for longer than a run", standing.leases),
    Inspection("dead-letters", "no record waits as a dead letter", standing.dead_letters),
    Inspection("template", "the deployment was made by this release's template", standing.template),
    Inspection("index", "the index answers and takes the key", _reachable),
    Inspection("index-rights", "the key may do what its role needs, and destroy nothing", _rights, NO_INDEX),
    Inspection("index-templates", "templates and fields are of this release", _templates, NO_INDEX),
    Inspection(
        "policy", "the policy can be read, and the engine in force is this release's", lambda w: policy_and_engine(w.store), NO_INDEX
    ),
    Inspection("aws-applications", "the applications that lead to AWS are listed", reading.aws_applications, (*NO_TOKEN, *NO_INDEX)),
    Inspection("channels", "the channels are set up and can be reached", _channels),
    Inspection("pace", "Graph does not throttle", reading.pace, NO_TOKEN),
    Inspection("clock", "this clock is Graph's", reading.clocks, NO_TOKEN),
)

OF_THE_INSTALLATION = frozenset({"dead-letters", "template", "index", "index-rights", "index-templates", "policy", "channels"})
"""Checks that look at what all tenants of a function app share; the others are asked in each tenant."""

NEVER_ASKED: tuple[NeverAsked, ...] = (
    of_channels.NEVER_ASKED,
    NeverAsked(
        what="whether the Functions host fires its timers",
        reason="only the host knows; that the cursors move shows it afterwards",
        command='az monitor app-insights query --app APP --analytics-query "requests | where timestamp > ago(1h) | summarize count() by name"',
    ),
    NeverAsked(
        what="how much of Graph's limits other applications use",
        reason="Graph tells it only near the limit, and not for every collection",
        command="Entra admin centre > Monitoring > Diagnostic settings > MicrosoftGraphActivityLogs",
    ),
)


def examine_tenants(worlds: Sequence[AzureWorld]) -> Examination:
    """Everything that one function app reads: what its tenants share once, the rest in each; with several, subjects begin with the tenant."""
    if len(worlds) == 1:
        return examine("azure", CHECKS, worlds[0], NEVER_ASKED)
    shared = examine("azure", [one for one in CHECKS if one.id in OF_THE_INSTALLATION], worlds[0], NEVER_ASKED)
    own = [one for one in CHECKS if one.id not in OF_THE_INSTALLATION]
    tenants = [examine("azure", own, one, subject=one.settings.graph.tenant_id, found=shared.findings) for one in worlds]
    return joined([shared, *tenants])
