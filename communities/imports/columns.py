"""Columns of a community, by all the names that offices give them. Kinds of tables above reuse them."""

from communities.imports.cells import AREA_UNITS, Column, area, built, choice, count, day, words, yes_no
from communities.models import Community

PropertyRight, Excluded = Community.PropertyRight, Community.Excluded
RIGHTS = {
    PropertyRight.COMMODITY.value: ("商品房", "商品住宅"),
    PropertyRight.REFORMED.value: ("房改房", "房改"),
    PropertyRight.UNIT_OWNED.value: ("单位自管公房", "自管公房", "单位自管房", "单位产权"),
    PropertyRight.PUBLIC.value: ("直管公房", "公房"),
    PropertyRight.RESETTLEMENT.value: ("安置房", "回迁房"),
    PropertyRight.MIXED.value: ("混合产权", "混合"),
    PropertyRight.OTHER.value: ("其他", "其它"),
}
EXCLUSIONS = {
    Excluded.SHANTYTOWN.value: ("已纳入棚户区改造计划", "棚户区改造", "棚户区", "棚改"),
    Excluded.DEMOLISH_REBUILD.value: ("拟拆除新建（改建、扩建、翻建）", "拟拆除新建", "拆除新建"),
    Excluded.SELF_BUILT.value: ("居民自建住房为主", "自建住房为主", "自建房"),
    Excluded.URBAN_VILLAGE.value: ("城中村",),
}
EXCLUSIONS = {
    key: (*names, *(name.replace("（", "(").replace("）", ")") for name in names)) for key, names in EXCLUSIONS.items()
}

NAME = Column(
    "name",
    "小区名称",
    ("名称", "项目名称", "小区", "老旧小区名称", "改造小区名称", "楼院名称", "小区楼院名称", "住宅小区名称"),
    words("name", 100),
    required=True,
    note="必填",
    example="示例小区",
)
COMMUNITY_COLUMNS: tuple[Column, ...] = (
    NAME,
    Column(
        "address",
        "位置",
        ("地址", "坐落", "详细地址", "小区地址", "小区位置", "坐落位置", "具体位置", "所在位置"),
        words("address", 200),
        note="道路和门牌",
        example="永乐南路东侧",
    ),
    Column(
        "built_text",
        "建成时间",
        (
            "建成年份",
            "建设年代",
            "建成年代",
            "建成年",
            "建造年代",
            "建造年份",
            "建筑年代",
            "竣工时间",
            "竣工年份",
            "建设年份",
            "建设时间",
        ),
        built,
        note="可填多个年份，如 1995、1997；不清楚填“不详”",
        example="1995、1997",
    ),
    Column(
        "building_count",
        "栋数",
        ("楼栋数", "幢数", "总栋数", "楼栋", "楼幢数", "住宅栋数", "改造栋数", "楼栋数量"),
        count("building_count"),
        example="2",
    ),
    Column(
        "household_count",
        "户数",
        ("总户数", "居民户数", "住户数", "改造户数", "涉及户数", "住户"),
        count("household_count"),
        example="50",
    ),
    Column(
        "floor_area",
        "建筑面积（㎡）",
        ("面积", "建筑面积", "总建筑面积", "总面积", "改造面积", "住宅面积", "建筑总面积"),
        area("floor_area"),
        note="单位写在表头，如（㎡）或（万㎡）",
        units=AREA_UNITS,
        example="5387.00",
    ),
    Column(
        "property_right",
        "产权性质",
        ("房屋性质", "产权", "房屋产权性质", "产权类型"),
        choice("property_right", RIGHTS),
        choices=tuple(names[0] for names in RIGHTS.values()),
        example="房改房",
    ),
    Column("property_unit", "原产权单位", ("产权单位", "所属单位", "原单位"), words("property_unit", 100)),
    Column("former_names", "曾用名", ("原名", "别名", "又名"), words("former_names", 200)),
    Column(
        "state_owned",
        "国有企事业单位住宅",
        ("国有企事业单位", "是否国有企事业单位住宅"),
        yes_no("state_owned"),
        choices=("是", "否"),
    ),
    Column(
        "in_town",
        "位于城市或县城",
        ("位于城市或县城城关镇", "是否位于城市或县城", "位于县城"),
        yes_no("in_town"),
        choices=("是", "否"),
    ),
    Column("single_building", "单栋住宅楼", ("是否单栋", "单栋"), yes_no("single_building"), choices=("是", "否")),
    Column(
        "excluded",
        "不属于改造范围的情形",
        ("排除情形", "不予改造情形"),
        choice("excluded", EXCLUSIONS),
        choices=tuple(names[0] for names in EXCLUSIONS.values()),
    ),
    Column("excluded_evidence", "该情形的依据", ("排除依据",), words("excluded_evidence", 200)),
    Column(
        "heritage",
        "涉及历史文化保护",
        ("历史文化街区", "历史建筑", "涉及历史文化街区、历史建筑"),
        yes_no("heritage"),
        choices=("是", "否"),
    ),
    Column(
        "contact_phone",
        "对外咨询电话",
        ("咨询电话", "办公电话"),
        words("contact_phone", 40),
        note="公开显示，请填办公电话",
    ),
    Column("surveyed_on", "调查日期", ("摸底日期", "调查时间"), day("surveyed_on"), example="2026-3-1"),
    Column("remark", "备注", ("说明",), words("remark", 500)),
)
