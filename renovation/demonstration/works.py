"""Works under way in the demonstration: parties, a plan of works, monthly reports with drawn photos, residents who supervise."""

import datetime as dt
import io
from decimal import Decimal
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from projects.actions import certificates, permits, works
from projects.models import Project
from projects.queries.permits import demands_of
from projects.queries.quantities import lines_of
from renovation.demonstration.start import UNITS
from renovation.demonstration.story import Story

D = dt.date
PLACE = "东湖区"
SPANS = (
    ("屋面防水", D(2026, 7, 6), D(2026, 8, 20), D(2026, 7, 8), D(2026, 8, 18), ""),
    ("外墙修缮", D(2026, 7, 13), D(2026, 11, 30), D(2026, 7, 15), None, ""),
    ("雨污分流管网", D(2026, 7, 20), D(2026, 9, 30), D(2026, 7, 27), D(2026, 10, 12), "连续降雨，沟槽开挖推迟"),
    ("道路和停车位", D(2026, 9, 10), D(2026, 12, 10), D(2026, 10, 15), None, ""),
    ("楼道照明和弱电整理", D(2026, 11, 1), D(2026, 12, 31), None, None, ""),
)
DOES = {
    "屋面防水": "维修屋面防水", "外墙修缮": "房屋外墙", "雨污分流管网": "雨污分流改造", "道路和停车位": "道路",
    "楼道照明和弱电整理": "楼道灯",
}  # fmt: skip
REPORTS = (  # day, percent, money so far, what was done, why it is late, quantities of the month by line
    (
        D(2026, 7, 31), 14, "310800.00", "屋面防水完成三栋，外墙开始清理，雨污管网放线。", "",
        {"维修屋面防水": "1200", "房屋外墙": "880"},
    ),
    (
        D(2026, 8, 31), 37, "824500.00", "屋面防水全部完成，管网完成一半。", "",
        {"维修屋面防水": "900", "房屋外墙": "820", "雨污分流改造": "410"},
    ),
    (
        D(2026, 10, 31), 63, "1426020.00", "管网完成并回填，道路基层施工。", "连续降雨，管网比计划晚12天，道路顺延。",
        {"房屋外墙": "1200", "雨污分流改造": "436", "道路": "900"},
    ),
)  # fmt: skip
EXCESS = "现场核量，3号楼化粪池支管增加26米，监理已签认"
PHOTOS = (
    (D(2026, 7, 8), "before", "屋面原来的裂缝", (118, 112, 104)),
    (D(2026, 8, 18), "after", "屋面防水完成后", (150, 92, 74)),
    (D(2026, 10, 20), "during", "道路基层施工", (134, 124, 98)),
)


def drawn(colour: tuple[int, int, int], *, trees: bool = False) -> bytes:
    """A picture of a block of flats, drawn here: nobody's photo. ``trees``: after the works, with a garden."""
    image = Image.new("RGB", (960, 720), (206, 218, 226))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 560, 960, 720), fill=(168, 160, 146))
    draw.rectangle((160, 200, 800, 600), fill=(226, 216, 198))
    draw.polygon(((140, 200), (480, 110), (820, 200)), fill=colour)
    for row in range(5):
        for column in range(8):
            x, y = 195 + column * 75, 225 + row * 72
            draw.rectangle((x, y, x + 42, y + 44), fill=(96, 122, 140), outline=(250, 250, 246), width=3)
    draw.rectangle((450, 540, 510, 600), fill=(92, 70, 56))
    for x in (60, 250, 640, 850) if trees else ():
        draw.rectangle((x - 6, 570, x + 6, 640), fill=(104, 82, 60))
        draw.ellipse((x - 48, 470, x + 48, 590), fill=(84, 132, 88))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def tell(story: Story, today: dt.date) -> None:
    """One project of 东湖区 in its works; the parties of one that waits for its permits are entered and not all checked."""
    project = Project.objects.filter(stage="works", county__name=PLACE).order_by("pk").first()
    if project is not None:
        _parties(story, project)
        _works(story, project)
    waiting = Project.objects.filter(stage="reviewed").select_related("county").order_by("pk").first()
    if waiting is not None and waiting.county is not None:
        _waiting(story, waiting, waiting.county.name)
        _vehicles(story, waiting, waiting.county.name)
        _permits(story, waiting, waiting.county.name)


def _parties(story: Story, project: Project) -> None:
    on = D(2026, 6, 20)
    for role, (name, code, method) in UNITS.items():
        row = permits.enter_party(
            by=story.clerk(PLACE), at=story.at(on), today=on, project=project, role=role, name=name, credit_code=code, method=method,
            day=on, number="" if method == "own" else "东采〔2026〕18号",
        )  # fmt: skip
        permits.check_entry(by=story.checker(PLACE), at=story.at(on, 15), entry=row)


def _works(story: Story, project: Project) -> None:
    clerk = story.clerk(PLACE)
    lines = {line.name: uid for uid, line in lines_of(project).items()}
    for name, start, end, begun, ended, reason in SPANS:
        on = max(day for day in (begun, ended, D(2026, 7, 2)) if day)
        works.save_span(
            by=clerk, at=story.at(on), today=on, project=project, name=name, planned_start=start, planned_end=end, actual_start=begun,
            actual_end=ended, reason=reason, item=UUID(lines[DOES[name]]),
        )  # fmt: skip
    for on, percent, money, done, delay, quantities in REPORTS:
        works.file_report(
            by=clerk, at=story.at(on), today=on, project=project, month=on, percent=percent, money=Decimal(money), done=done,
            safety="围挡、临时用电已检查", quality="监理旁站，隐蔽工程已验收", delay=delay,
            quantities={lines[name]: quantity for name, quantity in quantities.items()}, excess=EXCESS,
        )  # fmt: skip
    for on, moment, caption, colour in PHOTOS:
        works.add_photo(
            by=clerk, at=story.at(on), today=on, project=project, month=on, moment=moment, caption=caption, public=True,
            upload=SimpleUploadedFile(f"{caption}.jpg", drawn(colour)),
        )  # fmt: skip
    on = D(2026, 8, 12)
    person = works.invite_supervisor(
        by=clerk, at=story.at(on), today=on, project=project, name="万家和", phone="13900000000", since=on
    )
    visit = works.note_visit(
        by=clerk, at=story.at(on), today=on, project=project, supervisor=person, day=on, found="三号楼屋面排水口有堵塞",
        answer="当日清通，加装篦子",
    )  # fmt: skip
    works.check_visit(by=story.checker(PLACE), at=story.at(on, 16), visit=visit)
    works.note_lesson(
        by=clerk, at=story.at(on), today=on, project=project, day=on, problem="管网开挖与停车冲突", cause="没有提前通知车主",
        solution="开挖前三天在单元门口公示，安排临时车位",
    )  # fmt: skip


def _waiting(story: Story, project: Project, place: str) -> None:
    """Two units entered, one of them checked."""
    on = D(2026, 10, 20)
    for role in ("designer", "contractor"):
        name, code, method = UNITS[role]
        row = permits.enter_party(
            by=story.clerk(place), at=story.at(on), today=on, project=project, role=role, name=name, credit_code=code, method=method,
            day=on,
        )  # fmt: skip
        if role == "designer":
            permits.check_entry(by=story.checker(place), at=story.at(on, 15), entry=row)


def _vehicles(story: Story, project: Project, place: str) -> None:
    """RC-18: the lorries of the works may drive by day (the first project that waits for its permits is 芮城's)."""
    on = D(2026, 10, 26)
    certificates.issue_certificate(
        by=story.clerk(place), at=story.at(on), today=on, project=project, vehicles="晋M21367 渣土运输车\n晋M20918 商品混凝土运输车",
        route=f"{project.name}工地—永乐南街—县建筑垃圾消纳场", starts_on=on, ends_on=D(2026, 12, 31), hours="7:00至20:00",
    )  # fmt: skip


def _permits(story: Story, project: Project, place: str) -> None:
    """The first papers that the start asks for: two checked, one waits for a second person."""
    on = D(2026, 10, 19)
    asked = [demand for demand in demands_of(project, day=on) if demand.evidence == "permits"][:3]
    for number, demand in enumerate(asked, start=1):
        row = permits.enter_permit(
            by=story.clerk(place), at=story.at(on), today=on, project=project, evidence=demand.evidence, key=demand.key,
            issuer="芮城县行政审批服务管理局", day=on - dt.timedelta(days=9 - number), number=f"芮审批投资字〔2026〕{40 + number}号",
        )  # fmt: skip
        if number < 3:
            permits.check_entry(by=story.checker(place), at=story.at(on, 15), entry=row)
