"""What a demonstration project has before its works start: the facts of its permits, its parties, the mode of its contract."""

import datetime as dt
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile

from offices.rulebooks import layers_of
from projects.actions import permits
from projects.models import Project
from projects.rules.permits import FACT_LABELS
from projects.rules.start import mode_asked, waivers

if TYPE_CHECKING:
    from renovation.demonstration.story import Story

# Invented units; the codes are of the right form only.
UNITS = {
    "developer_unit": ("城镇老旧小区改造建设中心", "11140000MA00000019", "own"),
    "designer": ("晨光建筑设计院有限公司", "91140000MA00000024", "procurement"),
    "contractor": ("和顺建设工程有限公司", "91140000MA00000037", "tender"),
    "supervisor": ("正方工程监理有限公司", "91140000MA0000004A", "tender"),
}


def ready(story: "Story", place: str, project: Project, on: dt.date) -> None:
    """State the facts where the documents waive permits; enter and check the contract mode where they ask for it."""
    layers, at = layers_of(project.division), story.at(on)
    if waivers(layers, day=on) is not None:
        facts = {key: key in {"low_risk", "commitment_signed"} for key in FACT_LABELS}
        paper = SimpleUploadedFile("告知承诺书.txt", f"{project.name}：不涉及主体结构变动，建设单位承诺属实。".encode())
        permits.state_facts(by=story.clerk(place), at=at, project=project, facts=facts, upload=paper)
    if mode_asked(layers, day=on, facts=frozenset()) is not None:
        row = permits.enter_mode(by=story.clerk(place), at=at, today=on, project=project, mode="epc", day=on)
        permits.check_entry(by=story.checker(place), at=story.at(on, 15), entry=row)
