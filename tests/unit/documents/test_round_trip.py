"""Laws of the documents: what is written reads back equal, is JSON, and holds only fields of the table."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatewatch.documents import alert_document, alert_from_document, evidence_document, evidence_from_document
from gatewatch.documents.fields import OPAQUE, of
from gatewatch.providers.ecs import leaves

LAW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)


@LAW
@given(data=st.data())
def test_evidence_reads_back_equal(evidence_strategy, data):
    evidence = data.draw(evidence_strategy)
    document = json.loads(json.dumps(evidence_document(evidence)))
    assert evidence_from_document(document) == evidence


@LAW
@given(data=st.data())
def test_an_alert_reads_back_equal(alert_strategy, data):
    alert = data.draw(alert_strategy)
    document = json.loads(json.dumps(alert_document(alert)))
    assert alert_from_document(document) == alert


@pytest.mark.parametrize("kind", ["evidence", "alert"])
def test_every_field_written_is_in_the_table(request, kind):
    strategy = request.getfixturevalue(f"{kind}_strategy")
    write = {"evidence": evidence_document, "alert": alert_document}[kind]
    table = {field.name for field in of(kind)}
    unknown: set[str] = set()

    @LAW
    @given(value=strategy)
    def law(value):
        unknown.update({name for name, _ in leaves(write(value), OPAQUE)} - table)
        assert not unknown

    law()
