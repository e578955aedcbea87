"""The only writers of communities: keyword-only, atomic, recorded in the history with ids, field names and hashes only."""

from communities.actions.agencies import check_agency, enter_agency, open_agency, withdraw_agency
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
from communities.actions.import_undo import begin_undo, undo_import
from communities.actions.imports import (
    apply_import,
    begin_apply,
    cancel_import,
    change_options,
    pasted,
    read_import,
    stop_import,
    upload_import,
)
from communities.actions.mending import mend_import
from communities.actions.organisations import add_organisation, end_organisation
from communities.actions.register import add_community, change_community, restore, withdraw
from communities.actions.roll import merge_homes, merge_persons, settle_roll
from communities.actions.sales import correct_ownership, sell_home, sell_to
from communities.actions.survey import record_fact, record_hazard

__all__ = [
    "add_building", "add_community", "add_home", "add_organisation", "add_ownership", "add_person", "apply_import", "begin_apply",
    "begin_undo",
    "cancel_import", "change_building", "change_community", "change_home", "change_options", "change_person", "check_agency",
    "correct_ownership", "decide_duplicate", "end_organisation", "end_ownership", "enter_agency", "mend_import",
    "merge_homes", "merge_persons",
    "note_duplicates", "open_agency", "pasted", "read_import", "record_fact", "record_hazard", "reopen_duplicate", "restore",
    "reveal_person", "sell_home", "sell_to", "settle_roll", "stop_import", "undo_import", "upload_import", "withdraw", "withdraw_agency",
]  # fmt: skip
