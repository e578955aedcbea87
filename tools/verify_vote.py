#!/usr/bin/env python3
"""Checks the evidence of an owners' vote without the platform: python verify_vote.py evidence.zip [--root HASH] [--receipt NUMBER]

Standard library only, none of the platform's code; every number is exact (integers of 0.01 square metres, Fraction). It reads the files of
the ZIP, holds them against their hashes, and recomputes from the roll and the ballots who counted, the four shares and the result.
Exit code 0: everything agrees. 1: something does not, and the last lines say what. The report is Chinese.
"""

# fmt: off
import argparse
import datetime as dt
import hashlib
import json
import re
import sys
import zipfile
from collections import Counter
from fractions import Fraction

FORMAT = "renovation-vote-evidence/1"
ROOTED = ["vote.json", "roll.jsonl", "ballots.jsonl", "papers.jsonl", "result.json"]
LISTED = [*ROOTED, "history.jsonl", "README.txt"]
MOST_BYTES, LONGEST_LINE = 256 * 1024 * 1024, 1024 * 1024
TESTS = ["participation_area", "participation_heads", "agreement_area", "agreement_heads"]
LABELS = dict(zip(TESTS, ["参与表决的面积", "参与表决的人数", "同意的面积", "同意的人数"], strict=True))
CHOICES = {"agree": "同意", "oppose": "反对", "abstain": "弃权"}
CHANNELS = {"online": "网上", "paper": "纸质", "onsite": "上门"}
# 民法典第278条: two thirds take part; three quarters agree for items 6 to 8 (a scheme is read as item 7), else more than half.
THREE_QUARTERS = {"scheme", "raise_maintenance_fund", "operate_common_parts"}
MORE_THAN_HALF = {"property_service", "use_maintenance_fund", "common_revenue"}
CODE_IN_FORCE = "2021-01-01"
RACE = dt.timedelta(seconds=60)  # two channels at one moment: which came first is the order in which the database took them

class Wrong(Exception):
    """The evidence does not agree; the words say where."""

def need(condition, words):
    """Stop with ``words`` unless the condition holds."""
    if not condition:
        raise Wrong(words)

def read_zip(path):
    """The files by name: exactly those that are expected, once each, within sane limits."""
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise Wrong(f"不是完整的 ZIP 文件：{error}") from error
    with archive:
        entries = archive.infolist()
        names = [entry.filename for entry in entries]
        need(len(set(names)) == len(names), "ZIP 里有同名文件")
        need(sorted(names) == sorted([*LISTED, "manifest.json"]), f"ZIP 里的文件不对：{'、'.join(names)[:300]}")
        need(sum(entry.file_size for entry in entries) <= MOST_BYTES, "ZIP 解开后过大")
        files = {}
        for entry in entries:
            try:
                with archive.open(entry) as stream:
                    files[entry.filename] = stream.read(entry.file_size + 1)
            except Exception as error:  # a broken archive fails in many ways
                raise Wrong(f"{entry.filename} 读不出来：{error}") from error
    return files

def canonical(value):
    """The one way in which the evidence writes JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

def parse(name, content):
    """The lines of a file as JSON, each written in exactly the canonical way (so no doubled keys, no 1e2, no NaN, no escapes)."""
    text = content.decode("utf-8")
    need(text == "" or text.endswith("\n"), f"{name} 的最后一行不完整")
    rows = []
    for number, line in enumerate(text.split("\n")[:-1], start=1):
        where = f"{name} 第 {number} 行"
        need(len(line) <= LONGEST_LINE, f"{where}过长")
        try:
            row = json.loads(line, parse_float=no_fractions, parse_constant=no_fractions)
            need(canonical(row) == line, f"{where}不是规范的写法（重复的键、数字写法、空格或转义）")
        except (ValueError, RecursionError) as error:
            raise Wrong(f"{where}不是 JSON") from error
        need(isinstance(row, dict), f"{where}不是对象")
        rows.append(row)
    return rows

def no_fractions(text):
    """The evidence knows whole numbers and texts; 1.0, 1e2, NaN and Infinity are none."""
    raise ValueError(text)

def keys(row, names, where):
    """Exactly these keys."""
    need(set(row) == set(names.split()), f"{where}的项目不对：{'、'.join(sorted(set(row) ^ set(names.split())))}")

def area(value, where, *, zero=False):
    """Text with two decimals to integer hundredths."""
    need(isinstance(value, str) and re.fullmatch(r"(0|[1-9][0-9]{0,12})\.[0-9]{2}", value), f"{where}的面积写法不对：{value!r}")
    number = int(value.replace(".", ""))
    need(zero or number > 0, f"{where}的面积不大于零")
    return number

def count(value, where):
    """A whole number, not below zero."""
    need(type(value) is int and value >= 0, f"{where}不是不小于零的整数：{value!r}")
    return value

def moment(value, where):
    """A moment in UTC."""
    good = isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}\+00:00", value)
    need(good, f"{where}的时间写法不对：{value!r}")
    return dt.datetime.fromisoformat(value)

def sha(data):
    """SHA-256 in hex of bytes, or of the canonical JSON of anything else."""
    return hashlib.sha256(data if isinstance(data, bytes) else canonical(data).encode()).hexdigest()

def check_manifest(files, manifest):
    """Every file is the one that was listed; the root covers what was fixed when the counting ended."""
    keys(manifest, "format vote state files root", "manifest.json")
    need(manifest["format"] == FORMAT, "不认识的格式")
    listed = [[name, sha(files[name]), len(files[name])] for name in LISTED]
    stated = manifest["files"]
    need(isinstance(stated, list) and [row[0] for row in stated if isinstance(row, list) and row] == LISTED, "manifest.json 列的文件不对")
    for row, found in zip(stated, listed, strict=True):
        need(row == found, f"{found[0]} 与 manifest.json 里的校验值或长度不符：文件被改动过")
    need(manifest["root"] == sha(listed[: len(ROOTED)]), "根校验值与文件不符")
    return manifest["root"]

def check_vote(vote):
    """What was announced hangs together, and asks for no less than the statute."""
    names = "format uid community building unit subject matter title text opens_at closes_at announced_at terms thresholds"
    keys(vote, f"{names} rulebook revision roll", "vote.json")
    terms = vote["terms"]
    keys(terms, "may_change paper_wins proxy_limit objection_days", "公告的规则")
    need({type(terms["may_change"]), type(terms["paper_wins"])} == {bool}, "公告的改投、纸质票规则不是是或否")
    keys(vote["roll"], "hash area heads", "名册摘要")
    opens, closes = moment(vote["opens_at"], "开始"), moment(vote["closes_at"], "截止")
    need(moment(vote["announced_at"], "公告") <= opens < closes, "公告、开始、截止的先后不对")
    matter, stated = vote["matter"], vote["thresholds"]
    need(matter in THREE_QUARTERS | MORE_THAN_HALF, f"没有这个表决事项：{matter!r}")
    if not stated:
        need(vote["opens_at"][:10] < CODE_IN_FORCE, "没有门槛，而民法典已经施行")
        return opens, closes
    need([row.get("test") for row in stated] == TESTS, "四项门槛不全或次序不对")
    for row in stated:
        keys(row, "test label share strict rule clause quote", "门槛")
        need(re.fullmatch(r"[01]|[1-9][0-9]*/[1-9][0-9]*", str(row["share"])), f"门槛写法不对：{row['share']!r}")
        need(type(row["strict"]) is bool and Fraction(row["share"]) <= 1, f"门槛不成立：{row['share']!r}")
        floor = (Fraction(2, 3), False) if row["test"].startswith("part") else (Fraction(3, 4), False)
        if row["test"].startswith("agree") and matter in MORE_THAN_HALF:
            floor = (Fraction(1, 2), True)
        asks = (Fraction(row["share"]), row["strict"])
        need(asks >= floor or vote["opens_at"][:10] < CODE_IN_FORCE, f"{LABELS[row['test']]}的门槛低于民法典第278条")
    return opens, closes

def check_roll(vote, roll):
    """Areas by voter. Each voter once, his area that of his homes, the totals those that were announced, the hash the announced one."""
    areas = {}
    for row in roll:
        keys(row, "voter kind area homes", "roll.jsonl 的一行")
        voter = row["voter"]
        need(isinstance(voter, str) and re.fullmatch(r"[0-9a-f]{16}", voter), f"业主代号写法不对：{voter!r}")
        need(voter not in areas, f"业主 {voter} 在名册上出现两次")
        need(isinstance(row["homes"], list) and row["homes"], f"业主 {voter} 没有房屋")
        need(all(len(home) == 2 and isinstance(home[1], str) for home in row["homes"]), f"业主 {voter} 的房屋写法不对")
        areas[voter] = area(row["area"], f"业主 {voter} ")
        homes = sum(area(home[0], f"业主 {voter} 的房屋") for home in row["homes"])
        need(homes == areas[voter], f"业主 {voter} 的面积不等于其各套房之和")
    need(list(areas) == sorted(areas), "名册的次序不对")
    need(sum(areas.values()) == area(vote["roll"]["area"], "名册"), "名册各户面积之和不等于公告的总面积")
    need(len(areas) == count(vote["roll"]["heads"], "名册人数"), "名册人数与公告不符")
    need(sha(roll) == vote["roll"]["hash"], "名册与公告的名册校验值不符")
    return areas

def check_ballots(vote, areas, ballots, opens, closes):
    """The counting ballot of each voter, found again by the announced terms from all ballots in the order in which they were taken."""
    terms, by_voter, receipts = vote["terms"], {}, set()
    names = "voter choice area channel receipt received_at entered_at supersedes agent counts why_not"
    for row in ballots:
        keys(row, names, "ballots.jsonl 的一行")
        receipt = row["receipt"]
        need(isinstance(receipt, str) and re.fullmatch(r"[0-9A-Z]{8,24}", receipt), f"回执号写法不对：{receipt!r}")
        where = f"票 {receipt} "
        need(receipt not in receipts, f"{where}出现两次")
        receipts.add(receipt)
        need(row["voter"] in areas, f"{where}的业主不在名册上")
        need(row["choice"] in CHOICES and row["channel"] in CHANNELS, f"{where}的选择或渠道不对")
        need(area(row["area"], where) == areas[row["voter"]], f"{where}的面积与名册不符")
        received, entered = moment(row["received_at"], where), moment(row["entered_at"], where)
        need(opens <= received < closes, f"{where}不是在投票时间内收到的")
        need(received <= entered and (row["channel"] == "paper" or entered < closes), f"{where}的写入时间不对")
        need(type(row["counts"]) is bool, f"{where}是否计入写法不对")
        need(row["agent"] is None or re.fullmatch(r"[0-9a-f]{16}", str(row["agent"])), f"{where}的代理人代号不对")
        by_voter.setdefault(row["voter"], []).append({**row, "at": received})
    need(list(by_voter) == sorted(by_voter) and [b["voter"] for b in ballots] == sorted(b["voter"] for b in ballots), "票的次序不对")
    counting = {voter: replay(terms, rows) for voter, rows in by_voter.items()}
    for agent, number in Counter(row["agent"] for row in counting.values()).items():
        need(agent is None or number <= terms["proxy_limit"], f"代理人 {agent} 代理了 {number} 名业主，超过公告的上限")
    return counting

def replay(terms, rows):
    """What the announcement makes of one voter's ballots; each line must say the same of itself."""
    now, replaced = None, set()
    for row in rows:
        where = f"票 {row['receipt']} "
        expected = None if now is None else now["receipt"]
        if now is not None and row["channel"] == "paper":
            first = now["channel"] != "paper" and terms["paper_wins"]
            if not (first or (terms["may_change"] and row["at"] > now["at"])):
                need(row["supersedes"] is None and not row["counts"] and row["why_not"] == "stands", f"{where}按公告应留存不计入")
                continue
        elif now is not None:
            need(terms["may_change"], f"{where}：公告不允许改投，而同一业主已有计入的票")
            need(now["channel"] != "paper" or not terms["paper_wins"], f"{where}：公告以纸质票为准，而它取代了纸质票")
        need(row["supersedes"] == expected, f"{where}应取代的票是 {expected or '无'}")
        if now is not None:
            replaced.add(now["receipt"])
        now = row
    for row in rows:
        where = f"票 {row['receipt']} "
        need(row["counts"] is (row["receipt"] == now["receipt"]), f"{where}：同一业主应只计入 {now['receipt']}")
        need(not row["counts"] or row["why_not"] == "", f"{where}计入而又写了不计入的原因")
        need(row["receipt"] not in replaced or row["why_not"] == "superseded", f"{where}被取代而没有注明")
        late = now["channel"] != "paper" and row["channel"] == "paper" and row["at"] + RACE < now["at"]
        need(not late or terms["may_change"], f"{where}：纸质票先到而没有计入")
    return now

def check_papers(areas, papers, ballots, opens, closes):
    """Every serial is accounted for, and every paper ballot is what two persons read on its paper."""
    found = {"issued": len(papers), **dict.fromkeys(["returned", "valid", "invalid", "voided", "outstanding", "by_proxy"], 0)}
    waiting = {row["receipt"]: row for row in ballots if row["channel"] == "paper"}
    serials, in_force = [row["serial"] for row in papers], set()
    for row in papers:
        keys(row, "serial voter issued_at voided_at returned", "papers.jsonl 的一行")
        where = f"纸质票 {row['serial']} "
        need(row["voter"] in areas, f"{where}的业主不在名册上")
        need(moment(row["issued_at"], where) < closes, f"{where}是截止后发出的")
        if row["voided_at"] is None:
            need(row["voter"] not in in_force, f"{where}：同一业主有两张有效的纸质票")
            in_force.add(row["voter"])
        back = row["returned"]
        if back is None:
            found["outstanding" if row["voided_at"] is None else "voided"] += 1
            continue
        found["returned"] += 1
        found["by_proxy"] += check_return(row, back, waiting, opens, closes, where) is not None
        found["valid" if back["state"] == "valid" else "invalid"] += 1
    need(serials == sorted(set(serials)), "纸质票编号重复或次序不对")
    need(not waiting, f"票 {'、'.join(list(waiting)[:5])} 是纸质票，而没有收回的纸质票与之对应")
    return found

def check_return(row, back, waiting, opens, closes, where):
    """One paper that came back; the agent who signed it, where one did."""
    keys(back, "state received_at receipt entries", where)
    need(opens <= moment(back["received_at"], where) < closes, f"{where}不是在投票时间内收到的")
    need(row["voided_at"] is None, f"{where}已经收回而又作废")
    entries = back["entries"]
    need(len(entries) >= 2 and all(set(entry) == {"choice", "deciding", "agent"} for entry in entries), f"{where}没有两个人的录入")
    need(all(entry["choice"] or entry["agent"] is None for entry in entries), f"{where}无效而写了代理人")
    seen = [(entry["choice"], entry["agent"], entry["deciding"]) for entry in entries]
    third = [False, False] + [True] * (seen[0] != seen[1])
    need([row[2] for row in seen] == third, f"{where}两次录入不一致而无人裁定，或一致而又裁定")
    read, agent, _ = seen[-1]
    if back["state"] == "invalid":
        need(back["receipt"] is None and read == "", f"{where}记为无效，而录入的不是无效")
        return None
    need(back["state"] == "valid", f"{where}没有录入完毕")
    ballot = waiting.pop(back["receipt"], None)
    need(ballot is not None, f"{where}有效，而没有对应的票")
    read_so = {"voter": row["voter"], "choice": read, "received_at": back["received_at"], "agent": agent}
    need(read_so.items() <= ballot.items(), f"{where}与票 {back['receipt']} 的业主、选择、收到时间或代理人不符")
    return agent

def check_result(vote, areas, counting, papers, ballots, result, closes):
    """Add up again; each share against its threshold; the result."""
    keys(result, "figures shares passed rule ballots_hash papers counted_at counted_by", "result.json")
    sums = {"total_area": sum(areas.values()), "total_heads": len(areas)}
    words = {"participating": None, "agreeing": "agree", "opposing": "oppose", "abstaining": "abstain"}
    for word, choice in words.items():
        rows = [row for row in counting.values() if choice in (None, row["choice"])]
        sums[f"{word}_area"], sums[f"{word}_heads"] = sum(areas[row["voter"]] for row in rows), len(rows)
    stated = result["figures"]
    keys(stated, " ".join(sums), "计票数目")
    for name, value in sums.items():
        given = area(stated[name], name, zero=True) if name.endswith("area") else count(stated[name], name)
        need(given == value, f"计票数目 {name} 写的是 {stated[name]}，重新计算是 {shown(name, value)}")
    shares = []
    for threshold in vote["thresholds"]:
        kind, unit = threshold["test"].split("_")
        part, whole = ("participating", "total") if kind == "participation" else ("agreeing", "participating")
        part, whole, asks = sums[f"{part}_{unit}"], sums[f"{whole}_{unit}"], Fraction(threshold["share"])
        exact = asks * whole
        least = exact.numerator // exact.denominator + 1 if threshold["strict"] else -(-exact.numerator // exact.denominator)
        met = whole > 0 and part >= least
        missing = None if whole == 0 else shown(unit, max(least - part, 0))
        row = {"test": threshold["test"], "part": shown(unit, part), "whole": shown(unit, whole), "share": threshold["share"]}
        shares.append({**row, "strict": threshold["strict"], "met": met, "missing": missing})
    need(canonical(result["shares"]) == canonical(shares), "四项比例与重新计算的不符")
    passed = None if not shares else all(row["met"] for row in shares)
    need(result["passed"] is passed, f"结果写的是{told(result['passed'])}，重新计算是{told(passed)}")
    need(result["rule"] in {row["rule"] for row in vote["thresholds"]} | ({""} if not shares else set()), "决定结果的规则不在公告的门槛里")
    need(result["ballots_hash"] == sha(ballots), "全部票的校验值不符")
    need(canonical(result["papers"]) == canonical(papers), "纸质票核对表与重新计算的不符")
    need(moment(result["counted_at"], "计票") >= closes, "截止前就计了票")
    return sums, shares, passed

def check_history(manifest, vote, result, history, root):
    """The acts of the vote's life; those that are sealed carry the hash that the platform's chain gave them."""
    acts = {}
    for before, row in zip([None, *history], history, strict=False):
        keys(row, "id at by body division action subject_type subject_uid data sequence previous hash", "history.jsonl 的一行")
        need(row["subject_uid"] == vote["uid"] and row["subject_type"] == "vote", "历史记录是另一件事的")
        need(before is None or before["id"] < row["id"], "历史记录的次序不对")
        in_chain = before is None or row["sequence"] is None or (before["sequence"] is not None and before["sequence"] < row["sequence"])
        need(in_chain, "历史链的序号不对，或夹着没有封存的记录")
        if row["sequence"] is not None:
            content = {name: value for name, value in row.items() if name != "hash"}
            need(sha(content) == row["hash"], f"历史记录 {row['sequence']} 与其校验值不符")
        need(row["action"] not in acts or row["action"] == "vote.change", f"历史里 {row['action']} 出现两次")
        acts[row["action"]] = row
    for action in ("vote.draft", "vote.announce", "vote.close", "vote.count"):
        need(action in acts, f"历史里没有 {action}")
    data, roll = acts["vote.announce"]["data"], vote["roll"]
    same = data == {"roll": roll["hash"], "heads": roll["heads"], "area": roll["area"], "revision": vote["revision"]}
    need(same, "公告时记下的名册与规则版本同文件不符")
    data = acts["vote.count"]["data"]
    need(data.get("evidence") == root, "计票时记下的根校验值与文件不符：计票以后有文件被改动")
    need(data.get("ballots") == result["ballots_hash"] and data.get("passed") is result["passed"], "计票时记下的结果与文件不符")
    times = [dt.datetime.fromisoformat(acts[name]["at"]) for name in ("vote.announce", "vote.close", "vote.count")]
    need(times[1] >= moment(vote["closes_at"], "截止"), "提前截止")
    need(times == sorted(times) and times[2] == moment(result["counted_at"], "计票"), "公告、截止、计票的时间先后不对")
    need(acts["vote.draft"]["by"] != acts["vote.announce"]["by"], "起草和公告是同一个人")
    confirmed = acts.get("vote.confirm")
    need((manifest["state"] == "confirmed") is (confirmed is not None), "状态与历史不符")
    need(manifest["state"] in ("counted", "confirmed", "cancelled"), "状态不对")
    need((manifest["state"] == "cancelled") is ("vote.cancel" in acts), "状态与历史不符")
    need(confirmed is None or confirmed["by"] != acts["vote.count"]["by"], "计票和确认是同一个人")
    return sum(row["sequence"] is None for row in history)

def shown(name, value):
    """Heads as they are, areas with two decimals."""
    return f"{value // 100}.{value % 100:02d}" if name.endswith("area") else value

def told(passed):
    """In a word."""
    return {True: "通过", False: "未通过", None: "未作规定"}.get(passed, repr(passed))

def verify(path, root=None, receipt=None):
    """The lines of the report. Raises Wrong."""
    files = read_zip(path)
    rows = {name: parse(name, files[name]) for name in [*ROOTED, "history.jsonl", "manifest.json"]}
    for name in ("vote.json", "result.json", "manifest.json"):
        need(len(rows[name]) == 1, f"{name} 应只有一个对象")
    vote, result, manifest = rows["vote.json"][0], rows["result.json"][0], rows["manifest.json"][0]
    found = check_manifest(files, manifest)
    need(vote["format"] == FORMAT and manifest["vote"] == vote.get("uid"), "manifest.json 是另一次表决的")
    need(root is None or root.strip().lower() == found, "根校验值与您给出的（结果公示单上的）不符")
    opens, closes = check_vote(vote)
    areas = check_roll(vote, rows["roll.jsonl"])
    ballots = rows["ballots.jsonl"]
    counting = check_ballots(vote, areas, ballots, opens, closes)
    papers = check_papers(areas, rows["papers.jsonl"], ballots, opens, closes)
    sums, shares, passed = check_result(vote, areas, counting, papers, ballots, result, closes)
    unsealed = check_history(manifest, vote, result, rows["history.jsonl"], found)
    report = [
        f"表决：{vote['title']}",
        f"名册 {sums['total_heads']} 人、{shown('area', sums['total_area'])} ㎡；收到票 {len(ballots)} 张，计入 {len(counting)} 张",
        f"纸质票：发出 {papers['issued']}，收回 {papers['returned']}（有效 {papers['valid']}、其中代理 {papers['by_proxy']}，"
        f"无效 {papers['invalid']}），作废 {papers['voided']}，未收回 {papers['outstanding']}",
        f"根校验值 {found}" + ("，与给出的一致" if root else "（请与结果公示单上的核对：--root）"),
    ]
    for row, threshold in zip(shares, vote["thresholds"], strict=True):
        asks = f"{'超过' if row['strict'] else '不少于'} {row['share']}"
        met, source = "达到" if row["met"] else "未达到", f"{threshold['rule']} {threshold['clause']}"
        report.append(f"{met}  {LABELS[row['test']]} {row['part']} / {row['whole']}，要求{asks}（{source}）")
    if unsealed:
        report.append(f"注意：{unsealed} 条历史记录还没有封存入链")
    if receipt is not None:
        row = next((row for row in ballots if row["receipt"] == receipt.strip().upper()), None)
        need(row is not None, f"没有回执号 {receipt}")
        counts = "计入" if row["counts"] else "未计入（已改投）" if row["why_not"] == "superseded" else "未计入（留存）"
        report.append(f"回执 {row['receipt']}：{CHANNELS[row['channel']]}，{CHOICES[row['choice']]}，{row['area']} ㎡，{counts}")
    return [*report, f"核对一致。重新计算的结果：{told(passed)}"]

def main(arguments=None):
    """Print the report; 0 or 1."""
    parser = argparse.ArgumentParser(description="核对业主表决证据包")
    parser.add_argument("evidence", help="证据包（ZIP）")
    parser.add_argument("--root", help="结果公示单上的根校验值")
    parser.add_argument("--receipt", help="要查找的回执号")
    given = parser.parse_args(arguments)
    try:
        print("\n".join(verify(given.evidence, given.root, given.receipt)))
        return 0
    except Wrong as wrong:
        print(f"核对不通过：{wrong}")
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        print(f"核对不通过：文件的内容不成形（{type(error).__name__} {error}）")
    return 1

if __name__ == "__main__":
    sys.exit(main())
