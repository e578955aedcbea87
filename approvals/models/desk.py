"""What makes an approver's desk: phrases that one writes every day."""

from django.db import models
from django.db.models import Q

from approvals.models.cases import ONE_OWNER
from offices.models import Body, Record, User


class Phrase(Record):
    """常用语: a text that goes into an opinion by one click; one's own, or the body's for everybody who decides for it."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    body = models.ForeignKey(Body, models.CASCADE, null=True, related_name="+", verbose_name="本单位")
    text = models.CharField("内容", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "常用语"
        constraints = [
            models.CheckConstraint(condition=ONE_OWNER, name="phrase_of_a_person_or_a_body"),
            models.CheckConstraint(condition=~Q(text=""), name="phrase_says_something"),
            models.UniqueConstraint(
                fields=("user", "text"), condition=Q(user__isnull=False), name="phrase_once_per_person"
            ),
            models.UniqueConstraint(
                fields=("body", "text"), condition=Q(body__isnull=False), name="phrase_once_per_body"
            ),
        ]
