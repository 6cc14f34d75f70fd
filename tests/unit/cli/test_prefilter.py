"""`gatewatch prefilter`: which query is printed, for whose policy, and what is a wrong command line."""

import pytest


@pytest.mark.parametrize("engine", ["athena", "spark", "kql", "duckdb"])
def test_the_query_says_how_it_is_used_and_what_it_leaves_out(engine, gatewatch):
    whole, less = (gatewatch("prefilter", "--for", engine, *options) for options in ((), ("--without-familiarity",)))

    assert (whole.code, less.code) == (0, 0)
    assert "gives the same alerts as a replay of everything" in whole.out
    assert "see less than in a replay of everything" in less.out
    assert len(less.out) < len(whole.out)


def test_the_people_of_a_policy_are_in_it(gatewatch, tmp_path, filled):
    tuning = tmp_path / "tuning.toml"
    tuning.write_text('break_glass = ["Emergency@contoso.example"]\n')
    applied = gatewatch("tuning", "apply", tuning, "--base", 0, "--store", filled, "--by", "x")

    from_file = gatewatch("prefilter", "--for", "kql", "--tuning", tuning)
    from_store = gatewatch("prefilter", "--for", "kql", "--tuning", "stored", "--store", filled)

    assert applied.code == 0, applied.err
    assert '"emergency@contoso.example"' in from_file.out
    assert from_store.out == from_file.out


def test_another_table_and_column(gatewatch):
    ran = gatewatch("prefilter", "--for", "duckdb", "--table", "lake.raw", "--column", "body")

    assert 'FROM "lake"."raw"' in ran.out
    assert 'SELECT "body"' in ran.out


@pytest.mark.parametrize(
    "argv",
    [
        pytest.param(("--for", "athena", "--table", "a\nb"), id="a name that no query can hold"),
        pytest.param(("--for", "athena", "--tuning", "absent.toml"), id="no such file"),
    ],
)
def test_a_wrong_command_line(gatewatch, argv):
    ran = gatewatch("prefilter", *argv)

    assert ran.code == 2
    assert ran.out == ""
    assert ran.err


@pytest.mark.parametrize(
    "argv",
    [("-", "--engine", "spark"), ("--from", "sqlite:x", "--engine", "spark"), ("a.json", "--compare", "t.toml", "--engine", "spark")],
)
def test_spark_reads_only_paths(gatewatch, argv):
    ran = gatewatch("replay", *argv)

    assert ran.code == 2
    assert "--engine spark reads paths" in ran.err
