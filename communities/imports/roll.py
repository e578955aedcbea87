"""The kind ``roll``: buildings, homes and owners of one community (N-02). One row per home and owner; co-owners stand in several rows.

Where a home of the table names owners, they replace the home's open owners: who is not named any more is ended on the day of the import,
and the preview says so. A person is one by ID number, else by name and phone; whoever can't be told apart gets a warning, because one
person with several homes is one head.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from communities.imports.cells import AREA_UNITS, Column, area, choice, id_number, share, words
from communities.imports.kinds import ImportKind, StagedRow
from communities.imports.progress import Run
from communities.imports.roll_sieve import RollSieve
from communities.imports.roll_writing import RollWriter
from communities.imports.sieve import Sieve
from communities.models import Community, Home, Import, Person
from offices.models import User
from policies.refusal import Invalid, Refused

SOURCES = {
    Home.AreaSource.REGISTER.value: ("不动产登记簿", "登记簿", "不动产登记", "不动产权证", "房产证", "产权证", "登记"),
    Home.AreaSource.SURVEY.value: ("测绘报告", "测绘", "实测"),
    Home.AreaSource.CONTRACT.value: ("买卖合同", "合同", "购房合同"),
}
KINDS = {
    Person.Kind.NATURAL.value: ("自然人", "个人"),
    Person.Kind.ORGANISATION.value: ("单位", "法人", "组织"),
    Person.Kind.DEVELOPER.value: ("建设单位", "开发商", "开发企业", "开发单位"),
}
COLUMNS: tuple[Column, ...] = (
    Column(
        "building",
        "楼栋",
        ("栋", "栋号", "楼号", "幢", "幢号", "楼栋号", "楼", "楼幢"),
        words("building", 60),
        required=True,
        fill_down=True,
        note="必填",
        example="1号楼",
    ),
    Column("unit", "单元", ("单元号", "所在单元"), words("unit", 20), fill_down=True, example="1单元"),
    Column(
        "room",
        "房号",
        ("室号", "户号", "房间号", "门牌号", "室", "房屋号", "门号"),
        words("room", 20),
        required=True,
        fill_down=True,
        note="必填",
        example="101",
    ),
    Column(
        "private_area",
        "专有部分面积（㎡）",
        ("面积", "建筑面积", "房屋面积", "专有面积", "专有部分面积", "产权面积", "登记面积", "房屋建筑面积"),
        area("private_area"),
        note="登记簿记载的面积；没有的按测绘、合同",
        units=AREA_UNITS,
        example="89.50",
    ),
    Column(
        "area_source",
        "面积来源",
        ("来源", "面积依据"),
        choice("area_source", SOURCES),
        choices=tuple(names[0] for names in SOURCES.values()),
        example="不动产登记簿",
    ),
    Column(
        "owner",
        "业主姓名",
        ("业主", "姓名", "产权人", "所有权人", "房主", "户主", "业主名称", "产权人姓名", "权利人"),
        words("owner", 80),
        personal="name",
        example="张三",
    ),
    Column(
        "owner_kind",
        "业主类别",
        ("产权人类别", "业主类型"),
        choice("owner_kind", KINDS),
        choices=tuple(names[0] for names in KINDS.values()),
    ),
    Column(
        "id_number",
        "证件号码",
        ("证件号", "身份证号", "身份证号码", "身份证", "证件编号"),
        id_number("id_number"),
        personal="id",
        note="单元格设为“文本”，否则 Excel 会截断",
    ),
    Column(
        "phone",
        "电话",
        ("联系电话", "手机", "手机号", "手机号码", "联系方式", "电话号码"),
        words("phone", 40),
        personal="phone",
    ),
    Column(
        "share",
        "份额",
        ("产权份额", "所占份额", "共有份额", "占有份额"),
        share("share"),
        note="如 1/2；独有可不填",
        example="1/2",
    ),
)


class RollKind(ImportKind):
    """Buildings, homes and owners of the community named in ``options["community"]`` (uid)."""

    name = "roll"
    label = "楼栋、房屋与业主清册"
    columns = COLUMNS
    template_notes = (
        "每户一行；共有的房屋每位共有人一行，房号相同，填写各自份额。",
        "面积以不动产登记簿为准，没有登记的按测绘报告，再没有的按买卖合同（最高人民法院司法解释第八条）。",
        "姓名、证件号、电话只在办理业务时经登记理由后可见，导入完成后预览中的个人信息即清除。",
    )

    def prepare(self, source: Import) -> None:
        """The target community must stand in the import's division."""
        self._community(source)

    def _community(self, source: Import) -> Community:
        uid = source.options.get("community")
        if not uid:
            raise Invalid("请选择小区。", errors={"community": ["请选择清册所属的小区"]})
        community = Community.objects.filter(
            uid=uid, merged_into__isnull=True, **{source.division.column: source.division_id}
        ).first()
        if community is None:
            raise Refused("小区不存在、已并入其他小区或不在所选区划内。", code="target")
        return community

    def match(self, rows: Sequence[StagedRow], source: Import, *, today: dt.date) -> None:
        """Check rooms, areas and persons across the table and meet the homes that stand."""
        RollSieve(self._community(source)).check(rows)

    def sieve(self, source: Import, *, today: dt.date) -> Sieve:
        """As ``match``, part by part."""
        return RollSieve(self._community(source))

    def apply(
        self, rows: Sequence[StagedRow], source: Import, *, by: User, at: dt.datetime, run: Run
    ) -> dict[str, Any]:
        """Write buildings, homes, persons and ownerships, in bulk."""
        community = self._community(source)
        report = RollWriter(community, source, at, run).write(rows)
        return {**report, "community": str(community.uid)}
