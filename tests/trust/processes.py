"""Several processes that act at one moment on the test's own database."""

import multiprocessing
import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from django.db import connection, connections

SECONDS = 60
_fork = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Said:
    """What a process came back with: a value, or the refusal it met (its class, code and words)."""

    value: Any = None
    error: str = ""
    code: str = ""
    words: str = ""


def together(number: int, act: Callable[[int], Any], *, seconds: int = SECONDS) -> list[Said]:
    """Fork ``number`` processes, each with a connection of its own, let all of them ``act`` at once; what each said."""
    connections.close_all()  # a forked child must not share the parent's socket
    barrier = _fork.Barrier(number)
    pipes: list[Connection] = []
    children = []
    for index in range(number):
        here, there = _fork.Pipe(duplex=False)
        child = _fork.Process(target=_run, args=(there, barrier, act, index))
        child.start()
        there.close()
        pipes.append(here)
        children.append(child)
    found = [pipe.recv() if pipe.poll(seconds) else Said(error="silent") for pipe in pipes]
    for child, said in zip(children, found, strict=True):
        if said.error == "silent":
            child.kill()  # it would go on after its test, and hold the database
        child.join(SECONDS)
    return found


def _run(pipe: Connection, barrier: Any, act: Callable[[int], Any], index: int) -> None:
    connection.ensure_connection()
    barrier.wait(SECONDS)
    try:
        said = Said(value=act(index))
    except Exception as error:
        said = Said(
            error=type(error).__name__, code=getattr(error, "code", ""), words=str(error) or traceback.format_exc()
        )
    pipe.send(said)
    pipe.close()
    connections.close_all()
    os._exit(0)  # nothing of pytest's own ends twice
