"""Laws of the documents: what is written reads back equal, is JSON, and holds only fields of the table; only ECS arrays hold arrays.

All of them are asked of the same generated records: making one takes longer than asking.
"""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatewatch.documents import alert_document, alert_from_document, evidence_document, evidence_from_document
from gatewatch.documents.fields import OPAQUE, of
from gatewatch.providers.ecs import leaves

from .ecs import ECS, OUR_NAMESPACES

LAW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
TABLES = {kind: {field.name for field in of(kind)} for kind in ("evidence", "alert")}


def holds_what_the_table_says(document, kind):
    found = list(leaves(document, OPAQUE))
    assert {name for name, _ in found} - TABLES[kind] == set()
    arrays = {name for name, value in found if isinstance(value, list) and not name.startswith(OUR_NAMESPACES)}
    assert {name for name in arrays if not ECS[name].endswith("[]")} == set()


@LAW
@given(data=st.data())
def test_evidence_reads_back_equal(evidence_strategy, data):
    evidence = data.draw(evidence_strategy)
    document = evidence_document(evidence)
    assert evidence_from_document(json.loads(json.dumps(document))) == evidence
    holds_what_the_table_says(document, "evidence")


@LAW
@given(data=st.data())
def test_an_alert_reads_back_equal(alert_strategy, data):
    alert = data.draw(alert_strategy)
    document = alert_document(alert)
    assert alert_from_document(json.loads(json.dumps(document))) == alert
    holds_what_the_table_says(document, "alert")
