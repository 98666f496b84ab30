"""The rule files, the holiday notices and the templates."""

from collections.abc import Iterator
from datetime import date

from gkbot.deadline import Calendar, missing_notice_year
from gkbot.notices import Templates
from gkbot.rulebook import LoadResult, Problem, Severity, load
from gkbot.service.doctor.values import Finding, Patient, Report
from gkbot.shipped import chosen_or_shipped

RULES = Report("rules", "规则文件")
CALENDAR = Report("calendar", "放假日历")
TEMPLATES = Report("templates", "消息模板")
UNREACHABLE = "GK138"
NO_NOTICE = "GK163"  # told in the line of the calendar


def probe_rules(patient: Patient) -> Iterator[Finding]:
    """Errors and warnings, units nobody can reach, robots without address; then the calendar."""
    root, today = patient.settings.rules, patient.clock.today()
    if not root.is_dir():
        yield RULES.bad(f"没有文件夹 {root}", "进入放着 rules 的文件夹再执行，或用 gkbot init 新建")
        return
    result = load(root, today)
    yield _rules(result)
    calendar = Calendar.builtin() if result.book is None else result.book.calendar
    yield calendar_finding(calendar, today)


def calendar_finding(calendar: Calendar, today: date) -> Finding:
    """Whether the State Council's notice of this year, and from 1 October of the next, is there."""
    year = missing_notice_year(today, calendar)
    if year is None:
        last = next(y for y in range(today.year, today.year + 9) if not calendar.is_published(y + 1))
        return CALENDAR.good(f"放假安排有到{last}年的")
    fix = f"国务院办公厅的通知公布以后，在 calendars/{year}.yaml 里照抄放假和上班的日子（见管理员手册第八节）"
    message = f"还没有{year}年的放假安排，算到{year}年的日子都是暂定的"
    return CALENDAR.bad(message, fix) if year == today.year else CALENDAR.caution(message, fix)


def probe_templates(patient: Patient) -> Finding:
    """Every template, tried with sample facts."""
    folder = chosen_or_shipped(patient.settings.templates, "templates")
    problems = Templates.load(folder).problems
    if problems:
        more = f"（共 {len(problems)} 处）" if len(problems) > 1 else ""
        return TEMPLATES.bad(f"{problems[0]}{more}", "改正模板；改好以前，用到它的消息按程序自带的纯文字发出")
    own = folder == patient.settings.templates
    return TEMPLATES.good(f"{folder} 里的都能用" if own else "用程序自带的")


def _rules(result: LoadResult) -> Finding:
    warned = [problem for problem in result.problems if problem.severity is Severity.WARNING]
    warnings = [problem for problem in warned if problem.code != NO_NOTICE]
    if result.book is None:
        first = _place(result.errors[0])
        return RULES.bad(f"{len(result.errors)} 处错误，第一处在 {first}", "用 gkbot check 逐条查看并改正")
    told = f"{len(result.files)} 个文件，{len(result.book.tasks)} 项任务，{len(result.book.units)} 个单位"
    lonely = sum(problem.code == UNREACHABLE for problem in warnings)
    if lonely:
        fix = "在 units.yaml 里补上邮箱或机器人；用 gkbot check 查看是哪些"
        return RULES.caution(f"{told}；{lonely} 个单位或管理员没有邮箱也没有机器人，收不到通知", fix)
    if warnings:
        return RULES.caution(f"{told}；{len(warnings)} 个警告", "用 gkbot check 逐条看一遍是不是有意的")
    return RULES.good(told)


def _place(problem: Problem) -> str:
    return f"{problem.place.file}:{problem.place.line}:{problem.place.column}（{problem.code}）"
