"""After the works: archive, facilities handed over, who manages each community now, rules of the owners, joint meetings."""

from django.db import models
from django.db.models import Q

from communities.models import Community
from offices.models import InDivision, StoredFile, User
from projects.models.acceptance import Checked, Scoped
from projects.models.projects import Project


class Archive(Checked, InDivision):
    """项目档案 (CZ-08, JX-10): its papers in and missing; closed, with number and shelf, by a second person (``checked_by``)."""

    project = models.OneToOneField(Project, models.PROTECT, related_name="archive")
    number = models.CharField("档案号", max_length=60, blank=True)
    shelf = models.CharField("存放位置", max_length=120, blank=True)
    keeper = models.CharField("保管单位", max_length=80, blank=True)

    class Meta(Checked.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "项目档案"


class ArchivePaper(models.Model):
    """A paper of the list that lies in the archive, or by its reason does not belong to this project."""

    archive = models.ForeignKey(Archive, models.PROTECT, related_name="papers")
    key = models.SlugField(max_length=40)
    pages = models.PositiveIntegerField("页数", null=True)
    reason = models.CharField("不适用的原因", max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("archive", "key"), name="archive_paper_once"),
            models.CheckConstraint(
                condition=Q(pages__isnull=False, pages__gt=0, reason="") | Q(pages__isnull=True) & ~Q(reason=""),
                name="archive_paper_in_or_not_applicable",
            ),
        ]


class Handover(Checked):
    """A facility handed over after the works (LZ-03, RC-06), or the community to its property company (CZ-05)."""

    class Receiver(models.TextChoices):
        """To whom; the keys of the gates' lists."""

        UTILITY = "utility", "专营单位"
        PROPERTY_COMPANY = "property_company", "物业服务企业"
        OWNERS = "owners", "业主（业主委员会）"
        GOVERNMENT = "government", "政府部门"

    project = models.ForeignKey(Project, models.PROTECT, related_name="handovers")
    facility = models.CharField("移交内容", max_length=80)
    item = models.UUIDField(null=True, help_text="the line of the scheme that it answers")
    giver = models.CharField("移交单位", max_length=80)
    receiver_kind = models.CharField("接收方类别", max_length=20, choices=Receiver.choices)
    receiver = models.CharField("接收单位", max_length=80)
    standard = models.CharField("符合的技术标准", max_length=200)
    on = models.DateField("移交日期")
    number = models.CharField("移交清单编号", max_length=60, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="移交清单")

    class Meta(Checked.Meta):
        abstract = False


class Manager(Checked, InDivision):
    """Who manages a community, since when and by which contract. A change ends the row and begins another: the history stays."""

    class Mode(models.TextChoices):
        """管理模式: the words of the documents."""

        SELF = "self", "居民自治管理"
        SEMI = "semi", "半自助自治管理（购买社会服务与自治相结合）"
        COMPANY = "company", "物业公司管理"
        STAND_IN = "stand_in", "社区（居委会）代管"

    community = models.ForeignKey(Community, models.PROTECT, related_name="managers")
    mode = models.CharField("管理模式", max_length=10, choices=Mode.choices)
    name = models.CharField("管理人", max_length=80, help_text="单位或组织的名称，不写个人姓名")
    phone = models.CharField("对外电话", max_length=30, help_text="办公电话，居民页面公开")
    since = models.DateField("起始日")
    until = models.DateField("合同到期日", null=True, blank=True)
    paper = models.CharField("合同或决定", max_length=120)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="合同或决定扫描件")
    ended_on = models.DateField("结束日", null=True, editable=False)
    ended_reason = models.CharField("变更原因", max_length=200, blank=True)

    objects = Scoped.as_manager()

    class Meta(Checked.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "小区管理"
        constraints = [
            *Checked.Meta.constraints,
            models.UniqueConstraint(
                fields=("community",), condition=Q(ended_on__isnull=True), name="one_manager_at_a_time"
            ),
        ]


class AftercareRecord(Checked, InDivision):
    """管理规约、议事规则、联席会议、维修资金机制: what was agreed, when, by whom. Mended by a later row."""

    class Kind(models.TextChoices):
        """What it is."""

        COVENANT = "management_covenant", "管理规约"
        PROCEDURE = "rules_of_procedure", "业主议事规则"
        MEETING = "joint_meeting", "联席会议"
        FUND = "maintenance_fund", "维修资金归集、使用、续筹机制"

    project = models.ForeignKey(Project, models.PROTECT, related_name="aftercare_records")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=20, choices=Kind.choices)
    on = models.DateField("日期")
    bodies = models.CharField("参加单位", max_length=300, blank=True, help_text="单位名称，不写个人姓名")
    words = models.TextField("内容", max_length=2000)
    collection = models.CharField("归集", max_length=500, blank=True)
    use = models.CharField("使用", max_length=500, blank=True)
    renewal = models.CharField("续筹", max_length=500, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="文件")

    objects = Scoped.as_manager()

    class Meta(Checked.Meta):
        abstract = False
        indexes = [models.Index(fields=("project", "kind", "id"), name="aftercare_records_of")]
        constraints = [
            *Checked.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(kind="maintenance_fund") | ~Q(collection="") & ~Q(use="") & ~Q(renewal=""),
                name="fund_mechanism_says_all_three",
            ),
            models.CheckConstraint(condition=~Q(kind="joint_meeting") | ~Q(bodies=""), name="joint_meeting_names_who"),
        ]
