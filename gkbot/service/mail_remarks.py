"""What the admins must hear of mail itself: mails that came back, wishes to be left out, a dead server.

What is told of a dead mail channel must not wait in it: admins' own mails then go to the outbox folder (their robot
hears it anyway), see `carry_round`.
"""

from collections.abc import Iterator
from datetime import tzinfo

from gkbot.delivery.email import TLS_TROUBLE
from gkbot.ledger import FALLBACK, Entry, Ledger, NoticeState, Substitute
from gkbot.ledger.addresses import BOUNCE, RETURNED, Remembered
from gkbot.planning import NoticeKind
from gkbot.planning.remarks import Remark, Remarks
from gkbot.rulebook import Rulebook
from gkbot.service.auditing.values import Finding, Severity
from gkbot.service.undelivered import masked

EMAIL = "email"
TLS_WORDS = "邮件服务器的加密连接不可信，邮件暂停发出并继续重试，不会改用不加密的连接"
TLS_CURE = (
    "用 gkbot doctor 查看；证书过期的请服务器管理员更换，自建证书的用 GKBOT_SMTP_CA_FILE 指定，主机名要和证书一致"
)
LOGIN_CURE = (
    "改好 GKBOT_SMTP_USER 和 GKBOT_SMTP_PASSWORD（授权码）；开着后台服务的，重新启动它，"
    "再执行 gkbot outbox enable email --why 原因；没有开的，执行 gkbot daily。积压的邮件会照常发出"
)


def mail_remarks(ledger: Ledger, book: Rulebook, zone: tzinfo) -> Remarks:
    """Everything about mail that is told once, or once a day."""
    about = [_remark(found, book) for found in (*ledger.addresses.open(), *ledger.addresses.returned())]
    return Remarks(remarks=(*about, *_of_channel(ledger, zone)))


def tls_findings(ledger: Ledger) -> Iterator[Finding]:
    """The auditor's view: mails wait because the server's certificate cannot be trusted."""
    stuck = ledger.addresses.mails_stuck_on(TLS_TROUBLE)
    if stuck:
        what = f"{TLS_WORDS}（{len(stuck)}封在等，{stuck[0].reason}）"
        yield Finding(code="mail-tls", severity=Severity.FAIL, what=what, cure=TLS_CURE, since=stuck[0].created_at)


def mail_signs(ledger: Ledger) -> tuple[object, ...]:
    """What must change for the admins to be told something new about mail: cheap to ask often."""
    marks = tuple(found.id for found in (*ledger.addresses.open(), *ledger.addresses.returned()))
    return (
        *marks,
        *(f"{found.channel_id} {found.since}" for found in ledger.outbox.disabled_channels()),
        _has_tls(ledger),
    )


def carry_round(ledger: Ledger) -> int:
    """Let admins' mails that wait for a dead mail channel go to the folder; says how many."""
    stuck: dict[int, Entry] = {}
    if any(found.channel_id == EMAIL for found in ledger.outbox.disabled_channels()):
        stuck |= {entry.id: entry for entry in ledger.outbox.stranded(EMAIL)}
    if _has_tls(ledger):
        waiting = ledger.outbox.entries(state=NoticeState.PENDING)
        stuck |= {entry.id: entry for entry in waiting if entry.channel == EMAIL}
    moved = 0
    for entry in stuck.values():
        if entry.kind == NoticeKind.ADMIN and entry.origin is None:
            instead = Substitute(reason=FALLBACK, channel="file", address=entry.address, contact=entry.contact)
            moved += ledger.outbox.divert(entry, "channel disabled", instead)
    return moved


def _has_tls(ledger: Ledger) -> bool:
    return bool(ledger.addresses.mails_stuck_on(TLS_TROUBLE))


def _remark(found: Remembered, book: Rulebook) -> Remark:
    unit = book.resolve_unit(found.unit) if found.unit else None
    folders = (unit.folder,) if unit is not None else ()
    who = " ".join(dict.fromkeys(name for name in (found.unit, found.contact) if name))
    mark = f"{found.kind}-{found.id}"
    if found.kind == BOUNCE:
        text = (
            f"{who}的邮箱 {masked(found.address)} 退信（{found.reason}，编号 {found.number}），此后不再向它发送，"
            "改走其他渠道或存入发件文件夹。请联系该单位更正邮箱；恢复使用原地址的，用 gkbot bounce --clear 邮箱地址。"
        )
        return Remark(mark=mark, folders=folders, text=text)
    if found.kind == RETURNED:
        text = (
            f"发给{who}（{masked(found.address)}）的通知 {found.number} 被退回（{found.reason}），已改走其他渠道或存入"
            "发件文件夹；这个邮箱今后仍照常发送。请提醒该单位查看邮箱，例如清理满了的邮箱。"
        )
        return Remark(mark=mark, folders=folders, text=text)
    text = (
        f"{who}申请不再接收汇总提醒。系统仍照常发送，请与该单位商定新的联络员，在通讯录里更换；"
        "确需停发的，用 gkbot silence add。"
    )
    return Remark(mark=mark, folders=folders, text=text)


def _of_channel(ledger: Ledger, zone: tzinfo) -> Iterator[Remark]:
    for found in ledger.outbox.disabled_channels():
        if found.channel_id == EMAIL:
            text = f"邮件渠道停用：邮件服务器拒绝（{found.reason}），不再自动登录。{LOGIN_CURE}。"
            # A day's word holds for the day, however often somebody has it tried again.
            yield Remark(mark=f"mail-off-{found.since.astimezone(zone):%Y%m%d}", text=text)
    stuck = ledger.addresses.mails_stuck_on(TLS_TROUBLE)
    if stuck:
        yield Remark(mark=f"mail-tls-{stuck[0].number}", text=f"{TLS_WORDS}。{TLS_CURE}。")
