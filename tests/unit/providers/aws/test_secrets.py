"""Session tokens and authorization codes are removed from records that are kept as they came."""

import json

import pytest

from gatewatch.providers.aws.raw_samples import envelope, federation_token, portal
from gatewatch.providers.aws.secrets import without_tokens

TOKEN = "an-example-of-a-session-token"
PAGE = "https://d-90.awsapps.com/start/?state=s3cret&auth_code=s3cret&wdc_csrf_token=s3cret#x"
RECORD = envelope(federation_token(), "aws.sts")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps(RECORD), id="a record"),
        pytest.param(json.dumps(RECORD, indent=2), id="with blanks"),
        pytest.param(json.dumps({"body": json.dumps(RECORD)}), id="quoted in a message"),
        pytest.param(json.dumps({"body": json.dumps({"Message": json.dumps(RECORD)})}), id="quoted twice"),
    ],
)
def test_a_session_token_is_removed_and_the_rest_stays(text):
    found = without_tokens(text)

    assert TOKEN in text
    assert found == text.replace(TOKEN, "removed")


def test_a_token_with_escaped_slashes_is_removed_as_a_whole():
    assert without_tokens(r'{"sessionToken": "IQoJ\/b3Jp\/Z2", "a": 1}') == '{"sessionToken": "removed", "a": 1}'


def test_codes_in_an_address_are_removed():
    found = without_tokens(json.dumps(portal("UserAuthentication", 7, "PASSWORD", LoginTo=PAGE)))

    assert "s3cret" not in found
    assert json.loads(found)["additionalEventData"]["LoginTo"].startswith("https://d-90.awsapps.com/start/?state=removed&auth_code=removed")


def test_other_text_stays_as_it_is():
    assert (
        without_tokens('{"sessionTokens": "x", "a": "state of things", "b": 1') == '{"sessionTokens": "x", "a": "state of things", "b": 1'
    )
