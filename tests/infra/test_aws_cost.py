"""The estimate of costs counts what the templates deploy."""

from scripts import aws_cost
from tests.support.aws_templates import HOME, expanded


def together(*asked: int) -> float:
    return sum(line.dollars for line in aws_cost.lines(*asked))


def test_every_price_is_used_and_names_its_page() -> None:
    assert {line.unit for line in aws_cost.lines(1e6, 400, 17)} == set(aws_cost.PRICES)
    assert all(" pricing" in price.page for price in aws_cost.PRICES.values())


def test_alarms_are_those_of_the_home_stack_whatever_the_organisation() -> None:
    deployed = sum(one["Type"] == "AWS::CloudWatch::Alarm" for one in expanded(HOME)["Resources"].values())
    counted = {line.number for size in ((1, 1), (400, 17)) for line in aws_cost.lines(1e6, *size) if line.unit == "alarm"}
    assert counted == {deployed}


def test_more_sign_ins_and_more_accounts_cost_more() -> None:
    assert together(1_000_000, 1, 1) < together(2_000_000, 1, 1) < together(2_000_000, 400, 17)


def test_the_page_shows_the_sum_of_its_rows() -> None:
    rows = [row.split("|") for row in aws_cost.table().splitlines()[2:]]
    *numbers, total = (float(row[3].strip(" *")) for row in rows)
    assert abs(sum(numbers) - total) < 0.01 * len(rows)
