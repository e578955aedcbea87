"""Parameters of the question who signs for the owners of a community."""

from typing import Literal

from pydantic import Field

from policies.model import Frozen


class Signatory(Frozen):
    """Who acts and signs for the owners: the residents' organisation that stands; where none does, the first of ``stand_in``."""

    organisations: tuple[Literal["owners_committee", "self_management_group"], ...] = Field(min_length=1)
    stand_in: tuple[Literal["neighbourhood_committee", "neighbourhood"], ...] = ()
