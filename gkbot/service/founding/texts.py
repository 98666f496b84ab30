"""The rule files of a new office as text, commented for people who see one for the first time."""

from collections.abc import Iterator
from datetime import date

from gkbot.rulebook.editing.writing import scalar
from gkbot.service.founding.answers import ADMIN_POST, CONTACT_POST, Answers, UnitAnswer
from gkbot.service.founding.reading import CHECK_IN, Reading

_PLAN = """\
# 什么时候提醒。不写就是下面这样；要改天数，在这里改；要另一种，照抄一份换个名称，写在任务的“提醒”后面。
提醒方案:
  - 名称: 常规
    到期前: 15、7、3、1、0          # 到期前几天，0是当天；落在休息日的提前到最近的工作日
    计日: 自然日                    # 自然日 | 工作日
    逾期:
      首次: 1                       # 截止日以后第几个工作日第一次提示
      间隔: 3                       # 以后每几个工作日一次
      最多: 5                       # 最多几次，0是不提示
    升级:
      逾期: 3                       # 第几个工作日起草给分管领导的催办函；只起草，由人来发
"""
_MORE_TASKS = """\

  # 下一项任务：照抄上面这一项，换掉编号和内容；“- ”和前面的空格要对齐。
  # 有牵头和配合的，把“责任单位”换成：
  #   牵头单位: 甲单位
  #   配合单位: 乙单位、丙单位
  # 从某件事起算的，加上：
  #   起算:
  #     事件: 预算批复
  #     日期: 2026-02-06             # 事情发生的日子；没有发生就不写这一行
"""


def units_text(answers: Answers, today: date) -> str:
    """units.yaml: admins, units, groups, reminder plan."""
    return "\n".join([*_units_head(answers, today), *_admin(answers), *_units(answers), *_groups(answers), _PLAN])


def tasks_text(answers: Answers, read: Reading) -> str:
    """The file of the first document, with its first task."""
    return "\n".join([*_document(answers), *_defaults(read), *_task(answers, read)]) + "\n" + _MORE_TASKS


def _units_head(answers: Answers, today: date) -> Iterator[str]:
    yield f"# {answers.office}的通讯录：管理员、单位、单位组、提醒方案。{today}用 gkbot init 建立，照自己的情况改。"
    yield "# 联络员写岗位，不写人名；换人只改邮箱。井号后面是注释，程序不读。改完执行 gkbot check。"


def _admin(answers: Answers) -> Iterator[str]:
    yield "管理员:"
    yield "  # 收清单和故障通知的岗位，可以有几个"
    yield f"  - 岗位: {ADMIN_POST}"
    yield f"    邮箱: {scalar(answers.admin)}"
    if answers.admin_robot is not None:
        yield f"    机器人: {answers.admin_robot.name}"
    yield ""


def _units(answers: Answers) -> Iterator[str]:
    yield "单位:"
    yield "  # 名称照文件里的写法；文件里还有别的写法的，加一行“别名: 财政局”"
    for unit in answers.units:
        yield from _unit(unit, None if answers.robot is None else answers.robot.name)
    yield "    # 催办函草稿写给谁（可以不写）："
    yield "    # 分管领导:"
    yield "    #   岗位: 副局长"
    yield "    #   邮箱: fujuzhang@example.gov.cn"
    yield ""


def _unit(unit: UnitAnswer, robot: str | None) -> Iterator[str]:
    yield f"  - 名称: {scalar(unit.name)}"
    yield "    联络员:"
    yield f"      - 岗位: {CONTACT_POST}"
    if unit.email is None:
        yield "        # 邮箱: 还没有填，填上以前收不到邮件"
    else:
        yield f"        邮箱: {scalar(unit.email)}"
    if robot is not None:
        yield f"    机器人: {robot}"
        yield "    # 群里要提醒到人，在“邮箱”下面加一行“企业微信: 账号”"


def _groups(answers: Answers) -> Iterator[str]:
    members = [unit.name for unit in answers.units]
    if len(members) > 1:
        yield "# 文件里的统称。责任单位写“各部门”，就是下面每个单位各有一份任务，各自办结。"
        yield "单位组:"
        yield "  - 名称: 各部门"
        yield "    成员:"
        yield from (f"      - {scalar(name)}" for name in members)
        yield ""


def _document(answers: Answers) -> Iterator[str]:
    yield f"# 《{answers.document}》：逐条任务。一个文件一份，下一年的另建一个。"
    yield "# 期限照抄原文里写时间的那几个字，截止日由程序算；原文没有期限的写“持续推进”。改完执行 gkbot check。"
    yield "文件:"
    yield f"  标题: {scalar(answers.document)}"
    number = scalar(answers.number) if answers.number else ""
    yield (
        f"  文号: {number}"
        if number
        else "  # 文号: 写在这里，年份用六角括号，例如 示政办发〔2026〕2号，再去掉行首的井号"
    )
    yield f"  印发日期: {answers.issued}          # 期限里没有写年份的，从这里推算"
    yield f"  年度: {answers.year}"
    yield f"  发文单位: {scalar(answers.office)}"
    yield ""


def _defaults(read: Reading) -> Iterator[str]:
    yield "默认:"
    yield "  提醒: 常规                      # 提醒方案的名称，见 units.yaml"
    if read.has_day:
        yield "  # 没有日子的任务平时不提醒。要每季度收一次进展，去掉下一行的“# ”："
        yield f"  # 持续推进: {CHECK_IN}"
    else:
        yield f"  持续推进: {CHECK_IN}    # 没有日子的任务，按这个周期提醒报进展；不要就删掉这一行"
    yield ""


def _task(answers: Answers, read: Reading) -> Iterator[str]:
    yield "任务:"
    yield "  # 编号定了就不改：办结、延期都记在编号上"
    yield f"  - 编号: {answers.task_id}"
    yield f"    事项: {scalar(answers.task.title)}"
    if answers.task.clause:
        yield f"    条款: {scalar(answers.task.clause)}"
    yield f"    期限: {scalar(read.words)}"
    yield f"    责任单位: {scalar('、'.join(answers.task.responsible))}"
    if read.event is not None:
        yield "    起算:"
        yield f"      事件: {scalar(read.event)}"
        yield "      # 日期: 事情发生以后写在这里，例如 2026-02-06，再去掉行首的井号；也可以用 gkbot event 登记"
