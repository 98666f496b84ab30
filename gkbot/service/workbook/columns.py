"""The sheets of the workbook: their columns as offices know them, and the keys of rule files behind them."""

from dataclasses import dataclass
from enum import StrEnum

from gkbot.rulebook.editing import FieldPath, Kind
from gkbot.rulebook.keys import ROLLS, SENSITIVITY, YES_NO


class Cells(StrEnum):
    """What the cells of a column hold."""

    TEXT = "文字"
    LINES = "一行一项"
    UNITS = "单位"
    DATE = "日期"
    COMPUTED = "程序算出"
    FILE = "规则文件"
    IDENTITY = "标识"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        field: The key under which the words stand, from the record down; empty where there is none.
        width: In characters of the Latin alphabet, as Excel counts.
        needed: Without it the sheet cannot be read back.
        hint: For the sheet 说明.
        of_unit: In the sheet of units: the field belongs to the unit, not to the person.
    """

    header: str
    cells: Cells = Cells.TEXT
    field: FieldPath = ()
    width: int = 12
    choices: tuple[str, ...] = ()
    needed: bool = False
    hint: str = ""
    of_unit: bool = False

    @property
    def comes_back(self) -> bool:
        """Whether import reads what stands there."""
        return self.cells is not Cells.COMPUTED


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetForm:
    """A sheet: its name and its columns."""

    name: str
    kinds: tuple[Kind, ...]
    columns: tuple[Column, ...]

    def column(self, header: str) -> Column:
        """The column of this name."""
        return next(column for column in self.columns if column.header == header)

    @property
    def fields(self) -> tuple[Column, ...]:
        """The columns with words of rule files."""
        return tuple(column for column in self.columns if column.field)

    @property
    def kept(self) -> tuple[Column, ...]:
        """The columns whose texts are compared with those at export."""
        return tuple(column for column in self.columns if column.cells not in _ABOUT_THE_ROW)


_ABOUT_THE_ROW = frozenset({Cells.COMPUTED, Cells.FILE, Cells.IDENTITY})


def _computed(header: str, width: int = 12, hint: str = "") -> Column:
    return Column(header=header, cells=Cells.COMPUTED, width=width, hint=hint)


FILE = "规则文件"
IDENTITY = "标识（勿改）"
CATEGORY = "类别"
CATEGORIES = ("联络员", "分管领导")
_FILE = Column(header=FILE, cells=Cells.FILE, width=28, hint="新加的行写进哪个文件；不写的，同来源文件或上一行")
_IDENTITY = Column(header=IDENTITY, cells=Cells.IDENTITY, width=10, needed=True, hint="隐藏列，程序靠它认出每一行")

TASKS = SheetForm(
    name="任务台账",
    kinds=(Kind.TASK,),
    columns=(
        _computed("序号", 6),
        Column(header="编号", field=("编号",), width=14, needed=True, hint="不重复；定了就不能改，新任务要写"),
        Column(header="条款", field=("条款",), width=12),
        Column(header="工作任务（事项）", field=("事项",), width=36, needed=True),
        Column(header="具体要求（办理要求）", field=("办理要求",), width=32),
        Column(header="要求", field=("要求",), width=10, hint="同“办理要求”，一般不用"),
        Column(header="量化指标", field=("量化指标",), width=16),
        _computed("来源文件", 28, "标题和文号"),
        Column(header="依据", field=("依据",), width=24),
        Column(header="牵头单位", field=("牵头单位",), cells=Cells.UNITS, width=24, hint="单位之间用顿号“、”或者换行"),
        Column(header="配合单位", field=("配合单位",), cells=Cells.UNITS, width=24, hint="写法同上"),
        Column(header="责任单位", field=("责任单位",), cells=Cells.UNITS, width=28, hint="写法同上"),
        _computed("联络员", 22, "取自单位通讯录"),
        Column(
            header="完成时限（期限原文）",
            field=("期限",),
            cells=Cells.LINES,
            width=26,
            needed=True,
            hint="照抄原文的文字，不要写成日期；有几段期限的，一行一段",
        ),
        _computed("截止日", 12, "最近一个没有办结的截止日"),
        _computed("阶段目标", 26, "有几个日子的，逐个列出"),
        _computed("进展情况", 24, "各单位的办理状态，取自登记"),
        _computed("完成比例", 10, "已办结的占全部的比例"),
        _computed("存在问题", 18, "供填写打印"),
        _computed("下一步打算", 18, "供填写打印"),
        _computed("佐证材料", 18, "供填写打印"),
        _computed("是否办结", 10),
        _computed("销号日期", 12),
        Column(header="起算事件", field=("起算", "事件"), width=20),
        Column(header="起算日期", field=("起算", "日期"), cells=Cells.DATE, width=12, hint="事件没有发生就空着"),
        Column(header="遇休息日", field=("遇休息日",), width=10, choices=ROLLS),
        Column(header="含当日", field=("含当日",), width=8, choices=YES_NO),
        Column(header="持续推进", field=("持续推进",), width=16, hint="没有日子的任务多久报一次进展"),
        Column(header="提醒", field=("提醒",), width=10, hint="提醒方案的名称"),
        Column(header="分别负责", field=("分别负责",), width=10, choices=YES_NO),
        Column(header="敏感程度", field=("敏感程度",), width=10, choices=SENSITIVITY),
        Column(header="会议", field=("会议",), width=14),
        Column(header="确认截止", field=("确认", "截止"), cells=Cells.DATE, width=12, hint="确认的四列要写就都写"),
        Column(header="确认人", field=("确认", "确认人"), width=10),
        Column(header="确认日期", field=("确认", "日期"), cells=Cells.DATE, width=12),
        Column(header="确认理由", field=("确认", "理由"), width=20),
        Column(header="备注", field=("备注",), width=28),
        _FILE,
        _IDENTITY,
    ),
)
PEOPLE = SheetForm(
    name="单位通讯录",
    kinds=(Kind.UNIT, Kind.CONTACT, Kind.LEADER),
    columns=(
        Column(header="单位", field=("名称",), width=26, needed=True, of_unit=True, hint="一人一行，单位名称每行都写"),
        Column(header=CATEGORY, width=10, choices=CATEGORIES, needed=True, hint="联络员或者分管领导"),
        Column(header="岗位", field=("岗位",), width=20, needed=True),
        Column(header="邮箱", field=("邮箱",), width=34),
        Column(header="企业微信", field=("企业微信",), width=18),
        Column(header="手机", field=("手机",), width=14),
        Column(header="备注", field=("备注",), width=20),
        Column(
            header="单位别名",
            field=("别名",),
            cells=Cells.LINES,
            width=26,
            of_unit=True,
            hint="一行一个；同一单位的几行只改一行就行",
        ),
        Column(header="机器人", field=("机器人",), width=12, of_unit=True, hint="只写名称，不写地址"),
        Column(header="单位备注", field=("备注",), width=20, of_unit=True),
        _FILE,
        _IDENTITY,
    ),
)
GROUPS = SheetForm(
    name="单位组",
    kinds=(Kind.GROUP,),
    columns=(
        Column(header="单位组", field=("名称",), width=26, needed=True),
        Column(header="成员", field=("成员",), cells=Cells.UNITS, width=40, needed=True, hint="一行一个单位"),
        Column(header="单位组别名", field=("别名",), cells=Cells.LINES, width=26, hint="一行一个"),
        Column(header="备注", field=("备注",), width=28),
        _FILE,
        _IDENTITY,
    ),
)
SHEETS = (TASKS, PEOPLE, GROUPS)
GUIDE = "说明"
BASELINE = "_gkbot"
FORMAT = "gkbot工作簿1"
