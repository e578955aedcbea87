"""Kinds of question on what a renovation scheme holds: the typed parameters of each (``policies.kinds.KINDS`` names them)."""

from typing import Literal

from pydantic import Field

from policies.model import Frozen


class Facilities(Frozen):
    """专营设施 (LZ-03, RC-06): what the document asks of one. ``owner_renews``: a facility of the utility's own is renewed by it.
    ``cost_shared``: fiscal money and the utility share the cost of one that is not its own. ``in_step``: designed and built together
    with the community. ``handed_over``: one that is not the utility's own is handed over to it afterwards.
    """

    part: Literal["owner_renews", "cost_shared", "in_step", "handed_over"]


class SubsidyScope(Frozen):
    """What central money must not be drawn for (JX-03): communities that are not eligible, content outside the catalogue."""

    eligible_only: bool = True
    catalogue_only: bool = True


class ContentLimit(Frozen):
    """Content that is allowed in some forms only (JX-04): an item that names one of ``about`` names one of ``allowed`` too."""

    about: tuple[str, ...] = Field(min_length=1)
    allowed: tuple[str, ...] = Field(min_length=1)


class Means(Frozen):
    """How content without a class is provided (LZ-30): one of these words."""

    words: tuple[str, ...] = Field(min_length=1)


class FundUse(Frozen):
    """What a resident channel may pay for (N-03): ``items`` are words of the items that the text names; it ends in 等."""

    source: Literal["maintenance_fund", "provident_fund", "common_revenue"]
    items: tuple[str, ...] = Field(min_length=1)
