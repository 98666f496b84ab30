"""What a new office has to say of itself, and how each answer is read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gkbot.settings import Secret, SmtpSecurity

ADMIN_POST = "政务公开科"
CONTACT_POST = "政务公开岗"
DEFAULT_SLUG = "zwgk"  # 政务公开
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z]{2,}")
_SLUG = re.compile(r"[\w\u4e00-\u9fff][\w\u4e00-\u9fff-]*")
_ROBOT = re.compile(r"[A-Z0-9_]+")
_COMMA = re.compile(r"[,，;；]")


class NotUnderstood(ValueError):
    """An answer that cannot be used; the text says why and how to write it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitAnswer:
    """A unit and the mail address of its contact; None where none is known yet."""

    name: str
    email: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAnswer:
    """The mail server to use; a password is kept in the settings or stays in a file of its own."""

    host: str
    port: int | None
    security: SmtpSecurity
    sender: str
    user: str | None = None
    password: Secret | Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotAnswer:
    """A group robot: its name in unit files, its secret address or the file that holds it."""

    name: str
    address: Secret | Path


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAnswer:
    """The first task; `clause` is its place in the document."""

    title: str
    deadline: str
    responsible: tuple[str, ...]
    clause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Everything that `gkbot init` asks.

    Attributes:
        slug: Name of the office's folder below the rules folder.
        robot: Robot of the group in which all units' contacts are.
        admin_robot: Robot of the office's own group.
    """

    office: str
    slug: str
    document: str
    number: str | None
    issued: date
    year: int
    units: tuple[UnitAnswer, ...]
    admin: str
    task: TaskAnswer
    mail: MailAnswer | None = None
    robot: RobotAnswer | None = None
    admin_robot: RobotAnswer | None = None

    @property
    def task_id(self) -> str:
        """The first task's number: letters of the folder's name, year, 01."""
        letters = re.sub(r"[^A-Za-z0-9]", "", self.slug).upper() or DEFAULT_SLUG.upper()
        return f"{letters}{self.year}-01"

    @property
    def robots(self) -> tuple[RobotAnswer, ...]:
        """The robots whose addresses must be set."""
        return tuple(robot for robot in (self.robot, self.admin_robot) if robot is not None)

    @property
    def has_settings(self) -> bool:
        """Whether anything belongs into `.env`."""
        return self.mail is not None or bool(self.robots)


def words(text: str) -> str:
    """A name or title: one line, blanks at the ends taken off."""
    plain = " ".join(text.split())
    if not plain:
        raise NotUnderstood("这一项不能空着。")
    return plain


def mail_address(text: str) -> str:
    """An address as rule files take it."""
    plain = text.strip()
    if not _MAIL.fullmatch(plain):
        raise NotUnderstood(f"“{plain}”不是邮箱地址，写成 名称@域名，例如 a@example.gov.cn。")
    return plain


def unit(text: str) -> UnitAnswer:
    """名称=邮箱, or the name alone."""
    name, _, email = text.replace("＝", "=").partition("=")
    if _COMMA.search(name) or "、" in name:
        raise NotUnderstood(f"“{name}”里有顿号或逗号：一次写一个单位。")
    return UnitAnswer(name=words(name), email=mail_address(email) if email.strip() else None)


def units(texts: Sequence[str]) -> tuple[UnitAnswer, ...]:
    """Several of them, each name once."""
    found = tuple(unit(text) for text in texts)
    names = [each.name for each in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise NotUnderstood(f"单位“{twice}”写了两次。")
    if not found:
        raise NotUnderstood("至少要有一个单位。")
    return found


def responsible(text: str, known: Sequence[UnitAnswer]) -> tuple[str, ...]:
    """Names with 、 between them, all of them among the units."""
    if _COMMA.search(text):
        raise NotUnderstood("几个单位之间用顿号“、”隔开。")
    names = tuple(dict.fromkeys(words(part) for part in text.split("、") if part.strip()))
    missing = [name for name in names if name not in {each.name for each in known}]
    if missing or not names:
        listed = "、".join(each.name for each in known)
        raise NotUnderstood(f"没有写过单位“{'、'.join(missing)}”。可以写的有：{listed}。")
    return names


def slug(text: str) -> str:
    """A folder's name: letters, digits, hyphens, Chinese characters."""
    plain = text.strip()
    if not _SLUG.fullmatch(plain) or plain.casefold() in {"calendars", "statutory"}:
        raise NotUnderstood(f"“{plain}”不能作文件夹名，请用字母和数字，例如 {DEFAULT_SLUG}。")
    return plain


def day(text: str) -> date:
    """A day written YYYY-MM-DD."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise NotUnderstood(f"“{text.strip()}”不是日期，写法：年-月-日，例 2026-01-20。") from None


def robot_name(text: str) -> str:
    """A robot's name as unit files say it."""
    plain = text.strip()
    if not _ROBOT.fullmatch(plain):
        raise NotUnderstood(f"机器人名称“{plain}”只能用大写字母、数字和下划线，例如 UNITS。")
    return plain


def robot_in_file(text: str) -> RobotAnswer:
    """名称=文件, the file holding the robot's address."""
    name, equals, path = text.partition("=")
    if not equals or not path.strip():
        raise NotUnderstood("写成 名称=文件，文件里是机器人的完整 Webhook 地址；地址是密码，不要写在命令行里。")
    if "://" in path:
        raise NotUnderstood("机器人地址是密码，不要写在命令行里：写进一个文件，再写 名称=文件。")
    return RobotAnswer(name=robot_name(name), address=Path(path.strip()))
