"""What a day says beside what a rule test wants of it: what is missing, what is too much."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from gkbot.planning.values import Item, Notice, NoticeKind, Plan
from gkbot.rulebook.rule_test_keys import DRAFT, TO_ADMINS
from gkbot.rulebook.rule_tests import Case, Expectation, days_words

OFFICE = "office-"
UNITS_NAMED = 3
ANNOUNCED = {
    "new": "任务录入",
    "assigned": "任务录入",
    "opened": "开始计时",
    "changed": "期限调整",
    "reopened": "退回补办",
}
KIND_OF = {
    NoticeKind.UPCOMING: "提前提醒",
    NoticeKind.DUE: "到期提醒",
    NoticeKind.OVERDUE: "逾期提示",
    NoticeKind.ESCALATION: DRAFT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing the day says of a duty, whoever hears it.

    Attributes:
        kinds: The main one first; what the same line announces besides follows.
        stage: 到期前7天, 到期当日, 逾期第1次; None for what is announced only.
    """

    task: str
    unit: str
    kinds: tuple[str, ...]
    stage: str | None
    due: date | None
    days_left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a case went.

    Attributes:
        missing: Wanted and not said.
        surplus: Said and not wanted, like things of several units in one line.
        forbidden: Said though it must not be: the expectation and what was said.
    """

    case: Case
    missing: tuple[Expectation, ...] = ()
    surplus: tuple[str, ...] = ()
    forbidden: tuple[tuple[Expectation, str], ...] = ()

    @property
    def is_met(self) -> bool:
        """Whether the day says what the case wants."""
        return not (self.missing or self.surplus or self.forbidden)

    def lines(self) -> Iterator[str]:
        """The difference, a line each: - wanted and missing, + said and not wanted."""
        yield from (f"- 应有而没有：{expectation}" for expectation in self.missing)
        yield from (f"+ 多出来的：{line}" for line in self.surplus)
        yield from (f"+ 不应有“{expectation}”，却有：{line}" for expectation, line in self.forbidden)


def outcome(case: Case, plan: Plan) -> Outcome:
    """Compare. Drafts and admins' lists count only in cases that speak of them."""
    said = list(said_on(plan))
    wanted = case.expected
    looked_at = [each for each in said if _is_asked_about(each, wanted or ())]
    missing = [one for one in wanted or () if not _is_said(one, looked_at)]
    surplus = [each for each in looked_at if not any(_fits(one, each) for one in wanted or ())]
    bad = [(one, [each for each in said if _fits(one, each)]) for one in case.forbidden]
    return Outcome(
        case=case,
        missing=tuple(missing),
        surplus=() if wanted is None else tuple(_in_lines(surplus)),
        forbidden=tuple((one, line) for one, some in bad for line in _in_lines(some)),
    )


def said_on(plan: Plan) -> Iterator[Said]:
    """Everything the notices of a day say, each thing once however many hear it."""
    yield from dict.fromkeys(said for notice in plan.notices for said in said_of(notice))


def said_of(notice: Notice) -> Iterator[Said]:
    """What one notice says, item by item."""
    return (_said(item, notice) for item in notice.items)


def _said(item: Item, notice: Notice) -> Said:
    announced = [ANNOUNCED[name] for stage in (item.stage, *item.also) if (name := stage.split("-")[0]) in ANNOUNCED]
    main = [KIND_OF[item.kind]] if item.kind in KIND_OF else []
    if item.stage.startswith(OFFICE):
        main, announced = [TO_ADMINS], []
    elif notice.draft:
        main, announced = [DRAFT], []
    return Said(
        task=item.task,
        unit=item.unit,
        kinds=(*main, *announced),
        stage=_stage_words(item.stage),
        due=item.due,
        days_left=item.days_left,
    )


def _stage_words(stage: str) -> str | None:
    name, _, number = stage.partition("-")
    match name:
        case "before":
            return f"到期前{number}天"
        case "due":
            return "到期当日"
        case "overdue":
            return f"逾期第{number}次"
        case _:
            return None


def _is_asked_about(said: Said, wanted: Sequence[Expectation]) -> bool:
    kind = said.kinds[0]
    return kind not in {DRAFT, TO_ADMINS} or any(one.kind == kind for one in wanted)


def _is_said(wanted: Expectation, said: Iterable[Said]) -> bool:
    """Whether every unit named hears it; some unit where none is named."""
    units = {each.unit for each in said if _fits(wanted, each)}
    return units >= set(wanted.units) if wanted.units else bool(units)


def _fits(wanted: Expectation, said: Said) -> bool:
    return (
        wanted.task == said.task
        and (not wanted.units or said.unit in wanted.units)
        and (said.kinds[0] not in {DRAFT, TO_ADMINS} if wanted.kind is None else wanted.kind in said.kinds)
        and wanted.due in {None, said.due}
        and wanted.days_left in {None, said.days_left}
        and wanted.stage in {None, said.stage}
    )


def _in_lines(said: Iterable[Said]) -> Iterator[str]:
    units: dict[tuple[str, str], list[str]] = {}
    for each in said:
        parts = [*each.kinds, each.stage, each.due and f"截止{each.due}"]
        parts.append(None if each.days_left is None else days_words(each.days_left))
        units.setdefault((each.task, " ".join(part for part in parts if part)), []).append(each.unit)
    for (task, what), names in units.items():
        named = "、".join(names[:UNITS_NAMED]) + (f"等{len(names)}个单位" if len(names) > UNITS_NAMED else "")
        yield f"{task} {named} {what}"
