"""Forms of the works. They parse; the actions decide."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms

from communities.models import Building, Community
from communities.rules.masks import mask_name
from projects.forms import DayField
from projects.models import Project, ResidentSupervisor
from projects.rules.quantities import Line
from projects.rules.scheme_difference import quantity_words
from projects.rules.works import MOMENTS, month_of


def _area(label: str, most: int, *, required: bool = True, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=most, required=required, widget=widget, help_text=help_text)


class MonthField(DayField):
    """A month as people write it: 2026-9, 2026年9月; a day of it will do."""

    def to_python(self, value: Any) -> Any:
        """The first of the month."""
        if isinstance(value, str) and re.fullmatch(r"\s*\d{4}\s*[-./年]\s*\d{1,2}\s*月?\s*", value, re.ASCII):
            value = "-".join(re.findall(r"\d+", value)) + "-1"
        day = super().to_python(value)
        return month_of(day) if day else None


class SpanForm(forms.Form):
    """A part of the works."""

    name = forms.CharField(label="内容", max_length=80, help_text="如 屋面防水、3号楼外墙")
    item = forms.ChoiceField(label="方案中的一项", required=False, help_text="选了以后，计划旁显示它完成了多少")
    building = forms.ModelChoiceField(label="楼栋", queryset=Building.objects.none(), required=False)
    planned_start = DayField(label="计划开始")
    planned_end = DayField(label="计划完成")
    actual_start = DayField(label="实际开始", required=False)
    actual_end = DayField(label="实际完成", required=False)
    reason = forms.CharField(label="延误原因", max_length=300, required=False, help_text="晚于计划的必填；会公开")

    def __init__(self, *args: Any, project: Project, lines: Mapping[str, Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(uid, f"{line.name}（{line.place}，{line.planned_words}）") for uid, line in lines.items()]
        self.fields["item"].choices = [("", "—"), *named]  # type: ignore[attr-defined]
        if not lines:
            del self.fields["item"]
        rows = Building.objects.filter(community__in=project.parts.values("community")).order_by("name", "pk")
        self.fields["building"].queryset = rows  # type: ignore[attr-defined]

    def clean_item(self) -> UUID | None:
        """The line's uid."""
        value = self.cleaned_data["item"]
        return UUID(value) if value else None


class ReportForm(forms.Form):
    """A month's report."""

    month = MonthField(label="月份", help_text="如 2026-9")
    percent = forms.IntegerField(label="形象进度（%）", min_value=0, max_value=100)
    money = forms.DecimalField(label="累计完成投资（元）", min_value=0, max_digits=14, decimal_places=2)
    done = _area("本月完成情况", 2000, help_text="会公开，不写个人信息")
    safety = _area("安全情况", 1000, required=False)
    quality = _area("质量情况", 1000, required=False)
    delay = forms.CharField(label="延误原因", max_length=300, required=False, help_text="有内容晚于计划的必填；会公开")
    excess = forms.CharField(
        label="超出方案数量的原因",
        max_length=300,
        required=False,
        help_text="累计工程量超出方案数量的必填，如 现场核量、设计变更的依据",
    )

    def __init__(
        self, *args: Any, project: Project, lines: Mapping[str, Line], before: Mapping[str, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._lines = {f"quantity-{uid}": line for uid, line in lines.items()}
        self._before = before
        for name, line in self._lines.items():
            self.fields[name] = forms.CharField(label=f"{line.name}（{line.unit}）", max_length=20, required=False)
        if not lines:
            del self.fields["excess"]
        parts = list(project.parts.select_related("community").order_by("pk"))
        self._places = {f"place-{part.community.uid}": part.community for part in parts} if len(parts) > 1 else {}
        for name, community in self._places.items():
            self.fields[name] = forms.IntegerField(label=f"{community.name}（%）", min_value=0, max_value=100)
        self.order_fields(("month", "percent", *self._places))

    def clean(self) -> dict[str, Any]:
        """The communities' percent as one value, by uid."""
        given = super().clean() or self.cleaned_data
        values = {name: given.pop(name, None) for name in self._places}
        given["places"] = {self._places[name].uid: value for name, value in values.items() if value is not None}
        given["quantities"] = {line.uid: given.pop(name, "") for name, line in self._lines.items()}
        return given

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """Everything but the quantities and their reason."""
        return [field for field in self if field.name not in self._lines and field.name != "excess"]

    @property
    def rows(self) -> list[tuple[forms.BoundField, Line, str]]:
        """The table of quantities: field, line, what all other months did of it."""
        return [
            (self[name], line, quantity_words(self._before.get(line.uid, 0), line.unit))
            for name, line in self._lines.items()
        ]


class PhotoForm(forms.Form):
    """A photo of the works."""

    month = MonthField(label="月份", help_text="如 2026-9")
    moment = forms.ChoiceField(label="时点", choices=list(MOMENTS.items()))
    caption = forms.CharField(label="说明", max_length=120)
    file = forms.FileField(label="照片", help_text="JPG、PNG、WEBP，最多 20 MB；拍摄信息（EXIF）会去掉")
    public = forms.BooleanField(label="在小区页公开", required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Community.objects.filter(pk__in=project.parts.values("community")).order_by("pk")
        if len(rows) > 1:
            self.fields["community"] = forms.ModelChoiceField(
                label="小区",
                queryset=rows,
                required=False,
                empty_label="整个项目",
                help_text="只在所选小区的页面上公开",
            )


class SupervisorForm(forms.Form):
    """A resident who is invited to supervise."""

    name = forms.CharField(label="姓名", max_length=40)
    phone = forms.CharField(label="电话", max_length=20, required=False, help_text="只用于联系，页面上遮住显示")
    since = DayField(label="受邀日期")
    until = DayField(label="不再监督的日期", required=False, help_text="仍在监督的不填")

    def __init__(self, *args: Any, held: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not held:
            del self.fields["until"]


class VisitForm(forms.Form):
    """What a supervising resident found."""

    supervisor = forms.ModelChoiceField(label="监督员", queryset=ResidentSupervisor.objects.none())
    day = DayField(label="日期")
    found = _area("看到的情况", 1000)
    answer = _area("处理情况", 1000, required=False)
    file = forms.FileField(label="签字的记录", required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["supervisor"]
        field.queryset = ResidentSupervisor.objects.filter(project=project)
        field.label_from_instance = lambda row: f"{mask_name(row.name)}（{row.since}起）"


class LessonForm(forms.Form):
    """What was learned."""

    day = DayField(label="日期")
    problem = _area("问题", 500)
    cause = _area("原因", 500)
    solution = _area("解决办法", 500)
    after = forms.BooleanField(label="这是完工后的评估", required=False)
