"""A case over the generated organisation: each planted attack is one case, whichever of its alerts is asked for."""

from datetime import timedelta

import pytest

from gatewatch.cases import build
from gatewatch.cli.simulate.run import play
from gatewatch.ports import Ports
from gatewatch.stores.memory import MemoryStore
from scripts.prove.noise import campaign
from scripts.prove.noise.organisation import BEGIN

PEOPLE = 6
END = BEGIN + timedelta(days=campaign.LEARNING + campaign.COUNTED + 1)


@pytest.fixture(scope="module")
def month():
    records, planted = campaign.month(PEOPLE, 1.0, campaign.SEEDS[0])
    store = MemoryStore()
    played = play(records, store, campaign.policy(planted), END)
    ports = Ports(store=store, clock=lambda: END, tuning=campaign.policy(planted))
    return ports, planted, played.alerts


def test_each_planted_attack_is_one_case(month):
    ports, planted, alerts = month
    differing = {}
    for one in planted:
        mine = sorted((alert for alert in alerts if not one.attack.isdisjoint(alert.snapshot.event_ids)), key=lambda alert: -alert.score)
        case = build(mine[0].id, ports, mine[0])
        seen = {moment.text.id for moment in case.moments}
        stored = {item.event.vendor_id for item in ports.store.evidence_of(one.attack)}
        left_out = stored - seen, {alert.id for alert in mine} - {alert.id for alert in case.alerts}
        strange = [alert.id for alert in case.alerts if one.attack.isdisjoint(alert.snapshot.event_ids)]
        if any(left_out) or strange:
            differing[one.name] = left_out, strange

    assert len(planted) > 40
    assert differing == {}


def test_a_key_on_a_command_line_joins_who_typed_it_and_whose_it_is(month):
    ports, planted, alerts = month
    (attack,) = [one.attack for one in planted if one.name == "t3"]
    mine = {alert.rule: alert for alert in alerts if not attack.isdisjoint(alert.snapshot.event_ids)}

    typed, used = (build(mine[rule].id, ports, mine[rule]) for rule in ("endpoint_cloud_cli_auth", "aws_access_key_unfamiliar"))

    (key,) = {one.by_key for one in typed.identities if one.provider == "aws"}
    assert key.startswith("AKIASIMULATED")
    assert {one.provider: one.by_key for one in typed.identities} == {"endpoint": "", "aws": key}
    assert {one.provider: one.by_key for one in used.identities} == {"endpoint": key, "aws": ""}


def test_who_has_only_the_name_in_common_is_marked(month):
    ports, planted, alerts = month
    (attack,) = [one.attack for one in planted if one.name == "t2"]
    alert = max((one for one in alerts if not attack.isdisjoint(one.snapshot.event_ids)), key=lambda one: one.score)

    found = build(alert.id, ports, alert)

    assert {one.provider: one.assumed for one in found.identities} == {"entra": False, "endpoint": True}
