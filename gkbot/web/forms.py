"""What contacts fill in: read within limits, and checked field by field."""

import asyncio
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from gkbot.web.desk import Said, Wish

MOST_BYTES = 16 * 1024
MOST_FIELDS = 10
MOST_SECONDS = 10.0
MOST_NOTE = 500
MOST_NAME = 40
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form as it came in: what was pressed, and the fields as text.

    Attributes:
        errors: Field → what is wrong with it; a field with an error is asked again.
    """

    do: str
    fields: dict[str, str]
    errors: dict[str, str]

    def said(self) -> Said:
        """Note and name; look at `errors` first."""
        return Said(note=self.fields["note"], name=self.fields["name"])

    def wish(self) -> Wish:
        """The extension wished for; look at `errors` first."""
        fields = self.fields
        return Wish(until=date.fromisoformat(fields["until"]), reason=fields["reason"], name=fields["name"])


EMPTY = Filled(do="", fields=dict.fromkeys(("note", "name", "until", "reason"), ""), errors={})


async def filled(request: Request, earliest_wish: date) -> Filled:
    """The form that was sent.

    Args:
        earliest_wish: First day an extension makes sense for.

    Raises:
        HTTPException: It is too big, too slow or no form.
    """
    values = await _values(request)
    do = values.get("do", "")
    fields = {name: _cleaned(values.get(name, ""), lines=name in {"note", "reason"}) for name in EMPTY.fields}
    errors = _too_long(fields)
    if do == "extend":
        errors |= _wrong_wish(fields, earliest_wish)
    return Filled(do=do, fields=fields, errors=errors)


def _too_long(fields: dict[str, str]) -> dict[str, str]:
    most = {"note": MOST_NOTE, "reason": MOST_NOTE, "name": MOST_NAME}
    return {
        name: f"太长：最多 {limit} 个字，现在 {len(fields[name])} 个字。"
        for name, limit in most.items()
        if len(fields[name]) > limit
    }


def _wrong_wish(fields: dict[str, str], earliest: date) -> dict[str, str]:
    errors = {}
    if not fields["reason"]:
        errors["reason"] = "请写明延期原因和目前进展。"
    try:
        until = date.fromisoformat(fields["until"])
    except ValueError:
        return errors | {"until": f"请选择日期，写法如 {earliest.isoformat()}。"}
    if until < earliest:
        errors["until"] = f"应不早于 {earliest.isoformat()}。"
    return errors


async def _values(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != FORM_TYPE:
        raise HTTPException(415)
    try:
        async with asyncio.timeout(MOST_SECONDS):
            body = await _body(request)
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except TimeoutError:
        raise HTTPException(408) from None
    except (ValueError, ClientDisconnect):  # not UTF-8, too many fields, gone
        raise HTTPException(400) from None
    return dict(pairs)


async def _body(request: Request) -> bytes:
    declared: Any = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > MOST_BYTES:
        raise HTTPException(413)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413)
    return body


def _cleaned(text: str, *, lines: bool) -> str:
    """The text without control and direction characters; line ends stay where lines are allowed."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        char if char == "\n" and lines else " " if char in "\n\t" else char
        for char in unified
        if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf"}
    )
    return "".join(kept).strip()
