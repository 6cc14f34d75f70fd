"""What a poll meets on its way.

GatewatchError
├── LeaseLost             another worker holds the stream: this one stops and writes nothing
├── SourceUnavailable     the source is away or throttles: the watermark stays, the next run tries again
│   ├── DeadlineReached   no time is left in this run
│   └── SliceTooLong      the source does not get to the end of this stretch of time; a shorter one may do
├── SliceRefused          the source refuses this stretch of time; asking again gives the same answer
├── FilterRefused         the source does not take the question of a stream; another stream reads the same later
└── Behind                several runs in a row did not finish: the stream falls behind
"""

from ..errors import GatewatchError


class LeaseLost(GatewatchError):  # noqa: N818 - named for the state, as callers read it
    """Another worker holds this stream now: stop, write nothing."""


class SourceUnavailable(GatewatchError):  # noqa: N818 - named for the state, as callers read it
    """The source is away, throttles beyond the deadline, or gives unusable answers: the watermark stays, the next run tries again."""


class DeadlineReached(SourceUnavailable):
    """No time is left in this run."""


class SliceTooLong(SourceUnavailable):
    """The source does not get to the end of this slice: a shorter one may do."""


class SliceRefused(GatewatchError):  # noqa: N818 - named for the state, as callers read it
    """The source refuses this slice; asking again gives the same answer."""


class FilterRefused(GatewatchError):  # noqa: N818 - named for the state, as callers read it
    """The source does not take the question of this stream at all; other streams read the same records later."""


class Behind(GatewatchError):  # noqa: N818 - named for the state, as callers read it
    """Several runs in a row did not finish: each kept what it read, but the stream falls behind."""
