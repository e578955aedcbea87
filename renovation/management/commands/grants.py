"""``manage.py grants ROLE``: the application's role on PostgreSQL reads and writes rows; tables, guards and functions are its owner's."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

POWERS = (
    "SELECT r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls "
    "OR pg_has_role(r.oid, current_user, 'MEMBER') FROM pg_roles r WHERE r.rolname = %s"
)  # fmt: skip
OWNED = (
    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'S', 'v') AND pg_get_userbyid(c.relowner) <> current_user"
)
STATEMENTS = (
    "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}",
    "REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {role}",
    "REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {role}",
    "REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC, {role}",
    "GRANT CONNECT ON DATABASE {database} TO {role}",
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON {migrations} FROM {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
    # Tables of later releases: what their owner makes from now on.
    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {role}",
)


class Command(BaseCommand):
    """Run as the owner of the tables, after ``migrate``; safe to run again."""

    help = "PostgreSQL：授予应用账号读写数据的权限，不能改表、不能停用防篡改触发器（以表的所有者身份运行）"

    def add_arguments(self, parser: CommandParser) -> None:
        """The role."""
        parser.add_argument("role", help="应用账号，须已由数据库管理员建立")

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError where there is no such role, or one that could get around what is granted here."""
        role = options["role"]
        if connection.vendor != "postgresql":
            raise CommandError("只有 PostgreSQL 才有数据库账号权限；SQLite 由文件权限保护。")
        with connection.cursor() as cursor:
            cursor.execute(POWERS, [role])
            found = cursor.fetchone()
            if found is None:
                raise CommandError(
                    f"数据库中没有账号 {role}。请先由数据库管理员执行：CREATE ROLE {role} LOGIN PASSWORD '…'"
                )
            if found[0]:
                raise CommandError(
                    f"账号 {role} 是超级用户、表的所有者，或能建库、建账号，不能用作应用账号。请另建一个普通账号。"
                )
            cursor.execute(OWNED)
            if cursor.fetchone() != (0,):
                raise CommandError("当前账号不是全部数据表的所有者。请用迁移时使用的账号运行本命令。")
            cursor.execute("SELECT current_schema(), current_database()")
            quote = connection.ops.quote_name
            schema, database = map(quote, cursor.fetchone())
            names = {
                "schema": schema, "database": database, "role": quote(role),
                "migrations": quote(MigrationRecorder.Migration._meta.db_table),
            }  # fmt: skip
            cursor.execute("; ".join(statement.format(**names) for statement in STATEMENTS))
        self.stdout.write(f"账号 {role} 只能读写数据：不能建表、改表、清空表，不能停用触发器。升级后不必重新授权。")
