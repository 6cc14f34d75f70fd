"""Whether an answer says that it is not the whole of what was asked for: one page of several, or the first hits of many.

Graph: ``@odata.nextLink`` (paging, learn.microsoft.com/graph/paging); AWS: ``NextToken`` of lookup-events, ``nextToken`` of CloudWatch Logs;
Elasticsearch: ``hits.total`` beside the hits (10 of them unless more are asked for).
"""

import re

GOES_ON = "more_pages"

_ENDS = 8_192  # bytes at the end of an answer in which its own members are looked for; the link to a next page may be long
_HEAD = 4_096
_NEXT = rb'"(?:@?odata\.nextLink|nextLink|[nN]extToken|next_token|[nN]extMarker|nextPageToken)"\s*:\s*"[^"]'
_TEXT = rb'"(?:[^"\\]++|\\.)*+"'
_MEMBER = _TEXT + rb"\s*:\s*(?:" + _TEXT + rb"|[-+.\w]++)\s*"
_BEFORE = re.compile(rb"\s*\{\s*(?:" + _MEMBER + rb",\s*)*?" + _NEXT)
_BEHIND = re.compile(rb"\s*,\s*(?:" + _MEMBER + rb",\s*)*?" + _NEXT)
_AT_END = re.compile(rb"[\]}]" + _BEHIND.pattern + rb'(?:[^"\\]++|\\.)*+"\s*(?:,\s*' + _MEMBER + rb")*\}\s*\Z")
_HITS = re.compile(
    rb'\s*\{[^{}\[\]]*(?:"_shards"\s*:\s*\{[^{}\[\]]*\}[^{}\[\]]*)?"hits"\s*:\s*\{\s*"total"\s*:\s*(?:\{\s*"value"\s*:\s*)?(\d{1,18})\b'
)


def goes_on(body: bytes) -> bool:
    """Whether this answer, which is whole as JSON, says that there is more than it holds."""
    if body[:1] != b"{":
        return False
    hits = _HITS.match(body, 0, _HEAD)
    if hits is not None:
        return int(hits[1]) > body.count(b'"_index"')
    return begins_so(body[:_HEAD]) or _AT_END.search(body, max(0, len(body) - _ENDS)) is not None


def begins_so(head: bytes) -> bool:
    """The same of the beginning of an answer, before its list."""
    return _BEFORE.match(head) is not None


def ends_so(rest: bytes) -> bool:
    """The same of what follows behind the list of an answer."""
    return _BEHIND.match(rest) is not None
