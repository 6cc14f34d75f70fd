"""Keys of a trail's bucket, as the CloudTrail user guide and landing zones write them."""

import pytest

from aws_lambda.trail_keys import LogFile, log_file

NAME = "111122223333_CloudTrail_eu-west-1_20261121T1155Z_AbCdEfGhIjKlMnOp.json.gz"
HERE = "CloudTrail/eu-west-1/2026/11/21"


@pytest.mark.parametrize(
    ("key", "prefix"),
    [
        pytest.param(f"AWSLogs/111122223333/{HERE}/{NAME}", "", id="one account"),
        pytest.param(f"AWSLogs/o-abcdefghij/111122223333/{HERE}/{NAME}", "", id="an organisation"),
        pytest.param(f"trails/all/AWSLogs/o-abcdefghij/111122223333/{HERE}/{NAME}", "trails/all", id="a prefix"),
        pytest.param(f"o-abcdefghij/AWSLogs/o-abcdefghij/111122223333/{HERE}/{NAME}", "o-abcdefghij", id="Control Tower"),
    ],
)
def test_a_log_file_names_its_account_and_time(key: str, prefix: str) -> None:
    assert log_file(key, prefix) == LogFile(key, "111122223333", "eu-west-1", "20261121T1155")


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        pytest.param(f"AWSLogs/111122223333/{HERE}/{NAME}", "outside_of_the_prefix", id="outside"),
        pytest.param("trail/AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/21/x.json.gz", "digest", id="a digest"),
        pytest.param("trail/AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/2026/11/21/x.json.gz", "insight", id="an insight"),
        pytest.param(
            "trail/AWSLogs/111122223333/CloudTrail-Aggregated/eu-west-1/2026/11/21/x.json.gz", "aggregated_events", id="aggregated"
        ),
        pytest.param(f"trail/AWSLogs/11112222333/{HERE}/{NAME}", "no_log_file_of_cloudtrail", id="no account"),
        pytest.param(f"trail/AWSLogs/111122223333/../{HERE}/{NAME}", "no_log_file_of_cloudtrail", id="a path upwards"),
        pytest.param(f"trail/AWSLogs/111122223333/{HERE}/deeper/{NAME}", "no_log_file_of_cloudtrail", id="deeper"),
        pytest.param(f"trail/AWSLogs/111122223333/{HERE}/x.exe", "no_log_file_of_cloudtrail", id="another file"),
        pytest.param("trail/AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/11/21/x.json.gz", "no_log_file_of_cloudtrail", id="flow logs"),
        pytest.param("trail/", "no_log_file_of_cloudtrail", id="a folder"),
    ],
)
def test_everything_else_is_ignored_by_name(key: str, reason: str) -> None:
    assert log_file(key, "trail") == reason


def test_a_file_without_a_time_has_its_day() -> None:
    found = log_file(f"AWSLogs/111122223333/{HERE}/copy.json.gz", "")
    assert isinstance(found, LogFile)
    assert found.time == "20261121T0000"
