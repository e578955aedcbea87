"""The independent program, loaded from its file as nobody's module."""

import importlib.util
from pathlib import Path
from types import ModuleType

PROGRAM = Path(__file__).parent.parent.parent / "tools" / "verify_vote.py"


def _program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_vote", PROGRAM)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFIER = _program()
