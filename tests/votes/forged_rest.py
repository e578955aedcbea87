"""Corruptions of papers, result and history, and forgeries that are consistent in themselves."""

from tests.votes.forging import Pack, by_root, seen

# ---- papers


@seen("没有收回的纸质票与之对应|重新计算的不符")
def drop_a_serial(pack: Pack) -> None:
    pack.papers.remove(pack.paper())


@seen("没有收回的纸质票与之对应")
def say_that_a_paper_never_came_back(pack: Pack) -> None:
    pack.paper()["returned"] = None


@seen("而录入的不是无效")
def say_that_a_paper_is_invalid(pack: Pack) -> None:
    pack.paper()["returned"].update(state="invalid", receipt=None)


@seen("没有对应的票")
def say_that_a_paper_is_valid(pack: Pack) -> None:
    pack.paper("invalid")["returned"]["state"] = "valid"


@seen("没有录入完毕")
def leave_a_paper_unread(pack: Pack) -> None:
    pack.paper()["returned"]["state"] = "entered"


@seen("没有两个人的录入")
def enter_a_paper_once(pack: Pack) -> None:
    next(row for row in pack.papers if row["returned"] and len(row["returned"]["entries"]) == 2)["returned"][
        "entries"
    ].pop()


@seen("无人裁定|不符")
def change_one_entry(pack: Pack) -> None:
    entry = pack.paper()["returned"]["entries"][0]
    entry["choice"] = "abstain" if entry["choice"] != "abstain" else "agree"


@seen("不符")
def change_both_entries(pack: Pack) -> None:
    row = next(
        row
        for row in pack.papers
        if row["returned"] and row["returned"]["state"] == "valid" and len(row["returned"]["entries"]) == 2
    )
    for entry in row["returned"]["entries"]:
        entry["choice"] = "oppose" if entry["choice"] != "oppose" else "agree"


@seen("不符|无人裁定")
def say_that_an_agent_signed(pack: Pack) -> None:
    pack.paper()["returned"]["entries"][-1]["agent"] = "0123456789abcdef"


@seen("不符")
def forget_the_agent_of_a_paper(pack: Pack) -> None:
    row = next(row for row in pack.ballots if row["channel"] == "paper" and row["agent"])
    row["agent"] = None


@seen("无效而写了代理人")
def give_an_invalid_paper_an_agent(pack: Pack) -> None:
    for entry in pack.paper("invalid")["returned"]["entries"]:
        entry["agent"] = "0123456789abcdef"


@seen("不在名册上|不符|两张有效的纸质票")
def give_a_paper_to_another(pack: Pack) -> None:
    row = pack.paper()
    row["voter"] = next(voter["voter"] for voter in pack.roll if voter["voter"] != row["voter"])


@seen("已经收回而又作废")
def void_a_paper_that_came_back(pack: Pack) -> None:
    row = pack.paper()
    row["voided_at"] = pack.vote["opens_at"]


@seen("截止后发出的")
def issue_a_paper_after_the_close(pack: Pack) -> None:
    pack.papers[0]["issued_at"] = pack.vote["closes_at"]


@seen("不是在投票时间内收到的")
def receive_a_paper_after_the_close(pack: Pack) -> None:
    pack.paper("invalid")["returned"]["received_at"] = pack.vote["closes_at"]


@seen("编号重复或次序不对")
def reorder_the_papers(pack: Pack) -> None:
    pack.papers.reverse()


@seen("纸质票核对表与重新计算的不符")
def change_the_reconciliation(pack: Pack) -> None:
    pack.result["papers"]["issued"] += 1


# ---- the result


@seen("重新计算是")
def turn_the_result_round(pack: Pack) -> None:
    pack.result["passed"] = not pack.result["passed"]


@seen("重新计算是")
def change_a_total(pack: Pack) -> None:
    pack.result["figures"]["agreeing_heads"] += 1


@seen("重新计算是")
def change_an_area_total_by_a_hundredth(pack: Pack) -> None:
    figures = pack.result["figures"]
    figures["agreeing_area"] = figures["agreeing_area"][:-1] + ("1" if figures["agreeing_area"][-1] != "1" else "2")


@seen("四项比例与重新计算的不符")
def call_an_unmet_share_met(pack: Pack) -> None:
    row = pack.result["shares"][2]
    row["met"] = not row["met"]


@seen("四项比例与重新计算的不符")
def change_what_is_missing(pack: Pack) -> None:
    pack.result["shares"][1]["missing"] = 99


@seen("不是不小于零的整数|重新计算是")
def write_heads_as_a_truth(pack: Pack) -> None:
    pack.result["figures"]["total_heads"] = True


@seen("决定结果的规则不在公告的门槛里")
def name_another_rule(pack: Pack) -> None:
    pack.result["rule"] = "XX-99"


@seen("截止前就计了票")
def count_before_the_close(pack: Pack) -> None:
    pack.result["counted_at"] = pack.vote["opens_at"]


# ---- the history


@seen("历史里没有 vote.count")
def drop_the_count_from_the_history(pack: Pack) -> None:
    pack.rows["history.jsonl"] = [row for row in pack.history if row["action"] != "vote.count"]


@seen("计票和确认是同一个人")
def let_the_counter_confirm(pack: Pack) -> None:
    acts = {row["action"]: row for row in pack.history}
    acts["vote.confirm"]["by"] = acts["vote.count"]["by"]


@seen("起草和公告是同一个人")
def let_the_drafter_announce(pack: Pack) -> None:
    acts = {row["action"]: row for row in pack.history}
    acts["vote.announce"]["by"] = acts["vote.draft"]["by"]


@seen("状态与历史不符")
def drop_the_confirmation(pack: Pack) -> None:
    pack.history.pop()


@seen("状态与历史不符")
def claim_a_confirmation(pack: Pack) -> None:
    pack.manifest["state"] = "counted"


@seen("提前截止|先后不对")
def close_early(pack: Pack) -> None:
    next(row for row in pack.history if row["action"] == "vote.close")["at"] = pack.vote["opens_at"]


@seen("历史")
def mix_unsealed_entries_into_the_chain(pack: Pack) -> None:
    pack.history[1]["sequence"] = None


@seen("另一件事的")
def take_the_history_of_another_vote(pack: Pack) -> None:
    pack.history[0]["subject_uid"] = "00000000-0000-4000-8000-000000000000"


@seen("另一次表决的")
def put_the_evidence_under_another_vote(pack: Pack) -> None:
    pack.manifest["vote"] = "00000000-0000-4000-8000-000000000000"


@seen("不认识的格式")
def change_the_format(pack: Pack) -> None:
    pack.manifest["format"] = "renovation-vote-evidence/2"


# ---- consistent forgeries: nothing but the root (or the chain's own hash) tells


@by_root
def reword_the_question(pack: Pack) -> None:
    pack.vote["text"] += "（含收费）"


@by_root
def reword_the_question_with_a_character_that_looks_the_same(pack: Pack) -> None:
    pack.vote["title"] = pack.vote["title"].replace("小", "⼩")


@by_root
def swap_choice_and_every_figure(pack: Pack) -> None:
    row = next(row for row in pack.ballots if row["counts"] and row["choice"] == "agree" and row["channel"] == "onsite")
    row["receipt"] = "YYYYYYYYYYYYYYYY"
    for later in pack.ballots:
        if later["supersedes"] == row["receipt"]:
            later["supersedes"] = "YYYYYYYYYYYYYYYY"


@by_root
def move_a_ballot_by_a_moment(pack: Pack) -> None:
    row = pack.counting("online")
    row["received_at"] = row["entered_at"] = (
        row["received_at"][:-7] + str((int(row["received_at"][-7]) + 1) % 10) + "+00:00"
    )


@by_root
def change_the_clause(pack: Pack) -> None:
    pack.vote["thresholds"][0]["quote"] = "业主可以共同决定"


@by_root
def change_the_source_of_an_area(pack: Pack) -> None:
    pack.roll[0]["homes"][0][1] = "contract"


@by_root
def rename_who_counted(pack: Pack) -> None:
    pack.result["counted_by"] = "别的机构"


@by_root
def let_paper_no_longer_win(pack: Pack) -> None:
    pack.vote["terms"]["paper_wins"] = not pack.vote["terms"]["paper_wins"]
