"""What is bounded says so: a read that returned less than there is, and a list of addresses that is full."""

from datetime import UTC, datetime

import pytest
from msgspec import structs

from gatewatch.alerts.group import MAX_ADDRESSES
from gatewatch.cases import build as build_case
from gatewatch.flow.pipeline import process
from gatewatch.ports import AlertQuery, Ports
from gatewatch.report.annex import addresses_cut
from gatewatch.report.build import ReportRequest, build, of_case
from gatewatch.report.page import html
from gatewatch.stores.memory import MemoryStore
from tests.unit.report.test_annex import records

MISSING = "activities are missing from the case"


class BriefStore(MemoryStore):
    """A store in which everybody has more evidence than one read returns."""

    def context(self, subjects, spans, links, addresses=()):
        return structs.replace(super().context(subjects, spans, links, addresses), truncated=frozenset(subjects))


def kept_in(store: MemoryStore, examples) -> Ports:
    ports = Ports(store=store, clock=lambda: datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
    process(records(examples), ports)
    return ports


@pytest.mark.parametrize(("store", "cut"), [(MemoryStore, False), (BriefStore, True)])
def test_a_case_of_too_much_says_that_it_is_not_everything(examples, store, cut):
    ports = kept_in(store(), examples)

    case = build_case("carla.reyes@example.com", ports)

    assert case.truncated is cut
    assert (MISSING in html(of_case(case, ports, ReportRequest(source="it")), ports.store)) is cut


def test_the_case_of_an_alert_without_a_person_is_called_after_whom_it_is_about(examples):
    ports = kept_in(MemoryStore(), examples)
    alert = next(one for one in ports.store.search(AlertQuery(limit=10)) if one.rule == "aws_root_console_login")

    assert build_case(alert.id, ports, alert).names == ("root of 111122223333",)


@pytest.mark.parametrize(("number", "cut"), [(MAX_ADDRESSES - 1, False), (MAX_ADDRESSES, True)])
def test_a_full_list_of_addresses_is_a_lower_bound(examples, number, cut):
    ports = kept_in(MemoryStore(), examples)
    row = build(ports, ReportRequest(source="it")).report.rows[0]

    assert addresses_cut([structs.replace(row, addresses=tuple(map(str, range(number))))]) is cut
