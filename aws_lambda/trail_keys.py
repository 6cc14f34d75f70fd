"""Where CloudTrail puts a log file in a bucket, and what a key says about the records in it.

Source: CloudTrail user guide, "Finding your CloudTrail log files": ``[prefix/]AWSLogs/[o-id/]<account>/CloudTrail/<region>/YYYY/MM/DD/<file>``,
with the date of delivery. Files of other kinds lie beside them: digests, insights, network activity, aggregated events, and what other
services write below ``AWSLogs``.
"""

import re

from msgspec import Struct

_KEY = re.compile(
    r"AWSLogs/(?:(?P<organization>o-[a-z0-9]{10,32})/)?(?P<account>\d{12})/(?P<kind>[A-Za-z0-9-]{1,64})/(?P<region>[a-z0-9-]{1,32})"
    r"/(?P<day>\d{4}/\d{2}/\d{2})/(?P<file>[^/\x00-\x1f\x7f\ud800-\udfff]{1,512})",
    re.ASCII,
)
_TIME = re.compile(r"_(\d{8}T\d{4})Z_", re.ASCII)
_LOGS = "CloudTrail"
_SIBLINGS = {
    "CloudTrail-Digest": "digest",
    "CloudTrail-Insight": "insight",
    "CloudTrail-NetworkActivity": "network_activity",
    "CloudTrail-Aggregated": "aggregated_events",
}

OUTSIDE, OTHER = "outside_of_the_prefix", "no_log_file_of_cloudtrail"
IGNORED = frozenset({OUTSIDE, OTHER, *_SIBLINGS.values()})
"""Every reason why an object of the bucket is ignored by its key."""


class LogFile(Struct, frozen=True):
    """What the key of a log file says. ``time`` is when it was delivered, as ``YYYYMMDDTHHmm`` (UTC), of the day alone where no more is known."""

    key: str
    account: str
    region: str
    time: str


def log_file(key: str, prefix: str) -> LogFile | str:
    """The log file at this key of a trail with this prefix ("" for none), or the reason why it is ignored."""
    begin = f"{prefix}/" if prefix else ""
    if not key.startswith(begin):
        return OUTSIDE
    match = _KEY.fullmatch(key.removeprefix(begin))
    if match is None or not match["file"].endswith((".json.gz", ".json")):
        return _SIBLINGS.get(match["kind"], OTHER) if match is not None else OTHER
    if match["kind"] != _LOGS:
        return _SIBLINGS.get(match["kind"], OTHER)
    time = _TIME.search(match["file"])
    return LogFile(key, match["account"], match["region"], time[1] if time else match["day"].replace("/", "") + "T0000")
