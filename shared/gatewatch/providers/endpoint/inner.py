"""The commands inside a command: containers, clusters, remote shells, task schedulers and other wrappers."""

import re
from collections.abc import Callable, Iterator

from . import programs
from .programs import is_known, stem
from .shell_lexer import Word
from .unwrap import after_verb, behind, first_known

type Inner = list[Word] | str
"""A command as words, or a text that some shell reads."""

_CLOUD_IMAGE = re.compile(
    r"(?:^|/)(?:aws-cli|azure-cli|azure-powershell|cloud-sdk|google-cloud-cli|google-cloud-sdk|powershell|oci-cli|terraform|aliyun-cli|doctl)(?=[:@]|$)"
)
_ENTRY_POINTS = {"aws-cli": "aws", "terraform": "terraform", "oci-cli": "oci", "doctl": "doctl"}  # images whose entry point is the tool
_CONTAINER_VERBS = frozenset({"run", "exec", "create", "shell", "start"})
_CONTAINER_VALUED = frozenset({
    "-v", "--volume", "-e", "--env", "--env-file", "-w", "--workdir", "-u", "--user", "--name", "--network", "-p", "-l", "--mount", "--platform",
})  # fmt: skip
_CLUSTER_VERBS = frozenset({"exec", "run", "debug"})
_SSH_VALUED = frozenset("-" + flag for flag in "bcDEeFIiJLlmOopQRSWw") | {"-pw", "-P", "-hostkey"}
_KEYS = re.compile(r"(?:\\[nr]|\^M)+$")  # the Enter that tmux and screen type
_TEXTS = 8  # command lines among the words of one command
_SEPARATE_EXEC = frozenset({";", "\\;", "+"})


def inner_of(program: str, rest: list[Word]) -> Iterator[Inner]:
    """Everything that this program runs for its caller, as far as the command line says it."""
    if program in programs.WRAPPERS:
        yield from _wrapped(program, rest)
    if program in programs.VERB_WRAPPERS:
        tail = after_verb(rest, programs.VERB_WRAPPERS[program])
        if tail is not None:
            yield _package(program, behind(tail, frozenset({"-n", "--name", "-p", "--prefix", "--spec", "--package", "--from", "--with"})))
    if program in programs.NAMED_WRAPPERS:
        tail = after_verb(rest, programs.NAMED_WRAPPERS[program])
        yield first_known(tail or [])
    for special, reader in _READERS:
        if program in special:
            yield from reader(rest)
    if program in programs.TEXT_OPTIONS:
        yield from _texts(program, rest)


def _wrapped(program: str, rest: list[Word]) -> Iterator[Inner]:
    if program == "start" and rest and rest[0].quoted:
        rest = rest[1:]  # the title of the window
    found = behind(rest, programs.WRAPPERS[program])
    if program == "eval" or (len(found) == 1 and " " in found[0].text):
        yield " ".join(word.text for word in found)
    elif program == "env" and any(word.text in {"-S", "--split-string"} or word.text.startswith("-S") for word in rest[:4]):
        yield " ".join(word.text.removeprefix("-S") for word in rest)
    elif program == "chroot" and found and not is_known(stem(found[0].text)):
        yield found[1:]
    else:
        yield _package(program, found)


def _package(program: str, found: list[Word]) -> list[Word]:
    """The command of a Node package, by the name of its program."""
    if found and program in {"npx", "npm", "pnpm", "yarn", "bunx", "pnpx"}:
        name = found[0].text.casefold()
        bare = name[: name.rfind("@")] if name.rfind("@") > 0 else name
        if bare in programs.NODE_PACKAGES:
            return [Word(programs.NODE_PACKAGES[bare]), *found[1:]]
    return found


def _container(rest: list[Word]) -> Iterator[Inner]:
    tail = after_verb(rest, _CONTAINER_VERBS)
    if tail is None:
        return
    entry = ""
    for at, word in enumerate(tail):
        option, _, value = word.text.partition("=")
        if option == "--entrypoint":
            entry = value or (tail[at + 1].text if at + 1 < len(tail) else "")
        image = _CLOUD_IMAGE.search(word.text) if not word.text.startswith("-") else None
        if image is not None:
            yield _of_image(image.group().lstrip("/"), entry, tail[at + 1 :])
            return
    if entry and is_known(stem(entry)):
        argv = behind([word for word in tail if word.text not in {"--entrypoint", f"--entrypoint={entry}", entry}], _CONTAINER_VALUED)
        yield [Word(entry), *argv[1:]]
    yield first_known(tail)


def _of_image(image: str, entry: str, argv: list[Word]) -> list[Word]:
    program = entry or _ENTRY_POINTS.get(image, "")
    if not program or (argv and stem(argv[0].text) == program):
        return argv
    return [Word(program), *argv]


def _cluster(rest: list[Word]) -> Iterator[Inner]:
    tail = after_verb(rest, _CLUSTER_VERBS)
    if tail is None:
        return
    found = first_known(tail)
    image = next((_CLOUD_IMAGE.search(word.text) for word in tail if word.text.startswith("--image")), None)
    if image is not None and not any(word.text == "--command" for word in tail):
        found = _of_image(image.group().lstrip("/"), "", found or [])
    yield found


def _remote(rest: list[Word]) -> Iterator[Inner]:
    at = _after_options(rest, 0)
    at = _after_options(rest, at + 1)  # plink takes options behind the host as well
    yield " ".join(word.text for word in rest[at:] if word.text != "--")


def _after_options(rest: list[Word], at: int) -> int:
    while at < len(rest) and rest[at].text.startswith("-"):
        at += 2 if rest[at].text in _SSH_VALUED else 1
    return at


def _find(rest: list[Word]) -> Iterator[Inner]:
    for at, word in enumerate(rest):
        if word.text in {"-exec", "-execdir", "-ok", "-x", "--exec"}:
            end = next((n for n, part in enumerate(rest) if n > at and part.text in _SEPARATE_EXEC), len(rest))
            yield rest[at + 1 : end]


def _process_create(rest: list[Word]) -> Iterator[Inner]:
    """``wmic process call create "command"``, at times with a folder after a comma."""
    texts = [word.text for word in rest]
    lowered = [text.casefold() for text in texts]
    if "create" in lowered:
        yield " ".join(texts[lowered.index("create") + 1 :]).strip(" ,\"'").partition('","')[0]


def _scheduled_action(rest: list[Word]) -> Iterator[Inner]:
    """``New-ScheduledTaskAction -Execute 'az' -Argument 'login'``."""
    parts = [word.text for word in rest if word.quoted or not word.text.startswith("-")]
    yield " ".join(parts[:2])


def _start_process(rest: list[Word]) -> Iterator[Inner]:
    """``Start-Process az -ArgumentList 'login'``."""
    parts = [word.text for word in rest if word.quoted or not word.text.startswith("-")]
    yield " ".join(parts).replace(",", " ")


def _texts(program: str, rest: list[Word]) -> Iterator[Inner]:
    """The words that are command lines: after an option, or any with a blank where the program has no such option."""
    options = programs.TEXT_OPTIONS[program]
    left = _TEXTS
    for at, word in enumerate(rest):
        folded = word.text.casefold()
        option, mark, value = folded.partition("=")
        left -= folded in options or option in options or " " in word.text
        if left < 0:
            return
        if folded in options and at + 1 < len(rest):
            yield rest[at + 1].text if " " in rest[at + 1].text or len(options) > 1 else " ".join(part.text for part in rest[at + 1 :])
        elif (mark and f"{option}=" in options) or option in options:
            yield word.text[len(option) + 1 :] or (rest[at + 1].text if at + 1 < len(rest) else "") if value or mark else ""
        elif not options and " " in word.text:
            yield _KEYS.sub("", word.text)
    if program in {"tmux", "screen", "runas", "at"}:
        yield first_known(rest)


_READERS: tuple[tuple[frozenset[str], Callable[[list[Word]], Iterator[Inner]]], ...] = (
    (programs.CONTAINERS, _container),
    (programs.CLUSTERS, _cluster),
    (programs.REMOTES, _remote),
    (frozenset({"find", "fd"}), _find),
    (frozenset({"wmic"}), _process_create),
    (frozenset({"new-scheduledtaskaction"}), _scheduled_action),
    (frozenset({"start-process", "saps", "start"}), _start_process),
)
