"""A noun beside its number, in English."""


def noun(number: int, one: str, many: str = "") -> str:
    """The noun in the form that the number asks for; ``many`` where it is not ``one`` and an s."""
    return one if number == 1 else many or f"{one}s"


def counted(number: int, one: str, many: str = "") -> str:
    """The number and its noun, such as ``1 alert`` and ``2,000 alerts``."""
    return f"{number:,} {noun(number, one, many)}"
