"""Small faults of a module, one at a time: what a slip of the hand would make of it.

Comparisons moved by one (``<`` to ``<=``) or turned round, ``and`` for ``or``, ``not`` and whole conditions turned round, ``+``
for ``-``, numbers one higher, ``True`` for ``False``, ``min`` for ``max``, ``any`` for ``all``, ``break`` for ``continue``,
``return None``, a call or a ``raise`` left out.

Left alone by rule, never by a list of names: words (string literals, f-strings and all that stands in them, docstrings),
annotations and types, decorators, imports, ``assert`` (what it says is for the type checker).
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.BitXor: ast.BitOr,
}  # fmt: skip
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
UNTOUCHED = (ast.JoinedStr, ast.Assert, ast.Import, ast.ImportFrom)
UNTOUCHED_FIELDS = frozenset({"decorator_list", "annotation", "returns", "bases", "type_params", "op", "ops"})
Edit = Callable[[], None]


@dataclass(frozen=True)
class Site:
    """One fault: ``edit`` makes it in the tree for good. ``function`` is the outermost function around it by its qualified
    name, "" for none; ``lines`` those of the statement (a compound one's head) around it; ``top`` the statement of the
    module."""

    name: str
    what: str
    line: int
    lines: range
    function: str
    top: ast.stmt
    edit: Edit


def sites(tree: ast.Module) -> list[Site]:
    """Every fault of a module, in the order of its lines; names ("12:4 < to <=") are unique in it."""
    found: list[Site] = []
    seen: dict[str, int] = {}
    for top in tree.body:
        spans = [_span(each) for each in ast.walk(top) if isinstance(each, ast.stmt)]
        for node, what, edit, function in _walk(top, ""):
            name = f"{node.lineno}:{node.col_offset} {what}"
            seen[name] = seen.get(name, 0) + 1
            name += f" #{seen[name]}" if seen[name] > 1 else ""
            lines = min((span for span in spans if node.lineno in span), key=len)
            found.append(Site(name, what, node.lineno, lines, function, top, edit))
    return sorted(found, key=lambda site: site.line)


def _span(statement: ast.stmt) -> range:
    """The lines of a statement; of one with a body those before it."""
    body = getattr(statement, "body", None) or getattr(statement, "cases", None)
    if not body:
        return range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    first = body[0].pattern if isinstance(body[0], ast.match_case) else body[0]
    return range(statement.lineno, max(first.lineno, statement.lineno + 1))


Found = Iterator[tuple[ast.expr | ast.stmt, str, Edit, str]]


def _walk(node: ast.AST, function: str, within: str = "") -> Found:
    if isinstance(node, UNTOUCHED) or _docstring_or_type(node, function):
        return
    inner = within
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not function:
        inner = f"{within}.{node.name}".lstrip(".")
        if not isinstance(node, ast.ClassDef):
            for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):  # evaluated outside of it
                yield from _child(default, node.args, "", within)
            for statement in node.body:
                yield from _child(statement, node, inner, inner)
            return
    for field, value in ast.iter_fields(node):
        if field in UNTOUCHED_FIELDS:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _child(child, node, function, inner)


def _child(child: ast.AST, parent: ast.AST, function: str, within: str) -> Found:
    for what, new in _faults(child, parent, function):
        assert isinstance(child, ast.expr | ast.stmt)
        yield child, what, _replacing(parent, child, ast.copy_location(new, child)), function
    yield from _walk(child, function, within)


def _replacing(parent: ast.AST, child: ast.AST, new: ast.AST) -> Edit:
    def edit() -> None:
        for field, value in ast.iter_fields(parent):
            if value is child:
                setattr(parent, field, new)
            elif isinstance(value, list):
                value[:] = [new if each is child else each for each in value]

    return edit


def _docstring_or_type(node: ast.AST, function: str) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    alias = isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript | ast.BinOp)
    return not function and alias and not any(isinstance(each, ast.Constant | ast.Call) for each in ast.walk(node))


def _changed(node: ast.AST, **fields: object) -> ast.AST:
    new = copy.copy(node)
    for field, value in fields.items():
        setattr(new, field, value)
    return new


def _faults(node: ast.AST, parent: ast.AST, function: str) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Compare):
        for number, op in enumerate(node.ops):
            other = COMPARED[type(op)]()
            ops = [other if at == number else each for at, each in enumerate(node.ops)]
            yield f"{_sign(op)} to {_sign(other)}", _changed(node, ops=ops)
    elif isinstance(node, ast.BoolOp):
        new = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"{_sign(node.op)} to {_sign(new)}", _changed(node, op=new)
    elif isinstance(node, ast.UnaryOp):
        yield f"{_sign(node.op)} left out", node.operand
    elif isinstance(node, ast.BinOp | ast.AugAssign):
        yield from _calculation(node, function)
    elif isinstance(node, ast.Constant):
        yield from _constant(node)
    elif isinstance(node, ast.Name) and node.id in NAMES:
        yield f"{node.id} to {NAMES[node.id]}", _changed(node, id=NAMES[node.id])
    elif isinstance(node, ast.stmt):
        yield from _statement(node)
    if isinstance(node, ast.expr) and _is_condition(node, parent):
        yield "condition turned round", ast.UnaryOp(ast.Not(), node)


def _calculation(node: ast.BinOp | ast.AugAssign, function: str) -> Iterator[tuple[str, ast.AST]]:
    sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    words = any(isinstance(side, ast.JoinedStr) or isinstance(getattr(side, "value", None), str) for side in sides)
    types = not function and isinstance(node.op, ast.BitOr)
    if not words and not types and type(node.op) in CALCULATED:
        new = CALCULATED[type(node.op)]()
        yield f"{_sign(node.op)} to {_sign(new)}", _changed(node, op=new)


def _constant(node: ast.Constant) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node.value, bool):
        yield f"{node.value} to {not node.value}", ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield f"{node.value} to {node.value + 1}", ast.Constant(node.value + 1)


def _statement(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Break):
        yield "break to continue", ast.Continue()
    elif isinstance(node, ast.Continue):
        yield "continue to break", ast.Break()
    elif isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        yield f"{'raise' if isinstance(node, ast.Raise) else 'call'} left out", _nothing(node)
    elif isinstance(node, ast.Return) and node.value and getattr(node.value, "value", ...) is not None:
        yield "return None", _changed(node, value=ast.Constant(None))


def _nothing(node: ast.stmt) -> ast.stmt:
    """Nothing; where ``super`` stood its name stays, so that the function is still one of its class."""
    names = [each for each in ast.walk(node) if isinstance(each, ast.Name) and each.id == "super"]
    return ast.Expr(names[0]) if names else ast.Pass()


def _is_condition(node: ast.expr, parent: ast.AST) -> bool:
    if isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp):
        return False  # these have faults of their own
    if isinstance(parent, ast.If | ast.While | ast.IfExp):
        return parent.test is node
    return isinstance(parent, ast.comprehension) and node in parent.ifs


def _sign(op: ast.AST) -> str:
    return {
        "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "Eq": "==", "NotEq": "!=", "Is": "is", "IsNot": "is not", "In": "in",
        "NotIn": "not in",
        "And": "and", "Or": "or", "Not": "not", "USub": "minus", "Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "FloorDiv": "//",
        "Mod": "%",
        "Pow": "**", "BitOr": "|", "BitAnd": "&", "BitXor": "^",
    }.get(type(op).__name__, type(op).__name__)  # fmt: skip
