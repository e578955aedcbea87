"""Corruptions of the ballots."""

from tests.votes.forging import Pack, seen


@seen("重新计算是")
def flip_a_choice(pack: Pack) -> None:
    row = pack.counting("online")
    row["choice"] = "oppose" if row["choice"] == "agree" else "agree"


@seen("不符")
def flip_a_choice_of_a_paper(pack: Pack) -> None:
    row = pack.counting("paper")
    row["choice"] = "oppose" if row["choice"] == "agree" else "agree"


@seen("选择或渠道不对")
def invent_a_choice(pack: Pack) -> None:
    pack.counting("online")["choice"] = "同意"


@seen("选择或渠道不对")
def invent_a_channel(pack: Pack) -> None:
    pack.counting("online")["channel"] = "email"


@seen("纸质票")
def call_an_online_ballot_paper(pack: Pack) -> None:
    pack.counting("online")["channel"] = "paper"


@seen("没有对应的票")
def call_a_paper_ballot_online(pack: Pack) -> None:
    row = pack.counting("paper")
    row["channel"], row["entered_at"] = "online", row["received_at"]


@seen("面积与名册不符")
def change_the_area_of_a_ballot_by_a_hundredth(pack: Pack) -> None:
    row = pack.counting()
    row["area"] = (
        f"{int(row['area'].replace('.', '')) + 1:03d}"[:-2] + "." + f"{int(row['area'].replace('.', '')) + 1:03d}"[-2:]
    )


@seen("重新计算是")
def drop_a_ballot(pack: Pack) -> None:
    pack.ballots.remove(pack.counting("online"))


@seen("没有对应的票")
def drop_a_paper_ballot(pack: Pack) -> None:
    pack.ballots.remove(pack.counting("paper"))


@seen("应取代的票是")
def drop_a_superseded_ballot(pack: Pack) -> None:
    row = pack.superseded()
    pack.ballots.remove(row)


@seen("出现两次")
def duplicate_a_ballot(pack: Pack) -> None:
    row = pack.counting()
    pack.ballots.insert(pack.ballots.index(row), dict(row))


@seen("不允许改投|应取代的票是")
def duplicate_a_ballot_under_another_receipt(pack: Pack) -> None:
    row = pack.counting("online")
    pack.ballots.insert(pack.ballots.index(row), {**row, "receipt": "ZZZZZZZZZZZZZZZZ"})


@seen("面积与名册不符|次序不对|不符")
def swap_two_voters(pack: Pack) -> None:
    one, two = [row for row in pack.ballots if row["counts"]][:2]
    one["voter"], two["voter"] = two["voter"], one["voter"]


@seen("不在名册上")
def let_a_stranger_vote(pack: Pack) -> None:
    row = pack.counting()
    row["voter"] = "ffffffffffffffff"


@seen("次序不对")
def reorder_the_ballots(pack: Pack) -> None:
    pack.ballots.reverse()


@seen("应取代的票是")
def reorder_the_ballots_of_a_voter(pack: Pack) -> None:
    row = pack.superseded()
    number = pack.ballots.index(row)
    pack.ballots[number : number + 2] = pack.ballots[number : number + 2][::-1]


@seen("应取代的票是")
def forget_what_was_superseded(pack: Pack) -> None:
    next(row for row in pack.ballots if row["supersedes"])["supersedes"] = None


@seen("应取代的票是")
def supersede_the_ballot_of_another(pack: Pack) -> None:
    row = next(row for row in pack.ballots if row["supersedes"])
    row["supersedes"] = next(other["receipt"] for other in pack.ballots if other["voter"] != row["voter"])


@seen("应取代的票是")
def supersede_nothing(pack: Pack) -> None:
    pack.counting("online")["supersedes"] = "ZZZZZZZZZZZZZZZZ"


@seen("应只计入")
def count_the_first_of_two(pack: Pack) -> None:
    row = pack.superseded()
    later = next(other for other in pack.ballots if other["supersedes"] == row["receipt"])
    row.update(counts=True, why_not=""), later.update(counts=False, why_not="superseded")


@seen("应只计入")
def count_both(pack: Pack) -> None:
    pack.superseded().update(counts=True, why_not="")


@seen("应只计入")
def count_none_of_a_voter(pack: Pack) -> None:
    pack.counting("online").update(counts=False, why_not="stands")


@seen("没有注明")
def hide_why_a_ballot_does_not_count(pack: Pack) -> None:
    pack.superseded()["why_not"] = ""


@seen("写了不计入的原因")
def give_a_reason_to_a_counting_ballot(pack: Pack) -> None:
    pack.counting()["why_not"] = "stands"


@seen("是否计入写法不对")
def count_by_a_number(pack: Pack) -> None:
    pack.counting()["counts"] = 1


@seen("不是在投票时间内收到的")
def receive_after_the_close(pack: Pack) -> None:
    row = pack.counting("online")
    row["received_at"] = row["entered_at"] = pack.vote["closes_at"]


@seen("不是在投票时间内收到的")
def receive_before_the_opening(pack: Pack) -> None:
    pack.counting("online")["received_at"] = pack.vote["announced_at"]


@seen("写入时间不对")
def enter_an_online_ballot_after_the_close(pack: Pack) -> None:
    pack.counting("online")["entered_at"] = pack.vote["closes_at"]


@seen("写入时间不对")
def enter_before_receiving(pack: Pack) -> None:
    pack.counting("online")["entered_at"] = pack.vote["opens_at"]


@seen("时间写法不对")
def write_a_time_in_another_zone(pack: Pack) -> None:
    row = pack.counting("online")
    row["received_at"] = row["received_at"].replace("+00:00", "+08:00")


@seen("不成形|时间写法不对")
def write_a_day_that_is_none(pack: Pack) -> None:
    row = pack.counting("online")
    row["received_at"] = "2026-02-30" + row["received_at"][10:]


@seen("出现两次")
def give_two_ballots_one_receipt(pack: Pack) -> None:
    one, two = pack.ballots[:2]
    two["receipt"] = one["receipt"]


@seen("回执号写法不对")
def write_a_receipt_with_a_cyrillic_letter(pack: Pack) -> None:
    row = pack.counting("online")
    row["receipt"] = "А" + row["receipt"][1:]


@seen("回执号写法不对")
def write_a_receipt_in_full_width(pack: Pack) -> None:
    row = pack.counting("online")
    row["receipt"] = "".join(chr(ord(character) + 0xFEE0) for character in row["receipt"])


@seen("超过公告的上限")
def let_one_agent_act_for_many(pack: Pack) -> None:
    for row in [row for row in pack.ballots if row["counts"]][: pack.vote["terms"]["proxy_limit"] + 1]:
        row["agent"] = "a" * 16


@seen("项目不对")
def add_a_field_to_a_ballot(pack: Pack) -> None:
    pack.counting()["remark"] = "ok"


@seen("项目不对")
def leave_a_field_out(pack: Pack) -> None:
    del pack.counting()["channel"]


@seen("写法不对")
def write_an_area_in_full_width(pack: Pack) -> None:
    pack.counting()["area"] = "９１.25"


@seen("写法不对")
def write_an_area_with_an_exponent(pack: Pack) -> None:
    pack.counting()["area"] = "1e2"


@seen("写法不对")
def write_an_area_as_a_number(pack: Pack) -> None:
    pack.counting()["area"] = 91


@seen("写法不对")
def write_a_negative_area(pack: Pack) -> None:
    pack.counting()["area"] = "-91.25"


@seen("写法不对")
def write_an_area_with_a_space(pack: Pack) -> None:
    pack.counting()["area"] += " "


@seen("写法不对")
def write_an_area_with_a_line_feed(pack: Pack) -> None:
    pack.roll[0]["area"] += "\n"
