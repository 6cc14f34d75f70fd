"""The settings that only the function for the trail's bucket has; it also has those of the other one (``aws_lambda.settings``)."""

from collections.abc import Mapping

from gatewatch.settings import Setting, Values, read, required, setting
from gatewatch.settings.kinds import TEXT, matching

from .live_events import NONE
from .settings import HOST

TRAIL_BUCKET = required("TRAIL_BUCKET", matching(r"[a-z0-9.-]{3,63}", "the name of a bucket"), "the bucket of the organisation's trail")
TRAIL_PREFIX = setting(
    "TRAIL_PREFIX", TEXT, "", "what the keys of the trail begin with, before AWSLogs; Control Tower has the organisation's id there"
)
OBJECT_QUEUE_URL = required(
    "OBJECT_QUEUE_URL",
    matching(r"https?://\S+", "the address of a queue"),
    "the queue of notifications; what is left of an object goes back there",
)
OBJECT_DEAD_LETTER_QUEUE_URL = required(
    "OBJECT_DEAD_LETTER_QUEUE_URL", matching(r"https?://\S+", "the address of a queue"), "the dead-letter queue of objects that are refused"
)
LIVE_PLACES = setting(
    "LIVE_PLACES",
    matching(r"all|none|\d{12}/[a-z0-9-]+(,\d{12}/[a-z0-9-]+)*", "all, none, or ACCOUNT/REGION separated by commas"),
    NONE,
    "whose events EventBridge brings too: what the bucket stores first of these is counted as missing",
)

SETTINGS: tuple[Setting, ...] = (TRAIL_BUCKET, TRAIL_PREFIX, OBJECT_QUEUE_URL, OBJECT_DEAD_LETTER_QUEUE_URL, LIVE_PLACES)


def load(environment: Mapping[str, str]) -> Values:
    """These settings from the environment; raises ``ConfigError`` naming every variable that is missing or wrong."""
    return read(SETTINGS, environment, host=HOST)
