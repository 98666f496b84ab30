"""What `gkbot init` asks, in order: office, document, units, first task, channels."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import click

from gkbot.cli.init_dialogue import Asker, parsed
from gkbot.cli.output import say
from gkbot.iso import iso
from gkbot.service.founding import answers as read
from gkbot.service.founding.answers import Answers, MailAnswer, NotUnderstood, RobotAnswer, TaskAnswer, UnitAnswer
from gkbot.service.founding.reading import Reading, reading
from gkbot.settings import DEFAULT_SMTP_PORTS, Secret, SmtpSecurity

REQUIRED = {"office": "--office", "unit": "--unit", "admin": "--admin", "task": "--task", "deadline": "--deadline"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """The command line of `gkbot init`; None and empty: not given."""

    folder: Path
    office: str | None = None
    slug: str | None = None
    document: str | None = None
    number: str | None = None
    issued: date | None = None
    year: int | None = None
    unit: Sequence[str] = ()
    admin: str | None = None
    task: str | None = None
    clause: str | None = None
    deadline: str | None = None
    responsible: str | None = None
    smtp_host: str | None = None
    smtp_port: str | None = None
    smtp_security: str = "ssl"
    smtp_user: str | None = None
    smtp_password_file: Path | None = None
    mail_from: str | None = None
    robot: str | None = None
    admin_robot: str | None = None
    yes: bool = False

    def missing(self) -> list[str]:
        """Flags without which nobody can go on unasked."""
        return [flag for name, flag in REQUIRED.items() if not getattr(self, name)]


@dataclass(slots=True, kw_only=True)
class Interview:
    """One run through the questions.

    Attributes:
        has_dotenv: There is a `.env` already, so nothing is asked that would stand in it.
    """

    flags: Flags
    asker: Asker
    today: date
    has_dotenv: bool
    _reading: Reading | None = field(init=False, default=None)

    def answers(self) -> tuple[Answers, Reading]:
        """Every answer, and what the deadline's words say.

        Raises:
            click.UsageError: A flag is missing or cannot be used.
        """
        flags, value = self.flags, self.asker.value
        office = value(flags.office, "--office", "本单位名称（例：示例县人民政府办公室）", read.words)
        slug = value(flags.slug, "--slug", "规则文件夹名（字母、数字）", read.slug, read.DEFAULT_SLUG)
        issued = value(iso(flags.issued), "--issued", "文件印发日期", read.day, self.today.isoformat())
        year = flags.year or issued.year
        title = f"{office}{year}年政务公开工作要点"
        document = value(flags.document, "--document", "文件标题", read.words, title)
        number = value(flags.number, "--number", "文号（没有就直接回车）", str.strip, "")
        units = self._units()
        admin = value(flags.admin, "--admin", "管理员邮箱（收清单和故障通知）", read.mail_address)
        task, told = self._task(units, issued, year)
        robot, admin_robot = self._robots()
        return Answers(
            office=office,
            slug=slug,
            document=document,
            number=number or None,
            issued=issued,
            year=year,
            units=units,
            admin=admin,
            task=task,
            mail=self._mail(),
            robot=robot,
            admin_robot=admin_robot,
        ), told

    def _units(self) -> tuple[UnitAnswer, ...]:
        if self.flags.unit or not self.asker.is_open:
            return parsed("--unit", "\n".join(self.flags.unit), lambda text: read.units(text.split("\n")))
        while True:
            say("承担任务的单位，一行一个，写成 名称=邮箱（邮箱不知道就只写名称），写完直接回车：")
            found = self.asker.several("  单位", read.unit)
            names = [each.name for each in found]
            if len(set(names)) == len(names):
                return tuple(found)
            say("  有单位写了两次，请重写。")

    def _task(self, units: Sequence[UnitAnswer], issued: date, year: int) -> tuple[TaskAnswer, Reading]:
        flags, value = self.flags, self.asker.value
        title = value(flags.task, "--task", "第一项任务：做什么，一句话", read.words)
        told = self._deadline(issued, year)
        everybody = "、".join(each.name for each in units)
        question = "责任单位（几个用“、”隔开）"
        names = value(
            flags.responsible, "--responsible", question, lambda text: read.responsible(text, units), everybody
        )
        clause = flags.clause.strip() if flags.clause else None
        return TaskAnswer(title=title, deadline=told.words, responsible=names, clause=clause or None), told

    def _deadline(self, issued: date, year: int) -> Reading:
        """The words, read back at once; asked again until they are understood as meant."""

        def understood(text: str) -> Reading:
            return reading(text, issued=issued, year=year, today=self.today)

        question = "期限（照抄原文里写时间的几个字，例：7月底前；没有就写 持续推进）"
        while True:
            told = self.asker.value(self.flags.deadline, "--deadline", question, understood)
            for line in told.lines:
                say(f"  {line}")
            if self.flags.deadline is not None or self.asker.agrees("  这样理解对吗", default=True):
                return told

    def _mail(self) -> MailAnswer | None:
        if self.flags.smtp_host is not None:
            return self._mail_of_flags(self.flags.smtp_host)
        if not self._may_ask("现在设置邮件服务器吗？不设置的话，消息先写成文件"):
            return None
        asked = self.asker.asked
        host = asked("  邮件服务器地址（例：smtp.example.gov.cn）", read.words)
        security = asked("  连接方式：ssl、starttls、none", _security, "ssl")
        port = asked("  端口", _port, str(DEFAULT_SMTP_PORTS[security]))
        sender = asked("  发件人邮箱", read.mail_address)
        user = asked("  登录名（不用登录就写 无）", read.words, sender)
        login = None if user == "无" else user
        password = None if login is None else self.asker.secret("  密码或授权码（不显示）", _secret)
        return MailAnswer(host=host, port=port, security=security, sender=sender, user=login, password=password or None)

    def _mail_of_flags(self, host: str) -> MailAnswer:
        flags = self.flags
        sender = flags.mail_from or flags.smtp_user
        if sender is None:
            raise click.UsageError("写了 --smtp-host 就要写发件人 --mail-from。")
        return MailAnswer(
            host=parsed("--smtp-host", host, read.words),
            port=parsed("--smtp-port", flags.smtp_port, _port) if flags.smtp_port else None,
            security=parsed("--smtp-security", flags.smtp_security, _security),
            sender=parsed("--mail-from", sender, read.mail_address),
            user=flags.smtp_user,
            password=flags.smtp_password_file,
        )

    def _robots(self) -> tuple[RobotAnswer | None, RobotAnswer | None]:
        units = self._robot(self.flags.robot, "--robot", "单位联络员的群里有企业微信机器人吗", "UNITS")
        admins = self._robot(self.flags.admin_robot, "--admin-robot", "管理员的群里有企业微信机器人吗", "OFFICE")
        if units is not None and admins is not None and units.name == admins.name:
            raise click.UsageError(f"两个群的机器人不能都叫 {units.name}，请换一个名称。")
        return units, admins

    def _robot(self, given: str | None, flag: str, question: str, name: str) -> RobotAnswer | None:
        if given is not None:
            return parsed(flag, given, read.robot_in_file)
        if not self._may_ask(question):
            return None
        chosen = self.asker.asked("  机器人名称（大写字母）", read.robot_name, name)
        return RobotAnswer(name=chosen, address=self.asker.secret("  完整的 Webhook 地址（不显示）", _address))

    def _may_ask(self, question: str) -> bool:
        return self.asker.is_open and not self.has_dotenv and self.asker.agrees(question, default=False)


def _security(text: str) -> SmtpSecurity:
    try:
        return SmtpSecurity(text.strip().lower())
    except ValueError:
        raise NotUnderstood(f"看不懂“{text.strip()}”，可用：ssl、starttls、none。") from None


def _port(text: str) -> int:
    plain = text.strip()
    if not (plain.isascii() and plain.isdigit() and 0 < int(plain) < 65536):
        raise NotUnderstood(f"“{plain}”不是端口号，端口是 1 到 65535 的整数。")
    return int(plain)


def _secret(text: str) -> Secret:
    if not text.strip():
        raise NotUnderstood("密码不能空着；不用登录的，登录名写“无”。")
    return Secret(text.strip())


def _address(text: str) -> Secret:
    parts = urlsplit(text.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NotUnderstood("这不是网址，请粘贴机器人的完整 Webhook 地址，以 https:// 开头。")
    return Secret(text.strip())
