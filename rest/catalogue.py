"""The catalogue of errors: every ``code`` of a problem answer, with its status, title and the way out. Served at ``/api/v1/errors/``."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One kind of error. ``title`` and ``meaning`` are Chinese; ``meaning`` says what a caller can do about it."""

    code: str
    status: int
    title: str
    meaning: str


_ENTRIES: dict[str, Entry] = {}


def register(code: str, status: int, title: str, meaning: str) -> None:
    """Add a code (an app does so for the codes of its own refusals). The same code with another meaning is a programming error."""
    entry = Entry(code, status, title, meaning)
    if _ENTRIES.setdefault(code, entry) != entry:
        raise ValueError(f"error code {code!r} is registered twice with different meanings")


def entries() -> tuple[Entry, ...]:
    """All entries, by status and code."""
    return tuple(sorted(_ENTRIES.values(), key=lambda entry: (entry.status, entry.code)))


def find(code: str) -> Entry | None:
    """The entry of a code, or None."""
    return _ENTRIES.get(code)


for _row in (
    ("invalid", 400, "输入有误", "按 errors 中每个字段的说明修改后重发；服务器没有改动任何数据。"),
    ("malformed_json", 400, "不是有效的 JSON", "请求体须为 UTF-8 的 JSON；detail 给出出错的位置。"),
    ("too_deep", 400, "JSON 嵌套过深", "请求体最多嵌套 20 层。"),
    ("bad_character", 400, "含有不允许的字符", "文本中不能有空字符（NUL）或不成对的代理字符。"),
    ("unknown_parameter", 400, "不认识的查询参数", "errors 的键是不认识的参数，detail 列出可用的参数。"),
    ("invalid_parameter", 400, "查询参数的值有误", "按 errors 中每个参数的说明修改。"),
    ("invalid_cursor", 400, "游标无效", "游标只能用于给出它的那个列表（同样的筛选和排序）；请从第一页重新开始。"),
    ("unauthenticated", 401, "需要身份", "在 Authorization 头中给出有效的密钥，或先登录。"),
    ("forbidden", 403, "无权操作", "您可以查看，但不能执行此操作；密钥还须具有相应权限范围。"),
    ("not_found", 404, "不存在", "没有这个网址或这条记录，或者它不在您的可见范围内。"),
    ("method_not_allowed", 405, "不支持的方法", "Allow 头列出这个网址支持的方法。"),
    ("not_acceptable", 406, "没有可接受的格式", "接口只提供 application/json；导出用 format 参数选择格式。"),
    ("refused", 409, "操作被拒绝", "detail 说明原因；数据没有改动。"),
    ("conflict", 409, "与现有数据冲突", "同样的记录已经存在，或同时发生了另一处修改；重新读取后再试。"),
    ("rule", 409, "规则不允许", "rule 给出文件与条款，missing 给出还差多少，reasons 列出全部原因。"),
    (
        "changes_forgotten",
        410,
        "变更日志已不含这一段",
        "变更日志保存 400 天；请重新导出全表，再从答复中的 newest 继续跟随。",
    ),
    ("stale", 412, "记录已被修改", "重新读取得到新的 ETag，核对后再提交。"),
    ("too_large", 413, "请求体过大", "分批提交，或使用文件导入。"),
    ("unsupported_media_type", 415, "不支持的内容类型", "请求体用 application/json；上传文件用 multipart/form-data。"),
    ("idempotency_mismatch", 422, "幂等键已用于另一请求", "每个新的请求都要用新的 Idempotency-Key。"),
    ("precondition_required", 428, "缺少 If-Match", "先读取记录，把得到的 ETag 放进 If-Match 再修改。"),
    ("throttled", 429, "请求过于频繁", "等待 Retry-After 秒后再试；RateLimit-* 头给出限额和余量。"),
    ("internal", 500, "服务器内部错误", "不是您的错误；日志已记录，可以稍后再试。"),
    ("unavailable", 503, "暂时无法服务", "数据库暂时不可用，没有改动任何数据；等待 Retry-After 秒后再试。"),
):
    register(*_row)
