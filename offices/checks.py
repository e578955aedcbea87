"""Django checks that every start runs: bundled rulebooks are well formed, and the database's guards stand."""

import sys
from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

from offices import constraints, rulebooks, triggers
from policies.load import RulebookError


def check_rulebooks(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A malformed bundled rulebook stops the start with file, key and reason."""
    try:
        rulebooks.bundled()
    except RulebookError as error:
        return [Error(f"随附的规则库有错误：{error}", hint="请恢复发布时的文件。", id="offices.E001")]
    return []


def check_guards(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Every trigger that keeps rows from being rewritten stands in the database and fires; every composite key stands."""
    if not databases or sys.argv[1:2] == ["migrate"]:  # migrate is what installs them
        return []
    found: list[CheckMessage] = []
    for alias in databases:
        for trigger in triggers.missing(connections[alias]):
            found.append(
                Error(
                    f"数据库缺少防篡改触发器 {trigger.name}（表 {trigger.table}）",
                    hint="运行 manage.py migrate 重新安装；在此之前请查明它为什么不见了。",
                    id="offices.E002",
                )
            )
        for name in triggers.altered(connections[alias]):
            found.append(
                Error(
                    f"数据库函数 {name} 不是平台安装的：防篡改触发器或表决截止所用的时钟因此不可信",
                    hint="运行 manage.py migrate 重新安装；在此之前请查明是谁改动了它。",
                    id="offices.E003",
                )
            )
        for table, key in constraints.missing(connections[alias]):
            found.append(
                Error(
                    f"数据库缺少组合外键 {key}（表 {table}），或它不再起作用",
                    hint="请查明是谁改动了它，按迁移文件中的定义重新建立后再启动。",
                    id="offices.E004",
                )
            )
    return found
