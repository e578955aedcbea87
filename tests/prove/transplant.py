"""A fault put into the running process: functions get the code of the changed source, tables of a module their new values."""

import ast
import gc
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tests.prove.mutation import Site

ROOT = Path(__file__).parents[2]


def transplant(site: Site, path: str) -> bool:
    """Make the fault of ``site`` in the module at ``path`` of this process; False where the module could not even be imported with it."""
    module = sys.modules[path.removesuffix(".py").replace("/", ".")]
    site.edit()
    if site.function:
        _functions(site, str(ROOT / path))
        return True
    try:
        _values(site.top, module, str(ROOT / path))
    except Exception:
        return False
    return True


def _functions(site: Site, file: str) -> None:
    code = compile(_tree(site.top), file, "exec")
    new = next(each for each in _codes(code) if each.co_qualname == site.function)
    for function in _live(file, site.function):
        function.__code__ = new


def _tree(*statements: ast.stmt) -> ast.Module:
    return ast.fix_missing_locations(ast.Module(list(statements), []))


def _codes(code: CodeType) -> list[CodeType]:
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    return inner + [deeper for each in inner for deeper in _codes(each)]


@cache
def living() -> dict[tuple[str, str], list[FunctionType]]:
    """(file, qualified name) to the functions of the house in this process; asked before a fork, since to look touches all memory."""
    found: dict[tuple[str, str], list[FunctionType]] = defaultdict(list)
    for each in gc.get_objects():
        if type(each) is FunctionType and each.__code__.co_filename.startswith(str(ROOT)):
            found[each.__code__.co_filename, each.__code__.co_qualname].append(each)
    return found


def _live(file: str, name: str) -> list[FunctionType]:
    assert living().get((file, name)), f"no function {name} of {file}"
    return living()[file, name]


def _values(top: ast.stmt, module: ModuleType, file: str) -> None:
    """Run the changed statement, and those after it that stand on it; put what comes where the old value is known."""
    space = dict(vars(module))
    changed: set[str] = set()
    body = ast.parse(Path(file).read_text(encoding="utf-8")).body
    for statement in [top, *(each for each in body if each.lineno > top.lineno)]:
        if statement is not top and not (_loaded(statement) & changed):
            continue
        if isinstance(statement, ast.FunctionDef):
            statement.decorator_list = []
        exec(compile(_tree(statement), file, "exec"), space)
        if isinstance(statement, ast.FunctionDef):
            for function in _live(file, statement.name):
                function.__defaults__, function.__kwdefaults__ = (
                    space[statement.name].__defaults__,
                    space[statement.name].__kwdefaults__,
                )
        elif isinstance(statement, ast.ClassDef):
            _class(vars(module)[statement.name], space[statement.name])
            space[statement.name] = vars(module)[statement.name]
        else:
            changed |= {
                node.id
                for node in ast.walk(statement)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            }
    for name in changed:
        if name in vars(module):
            _replace(name, vars(module)[name], space[name])


def _loaded(statement: ast.stmt) -> set[str]:
    """Names that a statement reads when the module is imported; bodies of functions read them later."""
    roots: list[ast.AST] = [statement]
    if isinstance(statement, ast.FunctionDef):
        roots = [*statement.args.defaults, *filter(None, statement.args.kw_defaults)]
    elif isinstance(statement, ast.ClassDef):
        roots = [each for each in statement.body if isinstance(each, ast.Assign | ast.AnnAssign)]
    return {
        node.id
        for root in roots
        for node in ast.walk(root)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def _class(old: type, new: type) -> None:
    for name, value in vars(new).items():
        former = vars(old).get(name)
        if isinstance(value, FunctionType) and isinstance(former, FunctionType):
            former.__defaults__, former.__kwdefaults__ = value.__defaults__, value.__kwdefaults__
        elif not name.startswith("__") and isinstance(value, int | float | tuple):
            setattr(old, name, value)


def _replace(name: str, old: Any, new: Any) -> None:
    """Where modules know the value: by its name, and unless it is one of the shared small values, under any other name too."""
    own = not isinstance(old, int | str | bool | type(None)) and old != ()
    for module in list(sys.modules.values()):
        space = getattr(module, "__dict__", {})
        for known in [key for key, value in space.items() if value is old and (own or key == name)]:
            space[known] = new
