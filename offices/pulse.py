"""Signs of life of tasks and commands: each leaves one when it is done, so that silence is seen."""

import datetime as dt

from offices.models import Pulse


def beat(name: str, at: dt.datetime) -> None:
    """``name`` has come to its end."""
    Pulse.objects.update_or_create(name=name, defaults={"at": at})


def heard() -> dict[str, dt.datetime]:
    """The last sign of each."""
    return dict(Pulse.objects.values_list("name", "at"))
