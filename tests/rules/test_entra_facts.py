"""Level, types and outcome of a sign-in and its detections read as one."""

import pytest

from gatewatch.model import Outcome
from gatewatch.providers.aws.samples import console_login
from gatewatch.providers.endpoint.samples import process
from gatewatch.providers.entra.facts import entra_facts
from gatewatch.providers.entra.samples import detection, sign_in, with_detections
from gatewatch.providers.samples import changed

LEVELS = [
    pytest.param(sign_in(level_during=None, level_aggregated=None), 0, "no", id="nobody says"),
    pytest.param(sign_in(level_during="hidden", level_aggregated="hidden"), 0, "no", id="hidden"),
    pytest.param(sign_in(level_during="low"), 1, "low", id="during"),
    pytest.param(sign_in(level_aggregated="medium"), 2, "medium", id="aggregated"),
    pytest.param(sign_in(level_during="medium", level_aggregated="high"), 3, "high", id="the higher"),
    pytest.param(with_detections(sign_in(level_during="low"), detection(level="medium"), detection(level="LOW")), 2, "medium", id="linked"),
    pytest.param(sign_in(risk_types=("LEAKEDCREDENTIALS",)), 3, "high", id="raised by its type"),
    pytest.param(with_detections(sign_in(), detection(level="low", risk_type="nationStateIP")), 3, "high", id="raised by a linked type"),
    pytest.param(detection(level="medium"), 2, "medium", id="a detection of its own"),
    pytest.param(changed(detection(level="medium"), detections=()), 2, "medium", id="a detection that does not list itself"),
    pytest.param(detection(level=None), 0, "no", id="a detection without a level"),
]


@pytest.mark.parametrize(("activity", "level", "name"), LEVELS)
def test_level(activity, level, name):
    facts = entra_facts(activity)
    assert (facts.level, facts.level_name) == (level, name)


@pytest.mark.parametrize("activity", [pytest.param(console_login(), id="AWS"), pytest.param(process(), id="endpoint")])
def test_what_is_not_entra_has_no_facts(activity):
    assert entra_facts(activity) is None


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_detection_is_no_sign_in_whatever_its_outcome(outcome):
    facts = entra_facts(detection(outcome=outcome))
    assert (facts.sign_in, facts.success, facts.blocked) == (False, False, False)


def test_types_are_distinct_and_folded():
    facts = entra_facts(with_detections(sign_in(risk_types=("newCountry", " NEWCOUNTRY")), detection(risk_type="impossibleTravel")))
    assert facts.types == {"newcountry", "mcasimpossibletravel"}
