"""A small office: two counties, one due day, one mailbox each; enough to break in every way."""

from pathlib import Path

from tests.acceptance.program import Office

UNITS = """\
单位:
  - 名称: 甲县人民政府
    别名: [甲县]
    联络员:
      - 岗位: 办公室公开岗
        邮箱: jia@example.gov.cn
  - 名称: 乙县人民政府
    别名: [乙县]
    联络员:
      - 岗位: 办公室公开岗
        邮箱: yi@example.gov.cn
单位组:
  - 名称: 各县
    成员: 甲县、乙县
管理员:
  - 岗位: 政务公开科
    邮箱: admin@example.gov.cn
"""
TASKS = """\
文件:
  标题: 试行县2023年政务公开重点工作任务安排
  文号: 试府办发〔2023〕1号
  印发日期: 2023-05-17
任务:
  - 编号: SX2023-01
    事项: 对照目录完善门户网站的公开内容
    条款: 一（一）
    期限: 2023年7月底前
    责任单位: 各县
  - 编号: SX2023-02
    事项: 完成适老化改造
    条款: 一（二）
    期限: 2023年底前
    责任单位: 甲县
"""
FIRST_DAY = "2023-07-10"  # Monday
SEVEN_DAYS_BEFORE = "2023-07-24"  # Monday


def small_office(folder: Path, **settings: str) -> Office:
    """Write the rule files of the small office."""
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "units.yaml").write_text(UNITS, encoding="utf-8")
    (folder / "rules" / "plan.yaml").write_text(TASKS, encoding="utf-8")
    return Office(folder, dict(settings))
