"""Which function answers which kind of question, and which page shows it: ``manage.py rules`` prints both, so that a rule is found in
under a minute. To show the words of a rule is not to enforce it: the two are kept apart."""

from collections.abc import Callable
from typing import TypeVar

from policies.kinds import KINDS

Function = TypeVar("Function", bound=Callable[..., object])
_ANSWERERS: dict[str, list[str]] = {}
_SHOWERS: dict[str, list[str]] = {}


def answers(*kinds: str) -> Callable[[Function], Function]:
    """Register the decorated function as one that answers ``kinds``. KeyError for a kind that ``policies.kinds`` does not know."""
    return _registering(_ANSWERERS, kinds)


def shows(*kinds: str) -> Callable[[Function], Function]:
    """Register the decorated function as one that shows provisions of ``kinds`` with clause and quote, and does nothing more about them."""
    return _registering(_SHOWERS, kinds)


def _registering(register: dict[str, list[str]], kinds: tuple[str, ...]) -> Callable[[Function], Function]:
    for kind in kinds:
        if kind not in KINDS:
            raise KeyError(kind)

    def add(function: Function) -> Function:
        name = f"{function.__module__}.{function.__qualname__}"
        for kind in kinds:
            names = register.setdefault(kind, [])
            if name not in names:
                names.append(name)
        return function

    return add


def answerers() -> dict[str, tuple[str, ...]]:
    """Kind to the dotted names of the functions that answer it; kinds of modules not yet imported are absent."""
    return {kind: tuple(names) for kind, names in _ANSWERERS.items()}


def showers() -> dict[str, tuple[str, ...]]:
    """Kind to the dotted names of the functions that show it."""
    return {kind: tuple(names) for kind, names in _SHOWERS.items()}
