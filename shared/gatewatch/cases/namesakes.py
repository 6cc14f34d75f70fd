"""Identities that have nothing but their name in common with the person: an OS user "megan" whom no alias joins with megan@example.com."""

from collections.abc import Collection

from ..model.tokens import person_token

_PERSON = person_token("")
_SHORTEST = 4


def namesakes(tokens: Collection[str]) -> set[str]:
    """The tokens of local names that are the first part of the person's address.

    What they find is shown as assumed: a name proves nothing, but whoever looks at a login wants to see the command line that came before it.
    """
    people = (token.removeprefix(_PERSON).partition("@") for token in tokens if token.startswith(_PERSON))
    return {person_token(name) for name, at, _ in people if at and len(name) >= _SHORTEST} - set(tokens)
