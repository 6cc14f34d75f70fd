"""Hostile command lines and scripts: they raise nothing, and twice the text costs about twice the work."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatewatch.flow.decoding import event as decode
from gatewatch.model import Event, RawRecord
from gatewatch.providers.endpoint.command_line import cmdlet_verdict, script_verdict, verdict_of
from gatewatch.providers.endpoint.redact import redact, redact_args

PIECES = [
    "az login", "Connect-AzAccount", "bash -c ", "cmd /c ", "powershell -c ", "powershell -enc ", "python3 -c ", "docker run ", "kubectl exec ",
    "ssh h ", "sudo ", "env ", "wmic process call create ", "schtasks /tr ", "'", '"', "`", "^", "\\", "$", "$(", "(", ")", "{", "}", "[", "]",
    "[char]65", "+", ",", "-f ", "-join ", "-replace ", ".Replace('a','b')", "'a'", '"$a"', "$a='b';", "$a", "& ", "| ", "iex ", "<<EOF\n",
    "EOF\n", "@'\n", "\n'@", "<#", "#>", "#", "%a%", "!a:~0,1!", "set a=b&", "FromBase64String('", "QUJD", "function x {", "Set-Alias a b;", "\n",
    "\x00", "\ue101", "\ue1010\ue102", "\ue103", "\ud800", "\u2013", "AWS_SECRET_ACCESS_KEY=", "= ", "--", "-e ", "<<<", "1..9", "[0]", "(gcm *)",
    "'a'|%{", "$_", "alias:", "\u200b", "{0}", "[string]::Join('',",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=40).map("".join)
NAMES = st.sampled_from(["az", "bash", "cmd.exe", "powershell.exe", "python3", "node", "docker", "curl", "xargs", "mshta.exe", None])


@settings(deadline=None)
@given(NAMES, TEXTS, st.lists(TEXTS, max_size=4), st.none() | st.sampled_from(["PowerShell.EXE", "Cmd.Exe", "python.exe"]))
def test_no_command_line_raises(name, line, args, original):
    assert verdict_of(name, line, args, original).sdk in {True, False}
    assert isinstance(redact(line), str)
    assert len(redact_args(args)) == len(args)


@settings(deadline=None)
@given(TEXTS, st.booleans(), TEXTS)
def test_no_script_and_no_cmdlet_raises(text, loaded, value):
    assert script_verdict(text, loaded=loaded).sdk in {True, False}
    assert cmdlet_verdict("Invoke-Expression", ["-Command", value]).sdk in {True, False}


@settings(deadline=None)
@given(TEXTS)
def test_no_document_raises(text):
    record = {"event": {"code": "4104", "category": "process"}, "powershell": {"file": {"script_block_text": text}}, "host": {"name": text}}

    assert not isinstance(decode(RawRecord(data=record)), Exception)
    assert isinstance(decode(RawRecord(data=record)), Event)


def work(run):
    """How many lines of our own code run; unlike a time, it is the same on every machine."""
    count = 0

    def tracer(frame, event, _arg):
        nonlocal count
        if "endpoint" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return tracer

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("piece", [piece for piece in PIECES if piece.isprintable()])
@pytest.mark.parametrize("shell", ["bash -c ", "cmd /c ", "powershell -c "])
def test_the_work_grows_with_the_text(shell, piece):
    short, long = (work(lambda text=shell + piece * count: verdict_of(shell.split()[0], text, [])) for count in (40, 80))

    assert long < 3 * short + 2_000


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_a_long_text_ends(piece):
    text = (piece * 20_000)[:16_000]

    assert {verdict_of(shell, f"{shell} -c {text}", []).sdk for shell in ("bash", "powershell", "python3")} == {False}
    assert script_verdict(text, loaded=False).sdk is False
