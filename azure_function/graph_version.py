"""Which version of Microsoft Graph is read where the setting is ``auto``: beta if it answers, else v1.0.

v1.0 has none of the properties that most Entra rules read (``blind_rules``). Microsoft does not support beta in production, so a
tenant or cloud in which it does not answer is read in v1.0, and the log names the rules that see nothing.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import Struct

from gatewatch.polling.deadline import Deadline
from gatewatch.polling.errors import SourceUnavailable
from gatewatch.polling.streams import Slice
from gatewatch.ports import Clock
from gatewatch.providers.catalogue import RULES
from gatewatch.providers.entra.graph_v1 import SIGN_IN_PROPERTIES

from .graph_http import GraphError, GraphHttp
from .graph_pages import PageReader
from .graph_streams import SIGN_INS, queries
from .settings import AUTO, BETA, BETA_ONLY, V1_0, GraphSettings

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation

LOG = logging.getLogger(__name__)

ASK_AGAIN = timedelta(hours=6)
"""How long a process believes an answer."""
PROBE_PART = 0.2
"""The part of a run that the question may use."""

_NEEDED_STREAMS = {"entra_device_code_signin": "non_interactive", "entra_workload_unfamiliar": "service_principals"}


class _Answer(Struct, frozen=True):
    api: str
    until: datetime


class GraphVersions:
    """The answers of this process, by Graph and tenant."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answers: dict[tuple[str, str], _Answer] = {}

    def connect(self, settings: GraphSettings, opened: Callable[[str], GraphHttp], deadline: Deadline) -> GraphHttp:
        """A connection to the version that is read. ``opened`` makes one to a version."""
        if settings.api != AUTO:
            return opened(settings.api)
        key = (settings.base_url, settings.tenant_id)
        known = self._answers.get(key)
        if known is not None and self._clock() < known.until:
            return opened(known.api)
        http = opened(BETA)
        answers = self._answers_beta(http, settings, deadline.share(PROBE_PART))
        if answers is None:
            api = known.api if known is not None else V1_0
            LOG.warning("Graph beta cannot be asked now: this run reads %s", api)
        else:
            api = BETA if answers else V1_0
            self._answers[key] = _Answer(api, self._clock() + ASK_AGAIN)
            _log_blind(api, settings.streams)
        if api == BETA:
            return http
        http.close()
        return opened(api)

    def _answers_beta(self, http: GraphHttp, settings: GraphSettings, deadline: Deadline) -> bool | None:
        """Whether beta answers a question for sign-ins; None when Graph is away or throttles."""
        now, query = self._clock(), queries(settings)["sign_ins"]
        try:
            http.get(
                lambda: _newest(http, query.filter(Slice(now - timedelta(hours=1), now))), PageReader(query.time_field), SIGN_INS, deadline
            )
        except SourceUnavailable:
            return None
        except GraphError as error:
            LOG.warning("Graph beta: %s", error)
            return None if error.status == HTTPStatus.UNAUTHORIZED else False
        return True


def blind_rules(api: str, streams: tuple[str, ...]) -> dict[str, str]:
    """The rules that see nothing with this version and these streams, with the reason."""
    found: dict[str, str] = {}
    for rule in RULES:
        needs = rule.metadata.needs
        if api == V1_0 and needs and SIGN_IN_PROPERTIES.isdisjoint(needs):
            found[rule.id] = f"Graph v1.0 does not have {' or '.join(needs)}"
    for rule_id, stream in _NEEDED_STREAMS.items():
        if stream not in streams:
            found.setdefault(rule_id, f"the stream {stream} is not polled")
    return found


def _log_blind(api: str, streams: tuple[str, ...]) -> None:
    for rule_id, reason in blind_rules(api, streams).items():
        LOG.warning("rule %s sees nothing from Graph: %s", rule_id, reason)
    left_out = sorted(BETA_ONLY.intersection(streams)) if api == V1_0 else []
    if left_out:
        LOG.error("streams that are not polled, because Graph beta does not answer: %s", ", ".join(left_out))


def _newest(http: GraphHttp, text: str) -> "RequestInformation":
    from kiota_abstractions.base_request_configuration import RequestConfiguration  # noqa: PLC0415 - heavy

    sign_ins = http.client.audit_logs.sign_ins
    asked = sign_ins.SignInsRequestBuilderGetQueryParameters(filter=text, top=1)
    return sign_ins.to_get_request_information(RequestConfiguration(query_parameters=asked))
