"""Which channels are wanted, served and broken."""

from collections.abc import Mapping

import pytest

from gatewatch.errors import ConfigError
from gatewatch.notify import settings as notify
from gatewatch.settings import Configuration, read

WEBHOOK = "TEAMS_WEBHOOK_URL"
GOOD, BAD = {WEBHOOK: "https://teams.example/hook"}, {WEBHOOK: "no address"}


def configured(mapping: Mapping[str, str]) -> Configuration:
    return Configuration(read(notify.settings(()), mapping, tolerated=notify.channel_settings(())))


@pytest.mark.parametrize(
    ("mapping", "wanted", "served", "broken"),
    [
        pytest.param({}, (), set(), set(), id="nothing"),
        pytest.param(GOOD, ("teams",), {"teams"}, set(), id="a webhook"),
        pytest.param(BAD, ("teams",), set(), {"teams"}, id="a wrong webhook is still wanted"),
        pytest.param({**BAD, "NOTIFY_CHANNELS": "sns,teams"}, ("sns", "teams"), set(), {"teams"}, id="named and wrong"),
        pytest.param({**BAD, "NOTIFY_CHANNELS": "sns"}, ("sns",), set(), set(), id="wrong and not wanted"),
        pytest.param({**GOOD, "NOTIFY_CHANNELS": "sns"}, ("sns",), set(), set(), id="right and not wanted"),
        pytest.param({"NOTIFY_CHANNELS": "teams"}, ("teams",), set(), set(), id="named and served elsewhere"),
    ],
)
def test_a_channel_with_a_wrong_setting_is_wanted_and_not_served(
    mapping: Mapping[str, str], wanted: tuple[str, ...], served: set[str], broken: set[str]
):
    configuration = configured(mapping)
    assert notify.channels(configuration, ()) == wanted
    assert set(notify.notifiers(configuration, {})) == served
    assert set(notify.broken_channels(configuration, ())) == broken


def test_what_is_wrong_with_a_channel_is_said_without_the_value():
    assert notify.broken_channels(configured(BAD), ()) == {"teams": (f"{WEBHOOK} must be an https:// address without credentials in it",)}


def test_only_the_channels_own_settings_are_tolerated():
    with pytest.raises(ConfigError, match="NOTIFY_CHANNELS"):
        configured({"NOTIFY_CHANNELS": "pager"})
