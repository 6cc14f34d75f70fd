"""Source addresses."""

import pytest

from gatewatch.reading.address import ip_of, is_private


@pytest.mark.parametrize(
    ("written", "ip"),
    [
        ("198.51.100.23", "198.51.100.23"),
        (" 198.51.100.23\n", "198.51.100.23"),
        ("198.51.100.23:443", "198.51.100.23"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:0DB8:0:0::1", "2001:db8::1"),
        ("::ffff:198.51.100.23", "198.51.100.23"),
        ("[::ffff:198.51.100.23]:80", "198.51.100.23"),
        ("AWS Internal", None),
        ("cloudformation.amazonaws.com", None),
        ("127.0.0.0/8", None),
        ("225.01.00.16", None),
        ("123.456.7.89", None),
        ("fe80::1%eth0", None),
        ("1.2.3.4:99999999", None),
        ("1.2.3", None),
        ("16909060", None),
        ("", None),
        ("9" * 1000, None),
    ],
)
def test_what_is_an_ip_address(written, ip):
    assert ip_of(written) == ip


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.1.1", "fd00::1", "::1", "fe80::1", "::ffff:10.0.0.1"]
)
def test_private(address):
    assert is_private(address)


@pytest.mark.parametrize(
    "address",
    ["203.0.113.5", "::ffff:203.0.113.5", "198.51.100.1", "192.0.2.1", "172.32.0.1", "100.64.0.1", "2001:db8::1", "AWS Internal", ""],
)
def test_not_private(address):
    assert not is_private(address)
