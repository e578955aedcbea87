"""Schemes of four places: one with two versions, one under joint review, one whose budget follows the area, one in its works."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from offices.rulebooks import layers_of
from projects.actions import scheme_items, schemes
from projects.models import Project, Scheme
from projects.rules.scheme import catalogue
from renovation.demonstration.story import Story

D = dt.date
# name, class, quantity, unit, price, payers with their share of the amount in per cent (the last takes the rest)
Line = tuple[str, str, str, str, str, tuple[tuple[str, int], ...]]
LIUZHOU: tuple[Line, ...] = (
    ("供水", "基础类", "1260", "米", "185.00", (("utility", 40), ("central", 60))),
    ("排水", "基础类", "980.5", "米", "420.00", (("central", 70), ("city", 30))),
    ("道路", "基础类", "3150", "㎡", "96.50", (("central", 60), ("county", 40))),
    ("屋面", "基础类", "2640", "㎡", "138.00", (("maintenance_fund", 50), ("city", 50))),
    ("照明", "完善类", "46", "盏", "1850.00", (("county", 100),)),
    ("电动自行车及汽车充电设施", "完善类", "6", "处", "42000.00", (("private_capital", 100),)),
    ("加装电梯", "完善类", "2", "部", "560000.00", (("resident_direct", 70), ("provident_fund", 30))),
)
RUICHENG: tuple[Line, ...] = (
    ("道路", "基础类", "640", "㎡", "92.00", (("central", 60), ("county", 40))),
    ("排水", "基础类", "210", "米", "380.00", (("central", 60), ("county", 40))),
    ("外墙", "基础类", "1450", "㎡", "58.00", (("county", 100),)),
    ("提升小区绿化水平", "完善类", "320", "㎡", "75.00", (("county", 80), ("resident_direct", 20))),
    ("安装健身器材", "完善类", "1", "套", "26000.00", (("county", 80), ("resident_direct", 20))),
)
CHANGZHI: tuple[Line, ...] = (
    ("道路", "公共区域", "1180", "㎡", "98.00", (("central", 50), ("city", 30), ("county", 20))),
    ("供气", "公共区域", "430", "米", "260.00", (("utility", 50), ("central", 50))),
    ("架空线路的管沟建设", "公共区域", "350", "米", "310.00", (("county", 100),)),
    ("入地割接", "公共区域", "3", "处", "18000.00", (("utility", 100),)),
    ("楼道粉刷", "楼体内部分", "2160", "㎡", "21.50", (("resident_direct", 100),)),
)


JIANGXI: tuple[Line, ...] = (
    ("维修屋面防水", "改善房屋功能", "2100", "㎡", "138.00", (("central", 60), ("county", 40))),
    ("房屋外墙", "改善房屋功能", "4300", "㎡", "165.00", (("central", 50), ("city", 50))),
    ("雨污分流改造", "改造基础设施", "820", "米", "620.00", (("central", 70), ("county", 30))),
    ("道路", "改造基础设施", "2650", "㎡", "148.00", (("central", 60), ("county", 40))),
    ("设置停车泊位", "改造基础设施", "42", "个", "2600.00", (("county", 50), ("resident_direct", 50))),
    ("楼道灯", "改造基础设施", "110", "盏", "380.00", (("county", 60), ("resident_direct", 40))),
    ("整理归并小区弱电线缆", "改造基础设施", "4", "栋", "52000.00", (("utility", 100),)),
)


def tell(story: Story, today: dt.date) -> None:
    """The four places, each as far as it has come."""
    _liuzhou(story)
    _ruicheng(story)
    _changzhi(story)
    _jiangxi(story)


def write(story: Story, place: str, project: Project, rows: tuple[Line, ...], on: dt.date, **texts: Any) -> Scheme:
    """A draft with these lines."""
    clerk, at = story.clerk(place), story.at(on)
    scheme = schemes.open_scheme(by=clerk, at=at, project=project)
    for row in rows:
        add(story, place, scheme, row, on)
    if texts:
        schemes.describe_scheme(by=clerk, at=at, scheme=scheme, changes=texts)
    return scheme


def site_plan() -> bytes:
    """A plan of blocks, paths and pipes, drawn here."""
    image = Image.new("RGB", (1200, 850), (250, 250, 247))
    draw = ImageDraw.Draw(image)
    draw.rectangle((30, 30, 1170, 820), outline=(40, 40, 40), width=4)
    for row in range(3):
        top = 110 + row * 240
        draw.rectangle((90, top, 1110, top + 110), fill=(226, 222, 212), outline=(40, 40, 40), width=3)
        draw.line((60, top + 170, 1140, top + 170), fill=(40, 96, 128), width=6)
        for x in range(120, 1110, 90):
            draw.line((x, top + 110, x, top + 170), fill=(40, 96, 128), width=3)
    draw.rectangle((1120, 60, 1150, 790), fill=(200, 196, 188))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def drawings(story: Story, place: str, scheme: Scheme, on: dt.date) -> None:
    """What a scheme has beside its lines: the site plan, and how it was worked out."""
    given: Any = {"by": story.clerk(place), "at": story.at(on, 11), "scheme": scheme}
    plan = SimpleUploadedFile("总平面及管线图.png", site_plan())
    words = SimpleUploadedFile("方案说明.txt", f"{scheme.project.name}改造方案说明".encode())
    schemes.attach(**given, kind="drawing", title="总平面及管线图", upload=plan)
    schemes.attach(**given, kind="paper", title="方案说明", upload=words)


def add(story: Story, place: str, scheme: Scheme, row: Line, on: dt.date) -> None:
    """One line, paid in the shares given."""
    name, item_class, quantity, unit, price, shares = row
    entries = catalogue(layers_of(scheme.division))
    key = next(entry.key for entry in entries if entry.item.name == name and entry.item_class == item_class)
    amount = (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"))
    payers: list[tuple[str, Decimal | None]] = [
        (kind, (amount * share / 100).quantize(Decimal("0.01"))) for kind, share in shares[:-1]
    ]
    place_of = scheme.project.parts.select_related("community").order_by("pk")[0].community
    facility = {"facility": "", "facility_owner": "", "renewed_by": "", "kept_by": ""}
    if dict(shares).get("utility") and name in {"供水", "供气"}:
        kind = "water" if name == "供水" else "gas"
        facility = {"facility": kind, "facility_owner": "utility", "renewed_by": "utility", "kept_by": "utility"}
    scheme_items.add_item(
        by=story.clerk(place), at=story.at(on), today=on, scheme=scheme,
        values={
            "catalogue_key": key, "quantity": quantity, "unit": unit, "unit_price": Decimal(price), "community": place_of,
            "payers": [*payers, (shares[-1][0], None)], **facility,
        },
    )  # fmt: skip


def fix(story: Story, place: str, scheme: Scheme, on: dt.date, note: str = "") -> None:
    """Fix a version."""
    schemes.fix_version(by=story.clerk(place), at=story.at(on, 16), today=on, scheme=scheme, note=note)


def _liuzhou(story: Story) -> None:
    """映山街机械厂宿舍: after the vote the residents asked for lights at the back; two versions, the second under joint review."""
    project = story.project("映山街机械厂宿舍")
    texts = {
        "residents_funding": "加装电梯由受益业主按专有部分面积分摊，屋面使用住宅专项维修资金，经业主表决。",
        "management": "改造后由业主委员会选聘物业服务企业，维修资金按规定续筹。",
    }
    scheme = write(story, "城中区", project, LIUZHOU[:5], D(2025, 8, 18), **texts)
    fix(story, "城中区", scheme, D(2025, 8, 20))
    for row in LIUZHOU[5:]:
        add(story, "城中区", scheme, row, D(2025, 9, 22))
    fix(story, "城中区", scheme, D(2025, 9, 23), "按公示期间居民意见增加充电设施和两部电梯")
    other = story.project("龙城路二轻局宿舍")
    second = write(story, "城中区", other, LIUZHOU[:4], D(2026, 1, 12), **texts)
    drawings(story, "城中区", second, D(2026, 1, 13))
    fix(story, "城中区", second, D(2026, 1, 14))
    day = D(2026, 11, 9)
    case = schemes.submit_scheme(by=story.clerk("城中区"), at=story.at(day), today=day, scheme=second)
    story.decide(case, D(2026, 11, 10), most=4, reasons="同意。")


def _ruicheng(story: Story) -> None:
    """One of the year 2024: N by the treasury, X with the owners' fifth."""
    project = (
        Project.objects.filter(plan_year=2024, county__name="芮城县")
        .select_related("division", "county")
        .order_by("pk")
        .last()
    )
    if project is not None:
        scheme = write(story, "芮城县", project, RUICHENG, D(2024, 3, 4), owner_ratio=Decimal("20.00"))
        fix(story, "芮城县", scheme, D(2024, 3, 5))


def _changzhi(story: Story) -> None:
    """In-building work is the residents' own, the ducts the government's, the cut-over the operators'."""
    scheme = write(story, "潞州区", story.project("东营后街供电小区"), CHANGZHI, D(2026, 2, 24))
    fix(story, "潞州区", scheme, D(2026, 2, 25))


def _jiangxi(story: Story) -> None:
    """By the four aspects; its works are under way, and their quantities are reported by these lines."""
    scheme = write(story, "东湖区", story.project("百花洲路印刷厂宿舍"), JIANGXI, D(2026, 2, 27))
    drawings(story, "东湖区", scheme, D(2026, 3, 2))
    fix(story, "东湖区", scheme, D(2026, 3, 3))
