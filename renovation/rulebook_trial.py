"""规则库试看: a city's own file held against its text, and shown as the explorer would show it, before anything goes by it.

Nothing is kept: the file is read by a process of its own (``policies.trial``) and forgotten with the answer.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from offices.clock import today
from offices.rulebooks import library
from policies.load import Library, RulebookError, revive
from policies.model import TOPIC_LABELS, Rulebook
from renovation.comparison import compare
from renovation.rulebooks import rule_view

MOST_BYTES = 2 * 1024 * 1024
SECONDS = 40
CRUMBS = [{"label": "规则库", "url": "/rulebooks/"}, {"label": "新文件试看", "url": ""}]


class TrialForm(forms.Form):
    """The file, and the plain text that it quotes."""

    book = forms.FileField(label="规则库文件", help_text="地方拼音.yaml，如 guihua.yaml；写法见《规则库怎么写》")
    text = forms.FileField(
        label="文件原文", required=False, help_text="纯文本（UTF-8），文件名与 source_text 相同；引文逐字对照"
    )
    beside = forms.ChoiceField(label="与哪里对照", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(book.document.place, book.document.place_name) for book in library()]
        self.fields["beside"].choices = [("", "不对照"), *places]  # type: ignore[attr-defined]

    def clean_book(self) -> UploadedFile:
        """Named after its place, and of a size that somebody wrote by hand."""
        file: UploadedFile = self.cleaned_data["book"]
        name = Path(file.name or "")
        if name.suffix != ".yaml" or not name.stem.isascii() or not name.stem.replace("-", "_").isidentifier():
            raise ValidationError("文件名应为地方拼音加 .yaml，如 guihua.yaml")
        return _small(file)

    def clean_text(self) -> UploadedFile | None:
        """As large as a document is."""
        file: UploadedFile | None = self.cleaned_data["text"]
        return _small(file) if file else None


def _small(file: UploadedFile) -> UploadedFile:
    if (file.size or 0) > MOST_BYTES:
        raise ValidationError(f"文件过大：最多 {MOST_BYTES // 1024 // 1024} MB")
    return file


@login_required
def trial(request: HttpRequest) -> HttpResponse:
    """A form; POST checks the file and shows what it says."""
    form = TrialForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "crumbs": CRUMBS}
    if request.method == "POST" and form.is_valid():
        context |= _looked_at(form.cleaned_data)
    wrong = request.method == "POST" and (bool(form.errors) or bool(context.get("faults")))
    return render(request, "staff/rulebook_trial.html", context, status=400 if wrong else 200)


def _looked_at(given: dict[str, Any]) -> dict[str, Any]:
    found = _tried(given["book"], given["text"])
    name = Path(given["book"].name).stem
    if found["book"] is None:
        return {"faults": found["errors"], "warnings": found["warnings"]}
    book = revive(found["book"])
    faults = list(found["errors"])
    if book.document.place != name:
        faults.append(f"document.place 是“{book.document.place}”，与文件名“{name}”不同")
    try:
        books = Library({**{each.document.place: each for each in library()}, book.document.place: book})
    except RulebookError as error:
        return {"faults": [*faults, error.reason], "warnings": found["warnings"]}
    return {"faults": faults, "warnings": found["warnings"], **_shown(book, books, given["beside"])}


def _tried(book: UploadedFile, text: UploadedFile | None) -> dict[str, Any]:
    """The answer of the process that reads the file; a fault in words where it could not."""
    with tempfile.TemporaryDirectory() as folder:
        for file in (book, text):
            if file is not None:
                (Path(folder) / Path(file.name or "text").name).write_bytes(file.read())
        try:
            done = subprocess.run(
                [sys.executable, "-m", "policies.trial", folder],
                cwd=settings.BASE_DIR, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=True,
            )  # fmt: skip
        except subprocess.SubprocessError:
            return {
                "errors": ["文件异常，读取时超出限制：请检查是否有层层引用（& 和 *）或过大的内容"],
                "warnings": [],
                "book": None,
            }
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _shown(book: Rulebook, books: Library, beside: str) -> dict[str, Any]:
    """Its rules by topic with clause and words, and its answers beside those of another place."""
    document = book.document
    topics = [
        (label, [rule_view(rule, document) for rule in book.rules if rule.topic == key])
        for key, label in TOPIC_LABELS.items()
    ]
    places = [document.place] + ([beside] if beside and beside != document.place else [])
    layers = books.layers(document.place)
    return {
        "book": book, "document": document, "over": [upper.document for upper in layers.books[1:]],
        "topics": [(label, views) for label, views in topics if views], "trial": True, "replaces": document.place in library(),
        "provisions": sum(len(rule.provisions) for rule in book.rules),
        "columns": [books.layers(place).document for place in places], "rows": compare(books, places, today()),
    }  # fmt: skip


urlpatterns = [path("rulebook-trial/", trial, name="staff_rulebook_trial")]
