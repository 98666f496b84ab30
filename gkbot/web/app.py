"""The web application: which address shows what, and what is answered when something is wrong."""

import logging
from collections.abc import Callable
from functools import wraps

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gkbot.errors import GkbotError
from gkbot.iso import iso
from gkbot.web.access import is_local, is_own_form
from gkbot.web.desk import Answered, Choice, Desk, Item, Letter, Missing
from gkbot.web.forms import EMPTY, Filled, filled
from gkbot.web.rendering import json, page, plain

log = logging.getLogger("gkbot.web")

Endpoint = Callable[[Request], Response]
FAIL = "fail"

MISSING_STATUS = {Missing.WRONG: 404, Missing.EXPIRED: 410, Missing.VANISHED: 410}
MISSING_WORDS = {
    Missing.WRONG: ("链接无效", "这个链接不完整或不正确。请从提醒消息里重新打开，或整段复制到地址栏。"),
    Missing.EXPIRED: ("链接已过期", "这个链接已超过有效期。请使用最近一次提醒里的链接。"),
    Missing.VANISHED: (
        "事项已不在清单中",
        "这个链接对应的事项已经撤销或调整，不用再反馈。如有疑问，请联系发出提醒的办公室。",
    ),
}
STATUS_WORDS = {
    400: ("提交的内容读不出来", "请返回上一页重新填写。"),
    403: ("不能从其他网站提交", "请从提醒消息里的链接打开页面后再提交。"),
    404: ("没有这个页面", "请检查网址，或使用提醒消息里的链接。"),
    405: ("不支持这种操作", "请使用提醒消息里的链接打开页面。"),
    408: ("提交超时", "请检查网络后重新提交。"),
    413: ("提交的内容太多", "说明请控制在 500 字以内；材料请放到网上，只填网址。"),
    415: ("提交的格式不对", "请在页面上填写并提交。"),
}
LOCAL_ONLY = (
    "本页只能在服务器本机查看",
    "总览和任务台账只在运行 gkbot 的机器上用 http://127.0.0.1 或 http://localhost 打开。联络员请使用提醒消息里的链接。",
)
UNAVAILABLE = ("系统暂时不能处理", "刚才的操作没有登记。请过几分钟再试；仍不行时，请直接联系发出提醒的办公室。")


def create_app(desk: Desk, *, public_url: str | None = None, metrics: Callable[[], bytes] | None = None) -> Starlette:
    """The application that shows and asks this desk.

    Args:
        public_url: Where contacts reach it, so that their forms are known behind a proxy, too.
        metrics: The figures for Prometheus; None where there is no service to measure.
    """
    pages = _Pages(desk, public_url)
    measured = [] if metrics is None else [Route("/metrics", lambda _request: plain(metrics()))]
    app = Starlette(
        routes=[
            Route("/", _local_only(pages.overview)),
            Route("/tasks", _local_only(pages.tasks)),
            Route("/x/{token}", pages.item, methods=["GET", "POST"]),
            Route("/u/{token}", pages.leaving, methods=["GET", "POST"]),
            Route("/healthz", pages.health),
            *measured,
        ],
        exception_handlers={HTTPException: _refused, GkbotError: _unavailable, Exception: _unavailable},
    )
    app.router.redirect_slashes = False
    return app


class _Pages:
    """The endpoints; the desk is asked in worker threads, never on the event loop."""

    def __init__(self, desk: Desk, public_url: str | None) -> None:
        self._desk = desk
        self._public_url = public_url

    def overview(self, _request: Request) -> Response:
        return page("overview", overview=self._desk.overview())

    def tasks(self, request: Request) -> Response:
        asked = request.query_params
        choice = Choice(unit=asked.get("unit", ""), document=asked.get("document", ""), status=asked.get("status", ""))
        return page("tasks", table=self._desk.table(choice))

    def health(self, _request: Request) -> Response:
        health = self._desk.health()
        content = {
            "status": health.status,
            "role": health.role,
            "findings": list(health.codes),
            "last_check": iso(health.last_check),
        }
        return json(content, status=503 if health.status == FAIL else 200)

    async def leaving(self, request: Request) -> Response:
        """A wish to be left out; mail programs post it without asking anybody (RFC 8058), GET only shows the form."""
        is_post = request.method == "POST"
        if is_post and not is_own_form(request, self._public_url):
            raise HTTPException(403)
        ask = self._desk.wish_to_leave if is_post else self._desk.who_leaves
        who = await run_in_threadpool(ask, request.path_params["token"])
        if isinstance(who, Missing):
            return _missing(who)
        return page("leaving", who=who, is_noted=is_post)

    async def item(self, request: Request) -> Response:
        if request.method == "POST" and not is_own_form(request, self._public_url):
            raise HTTPException(403)
        token = request.path_params["token"]
        found = await run_in_threadpool(self._desk.behind, token)
        if isinstance(found, Missing):
            return _missing(found)
        if request.method != "POST":
            return _item(found, EMPTY)
        form = await filled(request, found.earliest_wish)
        if form.errors:
            return _item(found, form, status=422)
        return await run_in_threadpool(self._answered, token, found, form)

    def _answered(self, token: str, found: Item, form: Filled) -> Response:
        result: Answered | Letter | Missing
        match form.do:
            case "report":
                result = self._desk.report_done(token, form.said())
            case "acknowledge":
                result = self._desk.acknowledge(token, form.said())
            case "extend":
                result = self._desk.ask_extension(token, form.wish())
            case _:
                raise HTTPException(400)
        if isinstance(result, Missing):
            return _missing(result)
        if isinstance(result, Letter):
            return page("letter", item=found, letter=result)
        log.info("answer from contact", extra={"task": found.row.task, "unit": found.row.unit, "do": form.do})
        return page("answered", item=found, answered=result)


def _local_only(endpoint: Endpoint) -> Endpoint:
    @wraps(endpoint)
    def guarded(request: Request) -> Response:
        return endpoint(request) if is_local(request) else _said(LOCAL_ONLY, 403)

    return guarded


def _item(found: Item, form: Filled, *, status: int = 200) -> Response:
    return page("item", status=status, item=found, form=form)


def _missing(missing: Missing) -> Response:
    return _said(MISSING_WORDS[missing], MISSING_STATUS[missing])


def _refused(_request: Request, refusal: Exception) -> Response:
    status = refusal.status_code if isinstance(refusal, HTTPException) else 400
    headers = {**(refusal.headers or {})} if isinstance(refusal, HTTPException) else {}
    return _said(STATUS_WORDS.get(status, STATUS_WORDS[400]), status, headers)


def _unavailable(_request: Request, error: Exception) -> Response:
    """Something of ours failed; the log says what, the visitor only that it did."""
    log.error("page failed", exc_info=error)
    return _said(UNAVAILABLE, 503 if isinstance(error, GkbotError) else 500)


def _said(words: tuple[str, str], status: int, headers: dict[str, str] | None = None) -> Response:
    heading, text = words
    return page("message", status=status, headers=headers, heading=heading, text=text)
