"""`gatewatch elastic kibana push`: the dashboard, saved searches, data views and the rule of an installation, into Kibana."""

import contextlib
from argparse import ArgumentParser, Namespace

from ..settings import read
from ..stores.settings import ELASTIC_NAMESPACE
from . import wiring
from .command import DONE, FAILED, Command
from .screen import Screen


def _arguments(parser: ArgumentParser) -> None:
    parser.epilog = (
        "Needs KIBANA_URL, and the credential of Elasticsearch (ELASTIC_API_KEY, or ELASTIC_USERNAME and ELASTIC_PASSWORD) with Kibana's "
        "privileges for saved objects and, for the rule, Security. May be repeated: what is there is written over; a rule that is on stays on."
    )
    parser.add_argument("--no-rule", action="store_true", help="leave Elastic Security alone: only data views, searches and the dashboard")
    parser.add_argument("--dry-run", action="store_true", help="name what would be written")
    parser.add_argument("--json", action="store_true", help="one JSON line per object")


def _run(options: Namespace, screen: Screen) -> int:
    from ..stores.elastic.kibana.push import planned, push  # noqa: PLC0415 - only here the elastic extra is needed
    from ..stores.elastic.kibana.views import alert_page  # noqa: PLC0415 - as above
    from ..stores.elastic.names import Names  # noqa: PLC0415 - as above
    from ..stores.elastic.settings import open_kibana  # noqa: PLC0415 - as above

    variables = wiring.environment()
    names = Names(read((ELASTIC_NAMESPACE,), variables)[ELASTIC_NAMESPACE])
    where = "KIBANA_URL"
    if options.dry_run:
        found = planned(names, rule=not options.no_rule)
    else:
        with contextlib.closing(open_kibana(variables)) as client:
            where, found = client.endpoint.url, push(client, names, rule=not options.no_rule)
    if options.json:
        for one in found:
            screen.json(one)
    else:
        screen.table(("", "type", "id", "title", "note"), ((_sign(one.done), one.type, one.id, one.title, one.reason) for one in found))
    refused = sum(not one.done for one in found)
    if options.dry_run:
        screen.note(f"{len(found)} objects; nothing was changed")
        return DONE
    screen.note(f"{len(found)} objects, {refused} refused" if refused else f"{len(found)} objects written")
    screen.note(f"notifications link to the alert with ALERT_URL={where}{alert_page(names, '{id}')}")
    return FAILED if refused else DONE


def _sign(done: bool) -> str:  # noqa: FBT001 - the one thing it is about
    return "ok" if done else "REFUSED"


COMMAND = Command(
    "elastic kibana push",
    "write the dashboard, searches, data views and rule into Kibana",
    "gatewatch elastic kibana push --dry-run",
    _arguments,
    _run,
)
