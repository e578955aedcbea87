"""What a division's documents order it to file with the office above (JX-08). Pure."""

import datetime as dt

from policies.answer import citation
from policies.layers import Layers
from policies.refusal import Citation
from policies.registry import answers


@answers("upward_filing")
def ordered(layers: Layers, day: dt.date) -> tuple[tuple[str, ...], Citation | None]:
    """Kinds of file (``contents``, ``standard``) and the clause; nothing where no document says so (未作规定)."""
    found = layers.governing("upward_filing", day)
    if not found:
        return (), None
    return tuple(dict.fromkeys(kind for row in found for kind in row.params.files)), citation(layers, found[0])
