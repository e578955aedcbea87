"""Bad input is refused naming the field and the reason, and nothing moves."""

from collections.abc import Callable
from typing import Any

import pytest

from funding import actions
from policies.refusal import Invalid
from tests.cast import AT, TODAY
from tests.funding.stage import DAY, Money, commitment, refused

pytestmark = pytest.mark.django_db

BAD: tuple[tuple[object, str], ...] = (
    ("0.001", "最多两位小数"), ("1e30", "科学计数法"), ("NaN", "普通数字"), ("-5", "不能为负数"), ("0", "应大于零"), ("", "请填写金额"),
    (None, "请填写金额"), (1.5, "写成文本"), ("1" * 16, "普通数字"), ("9" * 14, "过大"), ("一百", "普通数字"), ("Infinity", "普通数字"),
    ("１００", "半角数字"), ("１，０００．５０", "半角数字"), ("1,000.001", "两位小数"),
)  # fmt: skip


@pytest.mark.parametrize(("amount", "why"), BAD)
def test_a_bad_amount_is_refused_naming_its_field_and_nothing_moves(money: Money, amount: object, why: str) -> None:
    project, fund, contract = money.whole()
    finance, source = money.user("checker"), fund.source
    acts: tuple[Callable[[], Any], ...] = (
        lambda: money.request(contract, amount),
        lambda: actions.allot(
            by=finance, at=AT, today=TODAY, source=source, project=project.uid, amount=amount, day=DAY
        ),
        lambda: actions.receive(by=finance, at=AT, today=TODAY, fund=fund, amount=amount, day=DAY, voucher="1"),
        lambda: money.source(amount),
        lambda: money.contract(project, amount, number="2"),
    )
    for act in acts:
        found = refused(act, Invalid)
        assert why in found.errors["amount"][0]


@pytest.mark.parametrize("words", ["x\x00y", "长" * 201, "  "])
def test_texts_that_no_column_holds_are_refused(money: Money, words: str) -> None:
    _, _, contract = money.whole()
    row = commitment(contract)
    found = refused(lambda: actions.request_payment(
        by=money.user("clerk"), at=AT, today=TODAY, contract=contract, amounts={row: "1.00"}, progress="1.00", words=words, paper="单"
    ), Invalid)  # fmt: skip
    assert set(found.errors) == {"words"}
