"""Random strings of deadline words, read to the end: nothing raises, spans point at the words, JSON is made.

    python -m benchmarks.fuzz [count] [seed]

Prints the strings that did harm and how many were read; the same seed gives the same strings.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from gkbot.deadline import Calendar, read

COUNT, SEED = 1_000_000, 20_260_522
PIECES = (
    *"0123456789", *"0123456789", *"一二三四五六七八九十廿卅〇两半",
    *"年月日号周季旬时点分前后内止底末初中上下本次期届满每隔按逐第", *"，。；：、（）()“”《》〔〕|/-.~—:  \n",
    "年底", "月底", "季度", "半年", "上旬", "中旬", "下旬", "工作日", "个工作日", "个月", "小时", "之日起",
    "印发之日起", "收到", "批复后", "会前", "至", "到", "自", "起", "截至", "截止", "截止时间", "最迟", "不迟于",
    "不早于", "即日起", "之前", "以前", "以内", "期间", "至少", "不少于", "不超过", "次", "每年", "每月", "每季度",
    "每周", "每旬", "每隔", "每两年", "逐月", "周五", "星期一", "第一个", "最后一个", "工作日", "首月", "末月",
    "十四五", "“十四五”", "规划", "春节", "国庆", "五一", "中秋节", "农历", "腊月", "正月", "元旦", "民国", "今年",
    "明年", "次年", "当年", "本月", "下月", "次月", "当日", "今日", "下午", "上午", "下班", "含当日", "不含",
    "完成", "报送", "开展", "施行", "已", "全年", "长期", "及时", "持续推进", "周报", "月考核", "2023年",
    "２０２３", "113年", "2023-05-17", "17:00", "10:05:00", "9999年", "0月", "13月", "31日", "32日", "閏", "個",
    "(gè)", "為", "週", "號", "之", "的", "于", "在", "提前", "为期", "和", "或", "以及", "左右", "前后", "A", "%",
    "\u3000", "\ufeff",
)  # fmt: skip
LONGEST = 14  # pieces
FIRST_DAY, DAYS = date(1990, 1, 1), 36_500


def strings(count: int, seed: int) -> Iterator[tuple[str, date]]:
    """Texts, each with a day of issue."""
    random = Random(seed)  # noqa: S311 - the same strings for every run are the point
    for _ in range(count):
        text = "".join(random.choices(PIECES, k=random.randint(1, LONGEST)))
        yield text, FIRST_DAY + timedelta(days=random.randrange(DAYS))


def fuzz(count: int, seed: int) -> Iterator[tuple[str, date, str]]:
    """The strings that did harm, and how."""
    calendar = Calendar.builtin()
    for text, issued in strings(count, seed):
        try:
            for found in read(text, issued=issued, calendar=calendar):
                json.dumps(found.as_json())
                str(found.schedule)
                if not found.text or text[slice(*found.span)] != found.text:
                    yield text, issued, f"span {found.span}"
                if (
                    found.start is not None
                    and found.due is not None
                    and found.start.isoformat() > found.due.isoformat()
                ):
                    yield text, issued, "ends before it begins"
        except Exception as error:  # noqa: BLE001 - whatever it is, it must be told
            yield text, issued, repr(error)


def main(count: int = COUNT, seed: int = SEED) -> int:
    """Print what did harm; how many strings did is the exit code, at most 1."""
    harm = 0
    for text, issued, what in fuzz(count, seed):
        harm += 1
        print(f"{issued} {text!r}: {what}")
    print(f"{count} strings read with seed {seed}, {harm} did harm")
    return min(harm, 1)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
