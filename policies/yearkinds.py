"""Parameters of what is asked of a division as a whole: what it files upward, how its year is assessed."""

from typing import Literal

from policies.model import Frozen


class UpwardFiling(Frozen):
    """What a division files with the office above. It is no step of a project."""

    files: tuple[Literal["contents", "standard"], ...]


class Assessment(Frozen):
    """A yearly scorecard: of the divisions below (``divisions``) or of a division's own bodies (``bodies``). Weights are the place's own.

    ``consequences``: what follows for the best and the worst in the document's words, key to words.
    """

    class Criterion(Frozen):
        """One criterion in the document's words; ``key`` names the figure of the platform that answers it."""

        key: Literal[
            "results", "satisfaction", "residents_money", "tasks_done", "on_time", "opinions_given", "duties_in_time"
        ]
        words: str

    of: Literal["divisions", "bodies"]
    criteria: tuple[Criterion, ...]
    consequences: dict[Literal["favoured", "criticised", "summoned"], str] = {}
