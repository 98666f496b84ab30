"""Made-up official text in any amount, the same for every run: short phrases and paragraphs.

Every text is drawn anew, so that no parser gains by remembering what it has read.
"""

from random import Random

SEED = 20_260_522
PARAGRAPH_CHARACTERS = 320

_PHRASES = (
    "{y}年{m}月底前",
    "{y}年{m}月{d}日前完成",
    "{m}月{d}日前报送{what}",
    "于{m}月{d}日{h}时前反馈",
    "每年{m}月{d}日前公布{what}",
    "每月{d}日前报送",
    "每季度首月{d}日前更新{what}",
    "收到{what}之日起{n}个工作日内",
    "自{what}形成之日起{n}日内公开",
    "{m}月{d}日至{m2}月{e}日",
    "{y}年{m}月—{m2}月",
    "{y}年底前基本完成{what}",
    "{y}年第{q}季度末前",
    "{m}月上旬前完成{what}",
    "{y}年上半年完成{what}",
    "会前{n}日送达{what}",
    "每半年至少{n}次，含{what}",
    "长期坚持，{what}常态化公开",
    "截至{y}年{m}月{d}日{h}:00",
    "{m}月中旬开始，{m2}月底结束",
    "不迟于{y}年{m}月{d}日",
    "到{y}年，{what}全面落地",
    "{what}发布后{n}小时内转载",
    "{y}.{m}.{d}前",
)
_DATED = (
    "请各单位于{y}年{m}月{d}日前将{what}报送{who}，逾期未报的视为无意见。",
    "{who}要在{m}月底前完成{what}梳理，{m2}月{e}日前集中公示。",
    "{what}自形成或者变更之日起{n}个工作日内予以公开，法律、法规另有规定的从其规定。",
    "各部门每季度首月{d}日前更新{what}，{who}每半年通报一次更新情况。",
    "{who}应当于每年{m}月{d}日前公布上一年度{what}，并同步报上级主管部门备案。",
    "到{y}年底，{what}覆盖率明显提高，{who}牵头制定分年度计划。",
)
_PLAIN = (
    "各地要充分认识做好{what}工作的重要意义，加强组织领导，明确责任分工，把各项任务落到实处。",
    "{who}负责统筹协调，会同有关部门建立健全工作机制，及时研究解决工作中遇到的困难和问题。",
    "坚持以公开为常态、不公开为例外，围绕群众关切持续优化{what}，增强内容的针对性和可读性。",
    "根据〔{y}〕{k}号文件要求，{what}由{who}归口管理，联系电话0{k}-8{k}{k}，地址为人民路{n}号。",
    "《条例》第{n}条规定，涉及商业秘密、个人隐私的{what}，经权利人同意后可以公开。",
    "去年全市共受理{what}{k}件，办结率{r}%，群众满意度比上年提高{n}个百分点。",
    "要注重发挥政务新媒体作用，通过图解、短视频、问答等形式解读{what}，扩大政策知晓面。",
    "项目总投资{k}万元，其中财政资金{r}%，由{who}按照程序组织实施并接受审计监督。",
    "{who}要把{what}纳入培训内容，分级分类开展业务指导，提高工作人员的专业能力。",
    "严格执行保密审查制度，做到先审查、后公开，一事一审，防止{what}中出现泄密问题。",
    "对工作推进不力、造成不良影响的，{who}将予以通报批评，并依规追究有关人员责任。",
    "{who}积极探索{what}标准化规范化，梳理编制目录清单，推动公开平台向基层延伸。",
)
_WHAT = (
    "政务公开年报",
    "行政处罚信息",
    "财政预决算",
    "重大建设项目清单",
    "义务教育招生方案",
    "政策解读材料",
    "依申请公开答复",
    "权责清单",
    "村务公开栏",
    "营商环境报告",
    "公共企事业单位信息",
    "建议提案办理结果",
)
_WHO = (
    "市政府办公室",
    "县发展改革局",
    "市教育局",
    "各乡镇人民政府",
    "区行政审批局",
    "市财政局",
    "县卫生健康局",
    "市生态环境局",
    "政务公开科",
    "各街道办事处",
)


def phrase_rounds(rounds: int, size: int) -> list[list[str]]:
    """Rounds of short phrases with a deadline each."""
    random = Random(SEED)  # noqa: S311 - the same text for every run is the point
    return [[_filled(random, random.choice(_PHRASES)) for _ in range(size)] for _ in range(rounds)]


def paragraph_rounds(rounds: int, size: int) -> list[list[str]]:
    """Rounds of paragraphs; about every fourth sentence holds a deadline."""
    random = Random(SEED + 1)  # noqa: S311
    return [[_paragraph(random) for _ in range(size)] for _ in range(rounds)]


def _paragraph(random: Random) -> str:
    text = ""
    while len(text) < PARAGRAPH_CHARACTERS:
        text += _filled(random, random.choice(_DATED if not random.randrange(4) else _PLAIN))
    return text[:PARAGRAPH_CHARACTERS]


def _filled(random: Random, pattern: str) -> str:
    month = random.randint(1, 9)
    return pattern.format(
        y=random.randint(2015, 2032),
        m=month,
        m2=random.randint(month + 1, 12),
        d=random.randint(1, 28),
        e=random.randint(1, 28),
        h=random.randint(8, 18),
        n=random.randint(2, 60),
        q=random.choice("一二三四"),
        k=random.randint(11, 999),
        r=random.randint(10, 99),
        what=random.choice(_WHAT),
        who=random.choice(_WHO),
    )
