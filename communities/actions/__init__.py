"""The only writers of communities: keyword-only, atomic, recorded in the history with ids, field names and hashes only."""

from communities.actions.duplicates import decide_duplicate, note_duplicates, reopen_duplicate
from communities.actions.homes import (
    add_building,
    add_home,
    add_ownership,
    add_person,
    change_building,
    change_home,
    change_person,
    end_ownership,
    reveal_person,
)
from communities.actions.imports import (
    apply_import,
    begin_apply,
    cancel_import,
    change_options,
    pasted,
    read_import,
    upload_import,
)
from communities.actions.register import add_community, change_community, restore, withdraw
from communities.actions.survey import record_fact, record_hazard

__all__ = [
    "add_building", "add_community", "add_home", "add_ownership", "add_person", "apply_import", "begin_apply", "cancel_import",
    "change_building", "change_community", "change_home", "change_options", "change_person", "decide_duplicate", "end_ownership",
    "note_duplicates", "pasted", "read_import", "record_fact", "record_hazard", "reopen_duplicate", "restore", "reveal_person",
    "upload_import", "withdraw",
]  # fmt: skip
