"""An office of N notices: units with a mailbox or a robot, a task of its own for each and one for all.

It exists twice, in words of two worlds: as a rule book for the program, and as the plain lists that
the slow model reckons from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gkbot.deadline import By
from gkbot.rulebook.values import Contact, Role, Rulebook, Task, Unit
from gkbot.settings import Secret, Settings, SmtpSecurity, SmtpSettings
from gkbot.settings.values import BrakeSettings
from tests.small_books import book, task

ROOT = Path(__file__).resolve().parents[2]
DUE = date(2023, 7, 31)
ROBOT_SECRET = "MARKED-SECRET-OF-THE-ROBOT"
MAIL_SECRET = "MARKED-SECRET-OF-THE-MAILBOX"
SECRETS = (ROBOT_SECRET, MAIL_SECRET)
MAIL_USER = "bot@example.gov.cn"
EVERY_ROBOT, EVERY_LONG, MOST_LONG = 3, 9, 3
LONG_TASKS = 150


@dataclass(frozen=True, slots=True)
class OfficeOf:
    """So many units, each with one message to get on the day.

    Every third unit has a robot; a few of those have so many tasks that their message has parts.
    """

    notices: int

    def units(self) -> list[tuple[str, str, str]]:
        """Name, channel and address of each unit."""
        return [
            (f"第{n}单位", "wecom", f"R{n}")
            if n % EVERY_ROBOT == 2
            else (f"第{n}单位", "email", f"u{n}@example.gov.cn")
            for n in range(self.notices)
        ]

    def tasks(self) -> Iterator[tuple[str, list[str]]]:
        """Id of each task and the units that have it."""
        names = [name for name, _, _ in self.units()]
        yield "ALL", names
        yield from ((f"OWN-{n}", [name]) for n, name in enumerate(names))
        long = names[EVERY_LONG - 1 :: EVERY_LONG][:MOST_LONG]
        if long:
            yield from ((f"LONG-{n}", long) for n in range(LONG_TASKS))

    def book(self) -> Rulebook:
        """The rule book that says so."""
        units = {name: _unit(name, channel, address) for name, channel, address in self.units()}
        tasks = [_task(task_id, [units[name] for name in names]) for task_id, names in self.tasks()]
        return book(*tasks, admins=())

    def settings(self, folder: Path, url: str, *, mail: int, robot: int) -> Settings:
        """The settings, with marked secrets; the brakes are off, since everything goes out on one day."""
        robots = {address: robot_url(robot, address) for _, channel, address in self.units() if channel == "wecom"}
        return Settings(
            templates=ROOT / "templates",
            database_url=url,
            smtp=SmtpSettings(
                host="127.0.0.1",
                port=mail,
                security=SmtpSecurity.NONE,
                mail_from=MAIL_USER,
                user=MAIL_USER,
                password=Secret(MAIL_SECRET),
            ),
            robots={name: Secret(address) for name, address in robots.items()},
            outbox_dir=folder / "outbox",
            state_dir=folder / "state",
            brakes=BrakeSettings(factor=0, least=0, per_group=0),
        )


def robot_url(port: int, name: str) -> str:
    """Where a robot listens; the key is the secret."""
    return f"http://127.0.0.1:{port}/cgi-bin/webhook/send?key={ROBOT_SECRET}-{name}"


def _unit(name: str, channel: str, address: str) -> Unit:
    mailbox = address if channel == "email" else None
    contacts = (Contact(post="办公室", email=mailbox),)
    return Unit(name=name, contacts=contacts, robot=address if channel == "wecom" else None)


def _task(task_id: str, units: list[Unit]) -> Task:
    return task(
        task_id,
        By(due=DUE),
        units=[(unit, Role.RESPONSIBLE) for unit in units],
        title=f"完善{task_id}公开内容",
    )
