"""储备、谋划、实施 of a division (LZ-14, CZ-06, JX-09): its projects by batch and stage."""

from dataclasses import dataclass

from django.db.models import Count

from offices.models import Division, User
from projects.models import Project
from projects.rules.stages import PIPELINE_LABELS, STAGES, Pipeline, Stage


@dataclass(frozen=True)
class Batch:
    """One batch with the number of its projects, stage by stage (stages without any are there with 0)."""

    key: Pipeline
    label: str
    projects: int
    stages: tuple[tuple[Stage, int], ...]


def batches_of(user: User, division: Division) -> list[Batch]:
    """The batches of a division in their order (one grouped query)."""
    rows = Project.objects.visible_to(user).filter(**{division.column: division.pk})
    numbers = dict(rows.order_by().values_list("stage").annotate(number=Count("pk")))
    found = []
    for key, label in PIPELINE_LABELS.items():
        stages = tuple((stage, numbers.get(stage.key, 0)) for stage in STAGES if stage.pipeline == key)
        found.append(Batch(key, label, sum(number for _, number in stages), stages))
    return found


@dataclass(frozen=True)
class Level:
    """A stage with the projects that stand there (``here``) and those that have reached it or passed it (``reached``)."""

    stage: Stage
    here: int
    reached: int


def levels(user: User, division: Division, year: int) -> tuple[Level, ...]:
    """The stages of a year's projects in order, from the first to the last (one query); empty without any project."""
    rows = Project.objects.visible_to(user).filter(**{division.column: division.pk}, plan_year=year)
    counts = dict(rows.order_by().values_list("stage").annotate(Count("pk")))
    found, left = [], sum(counts.values())
    for stage in STAGES if left else ():
        here = counts.get(stage.key, 0)
        found.append(Level(stage, here, left))
        left -= here
    return tuple(found)
