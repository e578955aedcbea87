"""The order of the reserve: weights that a place enters for a year, and facts of a project that the platform can't read by itself."""

from django.db import models
from django.db.models import Q

from offices.models import InDivision, Record, User
from projects.models.projects import Project


class RankingWeights(Record, InDivision):
    """Weights of the document's criteria for one division and year, 0 to 100 each. A change is a new row; the latest is in force."""

    class Of(models.TextChoices):
        """What they weigh."""

        RESERVE = "reserve", "储备库排序"
        UPPER_MONEY = "upper_money", "上级资金排序"
        ASSESSMENT = "assessment", "年度考核"

    of = models.CharField("用于", max_length=12, choices=Of.choices, default=Of.RESERVE)
    year = models.PositiveSmallIntegerField("年度")
    weights = models.JSONField("权重", help_text="criterion → 0…100")
    reason = models.CharField("依据", max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=("division", "of", "year", "id"), name="weights_of_year")]


class RankingFact(Record):
    """How far a criterion holds for a project, in per cent, with its evidence (拆违主动、出资承诺). A change is a new row."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="ranking_facts")
    criterion = models.CharField("条件", max_length=40)
    percent = models.PositiveSmallIntegerField("程度（%）")
    evidence = models.CharField("依据", max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(percent__lte=100), name="ranking_percent_to_100")]
        indexes = [models.Index(fields=("project", "criterion", "id"), name="ranking_facts_of_project")]
