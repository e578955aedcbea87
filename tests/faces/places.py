"""The main pages of the demonstration: found by following links as a visitor does, so that no id is written down."""

from playwright.sync_api import Page

from tests.faces.stage import PASSWORD, ROOT

PLAN_TABLE = ROOT / "tests" / "data" / "ruicheng_plan.csv"


def sign_in(page: Page, address: str, name: str) -> None:
    """Sign in as somebody of the demonstration."""
    page.context.clear_cookies()
    page.goto(f"{address}/staff/login/")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("main .button-primary")


def link(page: Page, start: str, text: str) -> str:
    """Path behind the first link on ``start`` that holds ``text``."""
    page.goto(start)
    found = page.locator(f'main a:has-text("{text}")').first.get_attribute("href")
    assert found, f"no link {text} on {start}"
    return found


def public_places(page: Page, address: str) -> dict[str, str]:
    """Pages without a login: name to path."""
    return {
        "home": "/",
        "community": link(page, f"{address}/?q=公安局住宅楼", "公安局住宅楼"),
        "privacy": "/privacy/",
        "missing": "/why/?name=公安局",
        "subscribe": f"{link(page, f'{address}/?q=公安局住宅楼', '公安局住宅楼')}follow/",
        "rulebook": "/rulebooks/places/liuzhou/",
        "comparison": "/rulebooks/comparison/",
    }


def clerk_places(page: Page, address: str) -> dict[str, str]:
    """Pages of 芮城's clerk (signed in): name to path."""
    plan = link(page, f"{address}/staff/plans/", "2025年度")
    return {
        "staff-home": "/staff/",
        "dashboard": "/staff/dashboard/",
        "plans": "/staff/plans/",
        "plan": plan,
        "grid": f"{plan}grid/",
        "submit": f"{plan}submit/",
        "print": f"{plan}print/",
        "project": link(page, f"{address}/staff/projects/?stage=works", "工业局东楼"),
        "communities": "/staff/communities/",
        "imports": "/staff/communities/imports/?kind=plan",
        "deadlines": "/staff/deadlines/",
        "deadlines-month": "/staff/deadlines/?view=month&month=2024-11",
        "deadlines-bars": "/staff/deadlines/?view=bars&year=2024",
        "deadlines-feed": "/staff/deadlines/feed/",
        "messages": "/staff/messages/",
        "jobs": "/staff/jobs/",
        "account": "/staff/account/",
        "enrol": "/staff/second-factor/enrol/",
        "exports": "/staff/exports/?resource=projects",
        "rulebook-trial": "/staff/rulebook-trial/",
        "dictionary": "/staff/exports/dictionary/?resource=projects",
    }


def import_preview(page: Page, address: str) -> str:
    """Upload the plan table (nothing is written) and give the path of its preview."""
    page.goto(f"{address}/staff/communities/imports/?kind=plan")
    page.set_input_files("input[type=file]", str(PLAN_TABLE))
    page.click("main .button-primary")
    return page.url.removeprefix(address)


def approver_places(page: Page, address: str) -> dict[str, str]:
    """Pages of 柳州's finance approver (signed in): name to path."""
    return {
        "inbox": "/staff/inbox/",
        "inbox-empty": "/staff/inbox/?due=late",
        "copies": "/staff/inbox/?tab=copies",
        "phrases": "/staff/phrases/",
        "case": link(page, f"{address}/staff/inbox/", "柳北区"),
    }


def resident_places(page: Page, address: str) -> dict[str, str]:
    """Pages on which residents look, vote, answer, object and complain, also empty ones: name to path."""
    asked = link(page, f"{address}/?q=博立中学住宅楼", "博立中学住宅楼")
    posted = link(page, f"{address}/?q=东门邮电宿舍", "东门邮电宿舍")
    done = link(page, f"{address}/?q=公安局住宅楼", "公安局住宅楼")
    vote, notice = link(page, f"{address}/votes/", "选聘物业服务企业"), link(page, address + posted, "公示")
    counted = link(page, f"{address}/votes/", "1号楼使用维修资金")
    region, county = link(page, f"{address}/overview/", "柳州市"), link(page, address, "芮城县")
    survey = link(page, address + asked, "居民")
    return {
        "votes": "/votes/",
        "vote": vote,
        **{f"vote {part}": f"{vote}{part}" for part in ("identify/", "receipt/")},
        "vote-result": link(page, f"{address}/votes/", "改造方案表决"),
        "vote-counted": counted,
        **{f"counted {part}": f"{counted}{part}" for part in ("objection/", "objection/answer/")},
        "survey": survey,
        "survey receipt": f"{survey}receipt/",
        "notice": notice,
        "say": f"{notice}say/",
        **{f"community {part}": f"{posted}{part}" for part in ("", "complain/", "mine/", "follow/?sent=1")},
        **{f"money {path}": f"{path}money/" for path in (posted, done)},
        "follow": "/follow/",
        "division": county,
        "search": "/?q=小区",
        "nothing found": "/?q=火星花园",
        "missing": "/why/",
        "missing place": f"/why/?name=火星花园&place={county.split('/')[2]}",
        "overviews": "/overview/",
        "overview": region,
        "overview-empty": f"{region}?year=2001",
        "open": "/open/",
    }


def refused_places(page: Page, address: str) -> dict[str, str]:
    """Pages with a form whose primary button, pressed on an empty form, is answered by what is wrong: name to path."""
    found = resident_places(page, address)
    names = (
        "vote identify/",
        "vote receipt/",
        "counted objection/",
        "survey",
        "say",
        "community complain/",
        "community mine/",
    )
    return {name: found[name] for name in names} | {"subscribe": found["community follow/?sent=1"]}


def desk_places(page: Page, address: str) -> dict[str, str]:
    """Pages of votes, surveys, notices, complaints, rolls and money of 城中区's clerk (signed in): name to path."""
    vote = link(page, f"{address}/staff/votes/", "选聘物业服务企业")
    roll = link(page, f"{address}/staff/communities/?text=东门邮电宿舍", "东门邮电宿舍")
    notice = link(page, f"{address}/staff/notices/", "东门邮电宿舍")
    pages = ("votes/", "surveys/", "notices/", "communities/complaints/", "money/", "money/payments/", "ranking/")
    return {
        **{name: f"/staff/{name}" for name in pages},
        **{
            f"vote {part}": f"{vote}{part}"
            for part in ("", "onsite/", "papers/", "papers/enter/", "letters/", "missing/")
        },
        **{
            f"community {part}": f"{roll}{part}"
            for part in ("roll/", "roll/print/", "homes/", "agencies/", "organisations/")
        },
        "sheet": link(page, f"{address}/staff/votes/?state=confirmed", "改造方案表决") + "sheet/",
        "survey": link(page, f"{address}/staff/surveys/", "东门邮电宿舍"),
        "notice": notice,
        "notice sheet": f"{notice}sheet/",
        "complaint": link(page, f"{address}/staff/communities/complaints/", "工地"),
        "source": link(page, f"{address}/staff/money/", "居民出资"),
        "ledger": page.locator('main a[href*="/money/projects/"]').first.get_attribute("href") or "",
        "payment": link(page, f"{address}/staff/money/payments/", "进度款"),
    }
