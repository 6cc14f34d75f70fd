"""Objects of a bucket come in their order, a few of them fetched ahead; one that fails stops nothing."""

from gatewatch.model import RawRecord
from gatewatch.reading.files import Journal, RemoteObject, prefetched, read_sources


def remote(number, fetched, *, broken=False):
    def fetch(target):
        if broken:
            raise OSError("AccessDenied")
        fetched.append(number)
        target.write(b'{"n":%d}' % number)

    return RemoteObject(f"s3://b/{number}", 10, fetch)


def test_order_and_failures():
    fetched = []
    found = list(read_sources(prefetched(remote(n, fetched, broken=n == 3) for n in range(20)), journal=Journal()))
    assert [item.origin for item in found] == [f"s3://b/{n}:1" for n in range(20)]
    assert [(item.reason, item.detail) for item in found if not isinstance(item, RawRecord)] == [("file_unreadable", "AccessDenied")]
    assert sorted(fetched) == [n for n in range(20) if n != 3]


def test_no_more_are_fetched_ahead_than_asked_for():
    fetched, listed = [], []

    def objects():
        for n in range(100):
            listed.append(n)
            yield remote(n, fetched)

    reading = read_sources(prefetched(objects(), ahead=4), journal=Journal())
    next(reading)
    assert len(listed) == 4
