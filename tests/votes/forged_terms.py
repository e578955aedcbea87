"""Corruptions of the roll and of what was announced."""

from tests.votes.forging import Pack, seen

# ---- roll


@seen("面积不等于其各套房之和")
def change_the_area_of_a_voter_by_a_hundredth(pack: Pack) -> None:
    pack.roll[0]["area"] = pack.roll[0]["area"][:-1] + ("1" if pack.roll[0]["area"][-1] != "1" else "2")


@seen("不等于公告的总面积|面积与名册不符")
def change_a_voter_and_his_home(pack: Pack) -> None:
    row = pack.roll[0]
    row["area"] = "999.99"
    row["homes"] = [["999.99", row["homes"][0][1]]]


@seen("面积不等于其各套房之和")
def remove_a_home(pack: Pack) -> None:
    next(row for row in pack.roll if len(row["homes"]) > 1)["homes"].pop()


@seen("没有房屋")
def remove_all_homes_of_a_voter(pack: Pack) -> None:
    pack.roll[0]["homes"] = []


@seen("不等于公告的总面积")
def add_a_voter(pack: Pack) -> None:
    pack.roll.append({"voter": "ffffffffffffffff", "kind": "person", "area": "50.00", "homes": [["50.00", "register"]]})


@seen("不等于公告的总面积|不在名册上")
def remove_a_voter(pack: Pack) -> None:
    voted = {row["voter"] for row in [*pack.ballots, *pack.papers]}
    pack.roll.remove(next(row for row in pack.roll if row["voter"] not in voted))


@seen("出现两次")
def list_a_voter_twice(pack: Pack) -> None:
    pack.roll.insert(0, dict(pack.roll[0]))


@seen("名册的次序不对")
def reorder_the_roll(pack: Pack) -> None:
    pack.roll.reverse()


@seen("面积不大于零")
def list_a_voter_without_area(pack: Pack) -> None:
    pack.roll[0].update(area="0.00", homes=[["0.00", "register"]])


@seen("代号写法不对")
def name_a_voter(pack: Pack) -> None:
    pack.roll[0]["voter"] = "王小明"


@seen("代号写法不对")
def write_a_pseudonym_in_capitals(pack: Pack) -> None:
    pack.roll[0]["voter"] = pack.roll[0]["voter"].upper().replace("0", "O")


@seen("同文件不符|不等于公告的总面积")
def change_the_announced_area(pack: Pack) -> None:
    pack.vote["roll"]["area"] = "1.00"


@seen("名册人数与公告不符")
def change_the_announced_heads(pack: Pack) -> None:
    pack.vote["roll"]["heads"] += 1


# ---- what was announced


@seen("低于民法典")
def lower_a_threshold(pack: Pack) -> None:
    pack.vote["thresholds"][2]["share"] = "1/2"


@seen("四项比例与重新计算的不符")
def raise_a_threshold(pack: Pack) -> None:
    pack.vote["thresholds"][2]["share"] = "4/5"


@seen("四项比例与重新计算的不符")
def make_a_threshold_strict(pack: Pack) -> None:
    pack.vote["thresholds"][0]["strict"] = True


@seen("门槛不全")
def drop_a_threshold(pack: Pack) -> None:
    pack.vote["thresholds"].pop()


@seen("没有门槛")
def drop_every_threshold(pack: Pack) -> None:
    pack.vote["thresholds"] = []
    pack.result.update(shares=[], passed=None, rule="")


@seen("门槛写法不对")
def write_a_threshold_as_a_decimal(pack: Pack) -> None:
    pack.vote["thresholds"][2]["share"] = "0.75"


@seen("不成形|门槛写法不对|门槛")
def divide_by_zero(pack: Pack) -> None:
    pack.vote["thresholds"][2]["share"] = "3/0"


@seen("四项门槛不全或次序不对")
def swap_two_thresholds(pack: Pack) -> None:
    pack.vote["thresholds"][:2] = pack.vote["thresholds"][:2][::-1]


@seen("没有这个表决事项")
def change_the_matter(pack: Pack) -> None:
    pack.vote["matter"] = "everything"


@seen("先后不对|不是在投票时间内")
def shorten_the_period(pack: Pack) -> None:
    pack.vote["closes_at"] = pack.vote["opens_at"]


@seen("截止")
def lengthen_the_period(pack: Pack) -> None:
    pack.vote["closes_at"] = "2099-01-01T00:00:00.000000+00:00"


@seen("不允许改投")
def forbid_what_was_allowed(pack: Pack) -> None:
    pack.vote["terms"]["may_change"] = False


@seen("不是是或否")
def write_a_term_as_a_word(pack: Pack) -> None:
    pack.vote["terms"]["may_change"] = "true"


@seen("与文件不符|不符")
def change_the_revision(pack: Pack) -> None:
    pack.vote["revision"] = "0" * 64
