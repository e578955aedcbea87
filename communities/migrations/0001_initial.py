import django.db.models.deletion
import offices.fields
import uuid
from django.conf import settings
from django.db import migrations, models

from offices.migrating import NewTables


class Migration(NewTables):
    initial = True

    dependencies = [
        ("offices", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Community",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                        verbose_name="所在区划",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "neighbourhood",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="小区名称")),
                ("former_names", models.CharField(blank=True, max_length=200, verbose_name="曾用名")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="位置")),
                (
                    "built_text",
                    models.CharField(
                        blank=True, help_text="原文，如 1995、1997", max_length=60, verbose_name="建成时间"
                    ),
                ),
                ("built_from", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最早建成年")),
                ("built_to", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最晚建成年")),
                ("building_count", models.PositiveIntegerField(blank=True, null=True, verbose_name="栋数")),
                ("household_count", models.PositiveIntegerField(blank=True, null=True, verbose_name="户数")),
                ("floor_area", offices.fields.AreaField(blank=True, null=True, verbose_name="建筑面积（㎡）")),
                (
                    "property_right",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("commodity", "商品房"),
                            ("reformed", "房改房"),
                            ("unit_owned", "单位自管公房"),
                            ("public", "直管公房"),
                            ("resettlement", "安置房"),
                            ("mixed", "混合产权"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="产权性质",
                    ),
                ),
                ("property_unit", models.CharField(blank=True, max_length=100, verbose_name="原产权单位")),
                ("state_owned", models.BooleanField(blank=True, null=True, verbose_name="国有企事业单位住宅")),
                ("in_town", models.BooleanField(blank=True, null=True, verbose_name="位于城市或县城（城关镇）")),
                ("single_building", models.BooleanField(blank=True, null=True, verbose_name="单栋住宅楼")),
                (
                    "excluded",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("shantytown", "已纳入棚户区改造计划"),
                            ("demolish_rebuild", "拟拆除新建（改建、扩建、翻建）"),
                            ("self_built", "居民自建住房为主"),
                            ("urban_village", "城中村"),
                        ],
                        max_length=20,
                        verbose_name="不属于改造范围的情形",
                    ),
                ),
                ("excluded_evidence", models.CharField(blank=True, max_length=200, verbose_name="该情形的依据")),
                (
                    "heritage",
                    models.BooleanField(blank=True, null=True, verbose_name="涉及历史文化街区、历史建筑、古树名木"),
                ),
                ("heritage_note", models.CharField(blank=True, max_length=200, verbose_name="历史保护说明")),
                (
                    "contact_phone",
                    models.CharField(
                        blank=True, help_text="公开显示，填办公电话", max_length=40, verbose_name="对外咨询电话"
                    ),
                ),
                ("surveyed_on", models.DateField(blank=True, null=True, verbose_name="调查日期")),
                ("remark", models.CharField(blank=True, max_length=500, verbose_name="备注")),
                (
                    "name_key",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="name, folded: what two rows of one name share",
                        max_length=100,
                    ),
                ),
                (
                    "address_key",
                    models.CharField(blank=True, editable=False, help_text="address, folded", max_length=200),
                ),
                (
                    "search_text",
                    models.TextField(
                        blank=True, editable=False, help_text="names, address, pinyin and initials, folded"
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="communities.community",
                    ),
                ),
                ("withdrawn", models.BooleanField(default=False, verbose_name="已撤下")),
            ],
            options={
                "verbose_name": "小区",
                "verbose_name_plural": "小区",
                "ordering": ("pk",),
                "indexes": [
                    models.Index(fields=["county", "id"], name="community_of_county"),
                    models.Index(fields=["city", "id"], name="community_of_city"),
                    models.Index(fields=["county", "name_key"], name="community_by_name"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("floor_area__isnull", True), ("floor_area__gt", 0), _connector="OR"),
                        name="community_area_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("built_from__isnull", True),
                            ("built_to__isnull", True),
                            ("built_to__gte", models.F("built_from")),
                            _connector="OR",
                        ),
                        name="community_built_years_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommunityRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="communities.community",
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("values", models.JSONField()),
                ("evidence", models.CharField(blank=True, max_length=200, verbose_name="依据")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("community", "version"), name="one_revision_per_version")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="CommunityFact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="facts", to="communities.community"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        choices=[
                            ("neglected", "失养失修失管"),
                            ("municipal_facilities", "市政配套设施不完善"),
                            ("community_services", "社区服务设施不健全"),
                            ("public_facilities", "公共设施落后影响居民基本生活"),
                            ("residents_willing", "居民改造意愿强烈"),
                        ],
                        max_length=30,
                        verbose_name="事实",
                    ),
                ),
                ("holds", models.BooleanField(verbose_name="是否如此")),
                ("evidence", models.CharField(max_length=300, verbose_name="依据")),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("recorded_on", models.DateField(verbose_name="记录日期")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("community", "key"), name="one_answer_per_fact")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Hazard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="hazards", to="communities.community"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("drainage", "排水管线"),
                            ("gas", "燃气管线"),
                            ("water", "供水管线"),
                            ("power", "供电线路"),
                            ("fire", "消防"),
                            ("structure", "房屋结构"),
                            ("facility", "配套设施短板"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="类别",
                    ),
                ),
                ("description", models.CharField(max_length=300, verbose_name="情况")),
                ("found_on", models.DateField(verbose_name="发现日期")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="DuplicatePair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="communities.community"
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="communities.community"
                    ),
                ),
                ("agreeing", models.JSONField(default=list, verbose_name="一致的字段")),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("", "待核实"), ("distinct", "不是同一小区"), ("merged", "已合并")],
                        default="",
                        max_length=10,
                        verbose_name="结论",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="理由")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="each_pair_once"),
                    models.CheckConstraint(condition=models.Q(("first__lt", models.F("second"))), name="pair_in_order"),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Building",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="buildings",
                        to="communities.community",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="楼栋")),
                ("built_text", models.CharField(blank=True, max_length=60, verbose_name="建成时间")),
                ("floors", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="层数")),
                ("units", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="单元数")),
                ("structure", models.CharField(blank=True, max_length=40, verbose_name="结构")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("community", "name"), name="building_name_once_per_community")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Home",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "building",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="homes", to="communities.building"
                    ),
                ),
                ("unit", models.CharField(blank=True, max_length=20, verbose_name="单元")),
                ("room", models.CharField(max_length=20, verbose_name="房号")),
                ("floor", models.SmallIntegerField(blank=True, null=True, verbose_name="楼层")),
                ("private_area", offices.fields.AreaField(blank=True, null=True, verbose_name="专有部分面积（㎡）")),
                (
                    "area_source",
                    models.CharField(
                        blank=True,
                        choices=[("register", "不动产登记簿"), ("survey", "测绘报告"), ("contract", "买卖合同")],
                        max_length=10,
                        verbose_name="面积来源",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        editable=False,
                        help_text="entered twice: the one that stays",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="communities.home",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("building", "unit", "room"), name="room_once_per_unit"),
                    models.CheckConstraint(
                        condition=models.Q(("private_area__isnull", True), ("private_area__gt", 0), _connector="OR"),
                        name="home_area_positive",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Complaint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                        verbose_name="所在区划",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "neighbourhood",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="编号")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="communities.community",
                        verbose_name="小区",
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("quality", "施工质量"),
                            ("safety", "施工安全"),
                            ("noise", "噪声、扬尘、占道"),
                            ("progress", "进度拖延"),
                            ("money", "资金、收费"),
                            ("scheme", "方案、内容"),
                            ("service", "工作人员态度"),
                            ("other", "其他"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("portal", "网上"),
                            ("phone", "电话"),
                            ("visit", "来访"),
                            ("letter", "来信"),
                            ("hotline", "12345转办"),
                        ],
                        max_length=10,
                        verbose_name="渠道",
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="内容")),
                (
                    "photo",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="照片",
                    ),
                ),
                ("received_at", models.DateTimeField(verbose_name="收到时间")),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="录入人",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "办理中"), ("answered", "已答复")],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "handler_body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.body",
                        verbose_name="办理单位",
                    ),
                ),
                (
                    "handler",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办理人",
                    ),
                ),
                ("deadline", models.DateField(verbose_name="办理期限")),
                ("by_default", models.BooleanField(default=True, verbose_name="平台默认期限")),
                ("reopened_at", models.DateTimeField(null=True)),
                ("reopen_text", models.CharField(blank=True, max_length=500, verbose_name="重开的理由")),
            ],
            options={
                "verbose_name": "投诉",
                "verbose_name_plural": "投诉",
                "ordering": ("-pk",),
                "indexes": [
                    models.Index(fields=["community", "received_at"], name="complaint_of_community"),
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["deadline"], name="complaint_open_by_day"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("channel", "portal"), ("entered_by__isnull", True)),
                            models.Q(models.Q(("channel", "portal"), _negated=True), ("entered_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="complaint_was_sent_or_entered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reopen_text", ""), ("reopened_at__isnull", True)),
                            models.Q(("reopened_at__isnull", False), models.Q(("reopen_text", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="complaint_is_reopened_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Complainant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "complaint",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="person", to="communities.complaint"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="姓名")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="电话")),
                ("home", models.CharField(blank=True, max_length=60, verbose_name="楼栋房号")),
                ("phone_hash", models.CharField(blank=True, db_index=True, max_length=64)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="ComplaintReveal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "complaint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reveals", to="communities.complaint"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(max_length=200)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="ComplaintTransfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "complaint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="communities.complaint",
                    ),
                ),
                (
                    "from_body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.body"),
                ),
                (
                    "to_body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.body"),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="转办理由")),
                ("deadline", models.DateField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="ComplaintAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "complaint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="communities.complaint"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                ("text", models.TextField(max_length=2000, verbose_name="答复")),
                ("public_text", models.CharField(blank=True, max_length=300, verbose_name="公开部分")),
                (
                    "body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.body"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("round",),
                "constraints": [
                    models.UniqueConstraint(fields=("complaint", "round"), name="one_complaint_answer_per_round")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                        verbose_name="所在区划",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "neighbourhood",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="类别")),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.storedfile"
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.body"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "等待读取"),
                            ("read", "待确认"),
                            ("failed", "无法读取"),
                            ("applying", "正在写入"),
                            ("applied", "已导入"),
                            ("cancelled", "已取消"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "options",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="sheet, header row, column mapping, target (e.g. community uid)",
                    ),
                ),
                (
                    "columns",
                    models.JSONField(
                        blank=True, default=list, help_text="[{index, header, field, unit}] as understood"
                    ),
                ),
                ("counts", models.JSONField(blank=True, default=dict, help_text="rows by status")),
                (
                    "report",
                    models.JSONField(blank=True, default=dict, help_text="what was written: plans, communities…"),
                ),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="原因")),
                ("applied_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "导入",
                "verbose_name_plural": "导入",
                "ordering": ("-pk",),
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="communities.import"
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(help_text="row number in the sheet, from 1", verbose_name="行号"),
                ),
                ("raw", models.JSONField(help_text="cell texts as found")),
                ("values", models.JSONField(default=dict, help_text="field to understood value")),
                ("changes", models.JSONField(default=dict, help_text="field to [before, after] for updates")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "新增"),
                            ("update", "更新"),
                            ("unchanged", "未变"),
                            ("error", "错误"),
                            ("skipped", "跳过"),
                        ],
                        max_length=10,
                    ),
                ),
                ("warned", models.BooleanField(default=False, help_text="whether a problem is a warning")),
                (
                    "problems",
                    models.JSONField(default=list, help_text="[{cell, field, severity: error|warning, message}]"),
                ),
                ("target", models.UUIDField(help_text="row of the register that it matches or became", null=True)),
                (
                    "target_version",
                    models.PositiveIntegerField(help_text="version of the target that the preview showed", null=True),
                ),
            ],
            options={
                "ordering": ("number",),
                "constraints": [models.UniqueConstraint(fields=("source", "number"), name="row_once_per_import")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "community",
                    models.ForeignKey(
                        help_text="register that the person stands in",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="persons",
                        to="communities.community",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("natural", "自然人"), ("organisation", "单位"), ("developer", "建设单位")],
                        default="natural",
                        max_length=14,
                        verbose_name="类别",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="姓名或名称")),
                ("id_number", models.CharField(blank=True, max_length=40, verbose_name="证件号码")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="电话")),
            ],
            options={
                "abstract": False,
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Ownership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "home",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ownerships", to="communities.home"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ownerships", to="communities.person"
                    ),
                ),
                ("share_numerator", models.PositiveIntegerField(default=1)),
                ("share_denominator", models.PositiveIntegerField(default=1)),
                ("since", models.DateField(blank=True, null=True, verbose_name="起")),
                ("until", models.DateField(blank=True, null=True, verbose_name="止")),
                ("evidence", models.CharField(blank=True, max_length=200, verbose_name="依据")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("share_denominator__gt", 0),
                            ("share_numerator__gt", 0),
                            ("share_numerator__lte", models.F("share_denominator")),
                        ),
                        name="ownership_share_between_0_and_1",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True),
                            ("since__isnull", True),
                            ("until__gte", models.F("since")),
                            _connector="OR",
                        ),
                        name="ownership_dates_in_order",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("home", "person"),
                        name="one_open_ownership",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Reveal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reveals", to="communities.person"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(max_length=200)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="RollSettlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roll_settlements",
                        to="communities.community",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("empty", "没有房屋"),
                            ("duplicate_room", "房号重复"),
                            ("missing_area", "面积或面积来源未填"),
                            ("area_sum", "各户面积合计与小区面积不符"),
                            ("shares", "份额合计不等于 1"),
                            ("no_owner", "没有业主"),
                            ("same_person", "疑似同一业主"),
                            ("overlap", "业主组合有重叠"),
                            ("same_name", "同名业主"),
                            ("evidence", "产权没有依据"),
                            ("households", "户数与登记不一致"),
                        ],
                        max_length=20,
                        verbose_name="问题",
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("confirmed", "已核实，按此计算"),
                            ("distinct", "经核实不是同一个"),
                            ("separate", "各自作为一个业主"),
                            ("assigned", "按户指定计入哪个业主"),
                            ("reopened", "撤销原决定，重新核实"),
                        ],
                        max_length=10,
                        verbose_name="决定",
                    ),
                ),
                (
                    "homes",
                    models.JSONField(
                        default=dict,
                        help_text="home uid → key of the voter as which it counts",
                        verbose_name="按户指定",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="理由")),
                (
                    "where",
                    models.CharField(
                        blank=True, help_text="homes, for those who read it later", max_length=300, verbose_name="涉及"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "supersedes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="communities.rollsettlement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("community", "kind", "key"),
                        name="one_first_settlement",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="settlement_has_a_reason"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Agency",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agencies",
                        to="communities.person",
                        verbose_name="业主",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("heir", "继承人"),
                            ("guardian", "监护人"),
                            ("absent_agent", "委托代理人"),
                            ("organisation_representative", "单位代表"),
                        ],
                        max_length=28,
                        verbose_name="身份",
                    ),
                ),
                ("agent_name", models.CharField(max_length=80, verbose_name="姓名")),
                ("agent_id_number", models.CharField(blank=True, max_length=40, verbose_name="证件号码")),
                ("agent_phone", models.CharField(blank=True, max_length=40, verbose_name="电话")),
                ("evidence", models.CharField(max_length=200, verbose_name="依据")),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="扫描件",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="有效期自")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="录入人",
                    ),
                ),
                ("entered_at", models.DateTimeField(verbose_name="录入时间")),
                (
                    "checked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                ("checked_at", models.DateTimeField(null=True, verbose_name="复核时间")),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                ("withdrawn_reason", models.CharField(blank=True, max_length=200, verbose_name="撤销理由")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by__isnull", True),
                            models.Q(("checked_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="agency_checked_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_at__isnull", True), ("checked_by__isnull", True)),
                            models.Q(("checked_at__isnull", False), ("checked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="agency_check_has_person_and_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_at__isnull", True),
                            models.Q(
                                ("withdrawn_by__isnull", False), models.Q(("withdrawn_reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="agency_withdrawal_has_person_and_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="agency_dates_in_order",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organisations",
                        to="communities.community",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("owners_committee", "业主委员会"),
                            ("self_management_group", "居民自管小组"),
                            ("party_group", "基层党组织"),
                        ],
                        max_length=24,
                        verbose_name="种类",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="名称")),
                ("established_on", models.DateField(verbose_name="成立日期")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                ("ended_reason", models.CharField(blank=True, max_length=200, verbose_name="终止原因")),
                ("filing_number", models.CharField(blank=True, max_length=60, verbose_name="备案号")),
                ("evidence", models.CharField(max_length=200, verbose_name="依据")),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="扫描件",
                    ),
                ),
                ("public_phone", models.CharField(blank=True, max_length=40, verbose_name="对外电话")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on__isnull", True)),
                        fields=("community", "kind"),
                        name="one_standing_organisation_of_a_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on__isnull", True), ("ended_on__gte", models.F("established_on")), _connector="OR"
                        ),
                        name="organisation_dates_in_order",
                    ),
                ],
                "indexes": [],
            },
        ),
    ]
