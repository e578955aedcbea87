"""Forms of acceptance and aftercare. They parse; the actions decide."""

from typing import Any

from django import forms

from projects.forms import DayField
from projects.models import AftercareRecord, Handover, Manager, Project
from projects.queries.acceptance import AcceptancePage
from projects.rules.acceptance import ARCHIVE_LIST, REPORT

SCAN = "PDF、JPG、PNG"


class RowForm(forms.Form):
    """A form about a project; ``view`` is what its page knows."""

    def __init__(self, *args: Any, project: Project, view: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project, self.view = project, view
        if "community" in self.fields:
            parts = project.parts.select_related("community").order_by("pk")
            self.communities = {str(part.community.uid): part.community for part in parts}
            self.choose("community", [(uid, place.name) for uid, place in self.communities.items()])
        self.prepare()

    def prepare(self) -> None:
        """Choices that depend on the project."""

    def choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Choices of a field."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_community(self) -> Any:
        """The community itself."""
        return self.communities[self.cleaned_data["community"]]


class OpenForm(RowForm):
    """Begin an acceptance."""

    held_on = DayField(label="验收日期")
    place = forms.CharField(label="验收地点", max_length=120, required=False)


class SeparateForm(RowForm):
    """A part accepted by its competent body."""

    key = forms.ChoiceField(label="内容")
    body = forms.CharField(label="验收的主管部门", max_length=80)
    passed_on = DayField(label="验收合格日期")
    number = forms.CharField(label="文号或编号", max_length=60, required=False)
    upload = forms.FileField(label="验收文件", required=False, help_text=SCAN)

    def prepare(self) -> None:
        """What this project has of it."""
        view: AcceptancePage = self.view
        self.choose("key", [(each.key, each.label) for each, _ in view.separate])


class SignForm(RowForm):
    """Who signed."""

    key = forms.ChoiceField(label="参加方")
    unit = forms.CharField(label="单位名称", max_length=120)
    signer = forms.CharField(label="签字人", max_length=40, help_text="个人信息：只在本系统内遮盖显示，不公开")
    signed_on = DayField(label="签字日期")
    agrees = forms.ChoiceField(
        label="意见", choices=[("yes", "同意验收"), ("no", "不同意验收")], widget=forms.RadioSelect
    )
    opinion = forms.CharField(label="意见内容", max_length=500, required=False, help_text="不同意的必须写明")
    upload = forms.FileField(label="签字页", required=False, help_text=SCAN)

    def prepare(self) -> None:
        """The parties that the document names."""
        view: AcceptancePage = self.view
        self.choose("key", [(each.key, each.label) for each in view.asked if each.key != REPORT])

    def clean_agrees(self) -> bool:
        """Yes or no."""
        return bool(self.cleaned_data["agrees"] == "yes")


class ReportForm(RowForm):
    """The report."""

    upload = forms.FileField(label="竣工验收报告", help_text=SCAN)


class ConfirmForm(RowForm):
    """The second person's confirmation."""

    passed_on = DayField(label="验收合格日期", help_text="保修期和备案期限自这一天起计算")
    conclusion = forms.CharField(label="验收结论", max_length=500, widget=forms.Textarea)
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        """The signatures as they are seen now."""
        self.initial["expected_version"] = self.view.row.version if self.view.row else None


class WarrantyForm(RowForm):
    """What N-07 leaves to the design and the place."""

    design_life = forms.IntegerField(label="设计合理使用年限（年）", required=False, min_value=1, max_value=100)
    seasons_end = DayField(label="第二个采暖期、供冷期结束日", required=False)

    def prepare(self) -> None:
        """As entered before."""
        row = self.view.row
        if row is not None:
            self.initial = {"design_life": row.design_life, "seasons_end": row.seasons_end}


class FilingForm(RowForm):
    """The filing."""

    filed_on = DayField(label="备案日期")
    filing_number = forms.CharField(label="备案编号", max_length=60)
    upload = forms.FileField(label="备案文件", required=False, help_text=SCAN)


class SpotCheckForm(RowForm):
    """The city's spot check."""

    on = DayField(label="抽检日期")
    passed = forms.ChoiceField(label="核验结果", choices=[("yes", "合格"), ("no", "不合格")], widget=forms.RadioSelect)
    findings = forms.CharField(label="核验意见", max_length=500, widget=forms.Textarea)

    def clean_passed(self) -> bool:
        """Yes or no."""
        return bool(self.cleaned_data["passed"] == "yes")


class DefectForm(RowForm):
    """A defect of the acceptance."""

    text = forms.CharField(label="问题", max_length=500, widget=forms.Textarea, help_text="不写个人信息")
    owner = forms.CharField(label="整改单位", max_length=80)
    found_on = DayField(label="发现日期")
    due_on = DayField(label="整改期限")
    upload = forms.FileField(label="照片", required=False, help_text="JPG、PNG、WEBP")


class ClaimForm(DefectForm):
    """A report within the warranty."""

    component = forms.ChoiceField(label="保修部位")
    field_order = ("component", "text", "owner", "found_on", "due_on", "upload")

    def prepare(self) -> None:
        """The parts of the warranty."""
        self.choose("component", [(part.key, part.label) for part in self.view.parts])
        self.fields["found_on"].label = "报修日期"


class MendForm(RowForm):
    """Mended."""

    mended_on = DayField(label="整改完成日")
    note = forms.CharField(label="整改情况", max_length=500, widget=forms.Textarea)


class SeeForm(RowForm):
    """Seen again."""

    seen_on = DayField(label="复验日期")
    good = forms.ChoiceField(
        label="复验结果", choices=[("yes", "合格"), ("no", "不合格，退回整改")], widget=forms.RadioSelect
    )
    reason = forms.CharField(label="不合格的原因", max_length=300, required=False)

    def clean_good(self) -> bool:
        """Yes or no."""
        return bool(self.cleaned_data["good"] == "yes")


class RevisitForm(RowForm):
    """A revisit before a warranty ends."""

    key = forms.ChoiceField(label="保修部位")
    on = DayField(label="回访日期")

    def prepare(self) -> None:
        """The parts whose end is known."""
        self.choose("key", [(part.key, part.label) for part in self.view.parts if part.ends_on])


class ArchiveForm(RowForm):
    """A paper of the archive."""

    key = forms.ChoiceField(label="材料", choices=list(ARCHIVE_LIST))
    pages = forms.IntegerField(label="页数", required=False, min_value=1, max_value=100_000)
    reason = forms.CharField(
        label="不适用的原因", max_length=200, required=False, help_text="已有的填页数；本项目没有的写原因"
    )


class CloseArchiveForm(RowForm):
    """The archive is closed."""

    number = forms.CharField(label="档案号", max_length=60)
    shelf = forms.CharField(label="存放位置", max_length=120)
    keeper = forms.CharField(label="保管单位", max_length=80)


class HandoverForm(RowForm):
    """A facility handed over."""

    item = forms.ChoiceField(label="改造方案中的设施", required=False)
    facility = forms.CharField(label="移交内容", max_length=80)
    giver = forms.CharField(label="移交单位", max_length=80)
    receiver_kind = forms.ChoiceField(label="接收方类别", choices=Handover.Receiver.choices)
    receiver = forms.CharField(label="接收单位", max_length=80)
    standard = forms.CharField(label="符合的技术标准", max_length=200)
    on = DayField(label="移交日期")
    number = forms.CharField(label="移交清单编号", max_length=60, required=False)
    upload = forms.FileField(label="移交清单", required=False, help_text=SCAN)

    def prepare(self) -> None:
        """Facilities that the scheme hands over."""
        self.choose("item", [("", "不在方案中"), *((item.uid, item.name) for item in self.view.expected)])

    def clean_item(self) -> Any:
        """Its uid, or None."""
        return self.cleaned_data["item"] or None


class ManagerForm(RowForm):
    """Who manages from now on."""

    community = forms.ChoiceField(label="小区")
    mode = forms.ChoiceField(label="管理模式", choices=Manager.Mode.choices)
    name = forms.CharField(label="管理人", max_length=80, help_text="单位或组织的名称，不写个人姓名")
    phone = forms.CharField(label="对外电话", max_length=30, help_text="办公电话，在居民页面公开")
    since = DayField(label="起始日")
    until = DayField(label="合同到期日", required=False)
    paper = forms.CharField(label="合同或决定", max_length=120, help_text="如：物业服务合同2026-3号、业主大会决定")
    reason = forms.CharField(label="变更原因", max_length=200, required=False, help_text="已有管理人的必须写明")
    upload = forms.FileField(label="合同或决定扫描件", required=False, help_text=SCAN)


class RecordForm(RowForm):
    """What was agreed or learnt."""

    kind = forms.ChoiceField(label="类别", choices=AftercareRecord.Kind.choices)
    community = forms.ChoiceField(label="小区")
    on = DayField(label="日期")
    words = forms.CharField(label="内容或决定", max_length=2000, widget=forms.Textarea, help_text="不写个人信息")
    bodies = forms.CharField(label="参加单位", max_length=300, required=False, help_text="联席会议必填，写单位名称")
    collection = forms.CharField(label="归集办法", max_length=500, required=False, help_text="维修资金机制必填")
    use = forms.CharField(label="使用办法", max_length=500, required=False, help_text="维修资金机制必填")
    renewal = forms.CharField(label="续筹办法", max_length=500, required=False, help_text="维修资金机制必填")
    upload = forms.FileField(label="文件", required=False, help_text=SCAN)
