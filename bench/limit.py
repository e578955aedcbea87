"""The limit: what somebody would write who needs this one answer as fast as Python can give it. Bare WSGI, psycopg2, orjson; no framework,
no permissions, no checks. It lives here and nowhere in the product."""

import hashlib
import os
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import orjson
import psycopg2
from psycopg2.extensions import UNICODE, new_type, register_type

# Columns of a project for everybody, then those for the staff besides; d, c and b are its division, county and body.
PUBLIC = (
    "p.uid, p.name, d.uid, c.uid, p.plan_year, p.stage, p.stage, p.national_task, NULL, p.entered_in_midlife, p.reported_on, p.version, "
    "p.updated_at"
)
STAFF = ", p.published, p.rulebook, p.revision, p.central_subsidy, p.facts, p.works, p.investment, b.uid, p.created_at"
NAMES = (
    "uid", "name", "division", "county", "plan_year", "stage", "stage_label", "national_task", "communities", "entered_in_midlife",
    "reported_on", "version", "updated_at", "published", "rulebook", "revision", "central_subsidy", "facts", "works", "investment",
    "implementing_body", "created_at",
)  # fmt: skip
LABELS = {
    "reserve": "储备库", "planned": "拟列入计划", "approved": "计划已下达", "designed": "方案编制完成", "reviewed": "方案已审查",
    "works": "施工中", "accepted": "已竣工验收", "closed": "已移交归档", "aftercare": "长效管理",
}  # fmt: skip
JOINS = (
    " FROM projects_project p JOIN offices_division d ON d.id = p.division_id LEFT JOIN offices_division c ON c.id = p.county_id "
    "LEFT JOIN offices_body b ON b.id = p.implementing_body_id"
)
PARTS = (
    "SELECT x.project_id, c.uid, c.name FROM projects_projectcommunity x JOIN communities_community c ON c.id = x.community_id "
    "WHERE x.project_id = ANY(%s) ORDER BY x.id"
)
KEY = (
    "SELECT k.digest, d.id FROM offices_apikey k JOIN offices_user u ON u.id = k.user_id JOIN offices_membership m ON m.user_id = u.id "
    "JOIN offices_body b ON b.id = m.body_id JOIN offices_division d ON d.id = b.division_id WHERE k.prefix = %s AND m.active"
)
_connection: Any = None


def _cursor() -> Any:
    global _connection  # noqa: PLW0603
    if _connection is None:
        parts = urlsplit(os.environ["DATABASE_URL"])
        query = dict(parse_qsl(parts.query))
        _connection = psycopg2.connect(
            dbname=parts.path.lstrip("/"), user=parts.username, password=parts.password,
            host=unquote(query.get("host", "")) or parts.hostname, port=parts.port, options="-c timezone=Asia/Shanghai",
        )  # fmt: skip
        _connection.autocommit = True
        for oid in (1082, 1700, 2950, 3802):
            register_type(new_type((oid,), f"T{oid}", UNICODE), _connection)
    return _connection.cursor()


def _projects(cursor: Any, columns: str, where: str, values: list[Any], staff: bool) -> list[dict[str, Any]]:
    cursor.execute(f"SELECT {columns}, d.name, c.name, b.name, p.id {JOINS} WHERE {where}", values)
    rows, found, held = cursor.fetchall(), [], {}
    for row in rows:
        item = dict(zip(NAMES[: 22 if staff else 13], row, strict=False))
        item["division"] = {"uid": item["division"], "name": row[-4]}
        item["county"] = {"uid": item["county"], "name": row[-3]} if item["county"] else None
        item["stage_label"] = LABELS[item["stage"]]
        if staff:
            item["facts"], item["works"] = orjson.Fragment(item["facts"]), orjson.Fragment(item["works"])
            item["implementing_body"] = (
                {"uid": item["implementing_body"], "name": row[-2]} if item["implementing_body"] else None
            )
            money = item["investment"]
            item["investment"] = None if money is None else f"{money // 100}.{money % 100:02d}"
        item["communities"] = held[row[-1]] = []
        found.append(item)
    cursor.execute(PARTS, [list(held)])
    for key, uid, name in cursor.fetchall():
        held[key].append({"uid": uid, "name": name})
    return found


def public_list(cursor: Any, asked: dict[str, list[str]], environ: dict[str, Any]) -> Any:
    """Row 1."""
    values = [int(asked["county"][0]), int(asked["year"][0])]
    return {"results": _projects(
        cursor, PUBLIC, "p.published AND p.county_id = %s AND p.plan_year = %s ORDER BY p.id LIMIT 101", values, False
    )[:100]}  # fmt: skip


def key_list(cursor: Any, asked: dict[str, list[str]], environ: dict[str, Any]) -> Any:
    """Row 2: the key is looked up and its division put into the list."""
    _, prefix, secret = environ["HTTP_AUTHORIZATION"].split("_", 2)
    cursor.execute(KEY, [prefix])
    digest, division = cursor.fetchone()
    if digest != hashlib.sha256(secret.encode()).hexdigest():
        return {}
    level = asked["level"][0]
    return {"results": _projects(
        cursor, PUBLIC + STAFF, f"p.{level}_id = %s AND p.id > %s ORDER BY p.id LIMIT 101", [division, int(asked["after"][0])], True
    )[:100]}  # fmt: skip


def one_project(cursor: Any, asked: dict[str, list[str]], environ: dict[str, Any]) -> Any:
    """Row 3."""
    return _projects(cursor, PUBLIC, "p.published AND p.uid = %s", [asked["uid"][0]], False)[0]


ADDRESSES: dict[str, Callable[..., Any]] = {"/list": public_list, "/key": key_list, "/one": one_project}


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI."""
    with _cursor() as cursor:
        body = orjson.dumps(ADDRESSES[environ["PATH_INFO"]](cursor, parse_qs(environ["QUERY_STRING"]), environ))
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
