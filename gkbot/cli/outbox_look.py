"""`gkbot outbox list` and `show`: what is in the outbox, and one message as it would leave."""

from collections.abc import Sequence

import click

from gkbot.cli.arguments import json_option
from gkbot.cli.outbox_group import REASON_WORDS, STATE_WORDS, kind_of, reason_of, sub
from gkbot.cli.output import print_json, print_table, say
from gkbot.errors import UsageError
from gkbot.iso import iso
from gkbot.ledger import Brake, Entry, NoticeState

MOST = 5000
WAITING = (NoticeState.HELD, NoticeState.DEAD, NoticeState.EXPIRED, NoticeState.PENDING, NoticeState.LEASED)
HEADERS = ("编号", "日期", "类型", "单位", "岗位或群", "渠道", "原因")
NEXT = {
    NoticeState.HELD: "草稿、暂扣的用 approve 或 release 发出，不发的用 drop 撤销。",
    NoticeState.DEAD: "改好联系方式后用 retry 重发，已另行通知的用 drop 撤销。",
    NoticeState.EXPIRED: "仍要发的用 retry 重发，已另行通知的用 drop 撤销。",
}


@sub(
    "list",
    "列出等人处理、待发和未送达的消息",
    "列出等人处理、待发和未送达的消息，按状态分组。\n\n例：gkbot outbox list --state held",
)
@click.option("--all", "everything", is_flag=True, help="连同已发、已撤销的一起列出。")
@click.option(
    "--state",
    type=click.Choice([str(state) for state in NoticeState]),
    metavar="状态",
    help="只列一种：" + "，".join(f"{state} {word}" for state, word in STATE_WORDS.items()) + "。",
)
@json_option
def list_entries(*, everything: bool, state: str | None, as_json: bool) -> int:
    """List the outbox."""
    from gkbot.cli.start import office

    asked: Sequence[NoticeState | None] = WAITING
    if state is not None or everything:
        asked = (None if state is None else NoticeState(state),)
    with office(writes=True) as opened:
        assert opened.ledger is not None  # noqa: S101 - opened for writing
        found = [entry for each in asked for entry in opened.ledger.outbox.entries(state=each, limit=MOST)]
        standing = [s for b in Brake if (s := opened.ledger.braking.standing(b)) is not None]
        zone = opened.settings.zone
    if as_json:
        print_json([_as_json(entry) for entry in found])
        return 0
    for brake in standing:
        since = brake.since.astimezone(zone)
        say(f"注意：{REASON_WORDS[brake.brake.reason]}，自 {since:%Y-%m-%d %H:%M} 起暂停计划和发送。")
    for each in STATE_WORDS:
        _print_group(each, [entry for entry in found if entry.state is each])
    say(f"共 {len(found)} 条。" + (f"只列了最近的 {MOST} 条。" if len(found) >= MOST else ""))
    return 0


def _print_group(state: NoticeState, entries: Sequence[Entry]) -> None:
    if not entries:
        return
    from gkbot.service.ways import channel_word, reader_of

    rows = [
        (
            e.number,
            e.day.isoformat(),
            kind_of(e),
            e.unit or "管理员",
            reader_of(e),
            channel_word(e.channel),
            reason_of(e),
        )
        for e in entries
    ]
    print_table(HEADERS, rows, title=f"{STATE_WORDS[state]}（{len(entries)} 条）")
    if state in NEXT:
        say(NEXT[state])


@sub(
    "show",
    "查看一条消息的全文",
    "查看一条消息的全文，与将要发出的一致，以及每次发送的经过。\n\n例：gkbot outbox show 7K2M9QXA",
)
@click.argument("number", metavar="编号")
def show_entry(*, number: str) -> int:
    """Show one message as it would leave."""
    from gkbot.cli.start import office
    from gkbot.service.letters import letter_of
    from gkbot.service.trail_views import line_of_attempt
    from gkbot.service.ways import channel_word, whom_of

    with office(writes=True) as opened:
        assert opened.ledger is not None  # noqa: S101 - opened for writing
        outbox = opened.ledger.outbox
        found = outbox.entries(number=number.upper())
        if not found:
            raise UsageError(f"发件箱里没有编号为“{number}”的消息。用 gkbot outbox list --all 查看。")
        letter = letter_of(opened.settings, found[0], opened.clock.today())
        tries = [line_of_attempt(attempt, opened.settings.zone) for attempt in outbox.attempts(number.upper())]
    click.echo(f"状态：{STATE_WORDS[found[0].state]} {reason_of(found[0])}".rstrip())
    click.echo(f"收件：{whom_of(found[0])}（{channel_word(found[0].channel)}）")
    for line in tries:
        click.echo(f"发送：{line}")
    if letter.subject:
        click.echo(f"主题：{letter.subject}")
    click.echo(f"\n{letter.text}")
    return 0


def _as_json(entry: Entry) -> dict[str, object]:
    return {
        "number": entry.number,
        "part": entry.part_no,
        "date": entry.day.isoformat(),
        "kind": entry.kind,
        "draft": entry.draft,
        "state": str(entry.state),
        "reason": entry.reason,
        "recipient": {"unit": entry.unit, "contact": entry.contact, "channel": entry.channel, "address": entry.address},
        "tries": entry.tries,
        "next_at": iso(entry.next_at),
        "settled_at": iso(entry.settled_at),
    }
