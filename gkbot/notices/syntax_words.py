"""What Jinja says of a template that cannot be read, in Chinese (jinja2/lexer.py, jinja2/parser.py)."""

import re

_TOKENS = {
    "begin of statement block": "{%",
    "end of statement block": "%}",
    "begin of print statement": "{{",
    "end of print statement": "}}",
    "begin of comment": "{#",
    "end of comment": "#}",
    "end of template": "文件末尾",
    "template data / text": "正文",
}
_SENTENCES = (
    (r"unexpected '(.*)', expected '(.*)'", "这里该是“{1}”，写的是“{0}”"),
    (r"expected token '(.*)', got '(.*)'", "这里该是“{0}”，写的是“{1}”"),
    (r"Expected an expression, got '(.*)'", "“{0}”前面缺了内容"),
    (r"unexpected char ['\"](.*)['\"] at \d+", "大括号里不能写“{0}”"),
    (r"unexpected '(.*)'", "这里不该有“{0}”"),
    (r"Unexpected end of template\. Jinja was looking for the following tags: (.*?)\..*", "没有写完，后面缺少 {0}"),
    (r"Encountered unknown tag '(.*?)'\. .* looking for .*?('.*?')\..*", "“{0}”不该在这里，要先写 {1}"),
    (r"Encountered unknown tag '(.*?)'\..*", "没有“{0}”这种标签，或者前面没有和它成对的"),
    (r"No filter named '(.*)'\.", "没有名为“{0}”的过滤器"),
    (r"No test named '(.*)'\.", "没有名为“{0}”的判断"),
    (r"Missing end of comment tag", "注释没有写完，缺少“#}}”"),
    (r"Missing end of raw directive", "raw 没有写完，缺少 endraw"),
    (r"tag name expected", "“{{%”后面要写标签名"),
)


def in_words(message: str) -> str:
    """The complaint in Chinese; as Jinja says it where it is a rare one."""
    for pattern, words in _SENTENCES:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found is not None:
            return words.format(*map(_plain, found.groups()))
    return message


def _plain(part: str) -> str:
    return _TOKENS.get(part, part.replace(" or ", " 或 ").replace("'", "") or part)
