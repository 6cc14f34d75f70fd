"""How often ordinary people do what an attacker does too. One row a habit: the rate and where it comes from.

Doubling every rate doubles the habits, not the ordinary work. "assumed" rows are guesses on the high side; they say so on the page.
"""

from typing import NamedTuple

MONTH = 30.0


class Rate(NamedTuple):
    """``value`` is a share, or a number a month for each person it concerns."""

    value: float
    unit: str
    source: str


RATES: dict[str, Rate] = {
    "trip_abroad": Rate(
        0.05, "trips a person and month, 3 days each", "405 million long-distance business trips a year in the US (BTS), about 0.2 a worker and month; a quarter beyond 250 miles taken as abroad"
    ),
    "trip_at_home": Rate(0.16, "trips a person and month, 2 days each", "the rest of the same trips: another network, the same country"),
    "new_phone": Rate(1 / 24, "a person and month", "replacement cycle of 24.1 months (US, 2018, quoted by nextdraft.com)"),
    "new_laptop": Rate(1 / 42, "a person and month", "assumed: a company laptop serves three and a half years"),
    "private_vpn": Rate(0.13, "share of people, 2 days a month each", "13 % of remote workers use a private VPN all of the time (YouGov poll, techradar.com)"),
    "cafe_network": Rate(1.0, "days a person and month", "assumed: a hotspot or a guest network once a month"),
    "home_days": Rate(0.4, "share of working days", "27 to 42 % of users worked remotely on a weekday in early 2020 (Netskope, darkreading.com)"),
    "home_provider_change": Rate(1 / 36, "a person and month", "assumed: a new provider every three years"),
    "wrong_password": Rate(0.03, "share of sign-ins", "assumed: one mistyped password in thirty sign-ins"),
    "lockout": Rate(0.02, "a person and month", "assumed: ten wrong passwords in a row before the right one, eight times a month in all"),
    "single_factor_control_plane": Rate(
        0.0025, "share of control-plane sign-ins", "38 % of monthly users had MFA in 2024 (practical365.com), but Microsoft enforces it for the portals and command lines since: what is left is assumed"
    ),
    "device_code": Rate(2.0, "a month for each of 10 developers on remote machines", "assumed: most tenants could block the flow (Microsoft's Zero Trust Assessment, test 21808)"),
    "token_verb": Rate(8.0, "an hour for each of 40 developers at work", "SDKs call `az account get-access-token` for every process that starts (azure-identity 1.27)"),
    "ci_login": Rate(24.0, "a day for each of 12 CI agents", "assumed: a pipeline an hour, each with a login of a cloud command line"),
    "cli_login": Rate(4.0, "a month for each of 60 cloud people", "assumed: `az login` or `aws sso login` once a week"),
    "guest": Rate(4.0, "sign-ins a month for each of 25 guests", "assumed: a guest opens a shared document once a week, from the guest's own network"),
    "medium_risk": Rate(0.0125, "a person and month", "assumed: five medium-risk sign-ins a month, the half of them confirmed safe within two days"),
    "spray_background": Rate(30.0, "people a day, one wrong password each, from addresses of their own", "assumed: the tenant's share of the internet's daily password spraying; it never succeeds"),
    "hosted_ci_network": Rate(1.0, "new networks a day for each of 4 pipelines on hosted runners", "GitHub's meta API lists thousands of ranges for hosted runners"),
}  # fmt: skip


def scaled(factor: float) -> dict[str, float]:
    """Every rate times this factor; a share never beyond one."""
    return {name: min(rate.value * factor, 1.0) if "share" in rate.unit else rate.value * factor for name, rate in RATES.items()}
