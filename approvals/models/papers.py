"""Evidence that a gate stands on: papers recorded by one person and checked by another, and exceptions by strength."""

from django.db import models
from django.db.models import F, Q

from offices.models import InDivision, Record, StoredFile, User


class Paper(Record, InDivision):
    """A recorded paper: what it shows (``evidence``), its figures, its day, its scan, who entered and who checked it.

    ``figures`` is what the pure function of the evidence asks for (households, agreeing; posted_on, closed_on…) as texts and ints.
    A mended paper supersedes the earlier one; both stay.
    """

    subject_type = models.CharField(max_length=40)
    subject_uid = models.UUIDField()
    evidence = models.CharField("证明事项", max_length=40)
    title = models.CharField("名称", max_length=120)
    figures = models.JSONField("数据", default=dict)
    day = models.DateField("日期")
    document_number = models.CharField("文号", max_length=60, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="扫描件")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间")
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="复核人")
    checked_at = models.DateTimeField("复核时间", null=True)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")

    class Meta:
        verbose_name = verbose_name_plural = "书面材料"
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("entered_by")), name="paper_checked_by_another"
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True, checked_at__isnull=True)
                | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="paper_check_has_person_and_time",
            ),
            models.UniqueConstraint(  # with the one-to-one of ``supersedes``: one chain, one paper that stands
                fields=("subject_type", "subject_uid", "evidence"),
                condition=Q(supersedes__isnull=True),
                name="one_first_paper_per_evidence",
            ),
        ]
        indexes = [models.Index(fields=("subject_type", "subject_uid", "evidence"), name="paper_of_subject")]


class GateException(Record, InDivision):
    """What opens a gate that is not met: a document of the issuing level (must) or a leader's reason (in_principle).

    Never under a statute (a floor). Shown wherever the subject is shown.
    """

    subject_type = models.CharField(max_length=40)
    subject_uid = models.UUIDField()
    rule_id = models.CharField(max_length=8)
    step = models.CharField(max_length=12)
    evidence = models.CharField(max_length=40)
    strength = models.CharField(max_length=16)
    document_number = models.CharField("例外文件文号", max_length=60, blank=True)
    issuer = models.CharField("发文机关", max_length=80, blank=True)
    issued_on = models.DateField("发文日期", null=True, blank=True)
    reason = models.TextField("理由")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("subject_type", "subject_uid", "rule_id", "step", "evidence"),
                condition=Q(withdrawn_at__isnull=True),
                name="one_open_exception_per_gate",
            ),
            models.CheckConstraint(
                condition=~Q(strength="must") | (~Q(document_number="") & Q(issued_on__isnull=False)),
                name="must_is_opened_by_a_document",
            ),
        ]
