"""A desk with made-up duties, and a browser that needs no network."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import httpx
from starlette.types import ASGIApp

from gkbot.web.desk import (
    Answered,
    Choice,
    Draft,
    Health,
    Item,
    Letter,
    Missing,
    Overview,
    Row,
    Said,
    Some,
    Table,
    Watched,
    Wish,
)

ROW = Row(
    task="GY2023-05",
    title="对照公开事项标准目录，在县级政府门户网站完善本地区公开内容",
    unit="苍溪县人民政府",
    role="责任",
    document="广元市2023年政务公开重点工作任务安排",
    clause="三（二）1",
    words="2023年7月底前",
    due="2023年7月31日（周一）",
    status="open",
    status_word="办理中，还剩7天",
)
LATE = replace(ROW, task="GY2023-02", status="overdue", status_word="逾期4天", due="2023年7月20日（周四）")
ITEM = Item(
    row=ROW,
    due="2023年7月31日（周一，含当日）",
    facts=(
        ("编号", ROW.task),
        ("本单位", "苍溪县人民政府（责任）"),
        ("依据文件", "《广元市2023年政务公开重点工作任务安排》（广府办发〔2023〕15号）三（二）1"),
        ("期限原文", "“2023年7月底前”"),
        ("责任单位", "各县（区）"),
        ("联系", "政务公开科 admin@example.gov.cn"),
    ),
    advice="",
    post="办公室公开岗",
    can_answer=True,
    closed_word="",
    office="政务公开科 admin@example.gov.cn",
    earliest_wish=date(2023, 8, 1),
)
OVERVIEW = Overview(
    day="2023年7月24日（周一）",
    last_check="2023年7月24日（周一）",
    is_late=False,
    watched=(
        Watched(
            title=ROW.document,
            number="广府办发〔2023〕15号",
            tasks=41,
            duties=287,
            overdue=1,
            next_due=ROW.due,
            is_archived=False,
        ),
        Watched(
            title="2017年岳阳市政务公开工作要点",
            number="",
            tasks=10,
            duties=31,
            overdue=0,
            next_due="",
            is_archived=True,
        ),
    ),
    due_soon=Some(rows=(ROW, replace(ROW, unit="旺苍县人民政府")), total=2),
    overdue=Some(rows=(LATE,), total=1),
    to_verify=Some(rows=(replace(ROW, status="reported", status_word="已报完成"),), total=1),
    drafts=Some(
        rows=(
            Draft(
                number="0A3F-12",
                day="2023年7月24日（周一）",
                kind="催办函",
                recipient="青川县人民政府（副县长）",
                why="草稿，审核后由人发出",
            ),
        ),
        total=1,
    ),
    problems=Some(),
    is_older_version=False,
    outbox={"待发出": 3, "已发出": 120, "未能送达": 0},
)


class FakeDesk:
    """Knows the tokens "good", "old" and "gone", and remembers what was recorded."""

    def __init__(self, item: Item = ITEM, overview: Overview = OVERVIEW) -> None:
        self.item, self.state = item, overview
        self.recorded: list[tuple[str, object]] = []
        self.failure: Exception | None = None
        self.is_healthy = True

    def overview(self) -> Overview:
        return self.state

    def table(self, choice: Choice) -> Table:
        rows = [row for row in (LATE, ROW) if choice.unit in {"", row.unit}]
        return Table(
            day=self.state.day,
            choice=choice,
            found=Some(rows=tuple(rows), total=len(rows)),
            units=(ROW.unit,),
            documents=(("guangyuan", ROW.document),),
            statuses=(("", "全部"), ("open", "办理中")),
        )

    def behind(self, token: str) -> Item | Missing:
        if self.failure is not None:
            raise self.failure
        return {"good": self.item, "old": Missing.EXPIRED, "gone": Missing.VANISHED}.get(token, Missing.WRONG)

    def report_done(self, token: str, said: Said) -> Answered | Missing:
        self.recorded.append(("reported", said))
        return Answered(sentence="已登记“单位报完成”，不再提醒，待核实。", recorded=True)

    def acknowledge(self, token: str, said: Said) -> Answered | Missing:
        self.recorded.append(("acknowledged", said))
        return Answered(sentence="已登记签收，提醒照常。", recorded=True)

    def ask_extension(self, token: str, wish: Wish) -> Letter | Answered | Missing:
        return Letter(
            office=self.item.office,
            address="admin@example.gov.cn",
            subject="申请延期：GY2023-05",
            text=f"申请延至：{wish.until}\n原因和进展：{wish.reason}",
        )

    def health(self) -> Health:
        codes = () if self.is_healthy else ("database",)
        return Health(
            status="ok" if self.is_healthy else "fail", role="active", codes=codes, last_check=date(2023, 7, 24)
        )


class Browser:
    """Asks an application without a network; failures are answered as a server would."""

    def __init__(self, app: ASGIApp, *, client: str = "127.0.0.1", base: str = "http://127.0.0.1:8000") -> None:
        self._app, self._client, self._base = app, client, base

    def ask(
        self,
        method: str,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False, client=(self._client, 5000))
            async with httpx.AsyncClient(transport=transport, base_url=self._base) as client:
                return await client.request(method, path, data=form, content=body, headers=headers)

        return asyncio.run(asked())

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path: str, form: Mapping[str, str], **headers: str) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", path, form=form, headers=sent)
