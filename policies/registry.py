"""Which function answers which kind of question: ``manage.py rules`` prints it, so that a rule is found in under a minute."""

from collections.abc import Callable
from typing import TypeVar

from policies.kinds import KINDS

Function = TypeVar("Function", bound=Callable[..., object])
_ANSWERERS: dict[str, list[str]] = {}


def answers(*kinds: str) -> Callable[[Function], Function]:
    """Register the decorated function as one that answers ``kinds``. KeyError for a kind that ``policies.kinds`` does not know."""
    for kind in kinds:
        if kind not in KINDS:
            raise KeyError(kind)

    def register(function: Function) -> Function:
        name = f"{function.__module__}.{function.__qualname__}"
        for kind in kinds:
            names = _ANSWERERS.setdefault(kind, [])
            if name not in names:
                names.append(name)
        return function

    return register


def answerers() -> dict[str, tuple[str, ...]]:
    """Kind to the dotted names of the functions that answer it; kinds of modules not yet imported are absent."""
    return {kind: tuple(names) for kind, names in _ANSWERERS.items()}
