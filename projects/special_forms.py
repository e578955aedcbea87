"""Forms of special plans."""

from django import forms

from offices.dayfield import DayField
from projects.models import SpecialPlan


class SpecialPlanForm(forms.ModelForm):
    """What a special plan says of itself."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = SpecialPlan
        fields = ("title", "first_year", "last_year")


class IssueForm(forms.Form):
    """The document by which it is issued."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    document_number = forms.CharField(label="文号", max_length=60, help_text="如 柳政办〔2022〕36号")
    issued_on = DayField(label="印发日期")
    reason = forms.CharField(label="修订说明", max_length=300, required=False, help_text="首次印发可不填；修订必须写明")
    file = forms.FileField(label="规划文件", help_text="PDF 等")
