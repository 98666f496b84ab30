"""Days of festivals and of the lunar calendar, 2003–2100.

The table was made once with lunar_python 1.4.8 (MIT); tests/deadline/test_festivals.py compares it where that
package is installed. The day of 清明 follows the usual formula for the solar term, right for 2001–2099.
"""

from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 2003, 2100

# lunar year → (month and day of its first day, leap month or 0, lengths of its months: 1 = 30 days, 0 = 29)
LUNAR_YEARS: dict[int, tuple[int, int, int, str]] = {
    2003: (2, 1, 0, "110110100101"),
    2004: (1, 22, 2, "0101101010101"),
    2005: (2, 9, 0, "010101101010"),
    2006: (1, 29, 7, "1010101011011"),
    2007: (2, 18, 0, "001001011101"),
    2008: (2, 7, 0, "100100101101"),
    2009: (1, 26, 5, "1100100101011"),
    2010: (2, 14, 0, "101010010101"),
    2011: (2, 3, 0, "101101001010"),
    2012: (1, 23, 4, "1011010101010"),
    2013: (2, 10, 0, "101011010101"),
    2014: (1, 31, 9, "0101010110101"),
    2015: (2, 19, 0, "010010111010"),
    2016: (2, 8, 0, "101001011011"),
    2017: (1, 28, 6, "0101001010111"),
    2018: (2, 16, 0, "010100101011"),
    2019: (2, 5, 0, "101010010011"),
    2020: (1, 25, 4, "0111010010101"),
    2021: (2, 12, 0, "011010101010"),
    2022: (2, 1, 0, "101011010101"),
    2023: (1, 22, 2, "0100110110101"),
    2024: (2, 10, 0, "010010110110"),
    2025: (1, 29, 6, "1010010101110"),
    2026: (2, 17, 0, "101001001110"),
    2027: (2, 6, 0, "110100100110"),
    2028: (1, 26, 5, "1110100100110"),
    2029: (2, 13, 0, "110101010011"),
    2030: (2, 3, 0, "010110101010"),
    2031: (1, 23, 3, "0110101101010"),
    2032: (2, 11, 0, "100101101101"),
    2033: (1, 31, 11, "0100101011101"),
    2034: (2, 19, 0, "010010101101"),
    2035: (2, 8, 0, "101001001101"),
    2036: (1, 28, 6, "1101001001011"),
    2037: (2, 15, 0, "110100100101"),
    2038: (2, 4, 0, "110101010010"),
    2039: (1, 24, 5, "1101101010100"),
    2040: (2, 12, 0, "101101011010"),
    2041: (2, 1, 0, "010101101101"),
    2042: (1, 22, 2, "0100101011011"),
    2043: (2, 10, 0, "010010011011"),
    2044: (1, 30, 7, "1010010010111"),
    2045: (2, 17, 0, "101001001011"),
    2046: (2, 6, 0, "101010100101"),
    2047: (1, 26, 5, "1011010100101"),
    2048: (2, 14, 0, "011011010010"),
    2049: (2, 2, 0, "101011011010"),
    2050: (1, 23, 3, "0101010110110"),
    2051: (2, 11, 0, "100100110111"),
    2052: (2, 1, 8, "0100100101111"),
    2053: (2, 19, 0, "010010010111"),
    2054: (2, 8, 0, "011001001011"),
    2055: (1, 28, 6, "0110101001010"),
    2056: (2, 15, 0, "111010100101"),
    2057: (2, 4, 0, "011010110010"),
    2058: (1, 24, 4, "1010101101100"),
    2059: (2, 12, 0, "101010101110"),
    2060: (2, 2, 0, "100100101110"),
    2061: (1, 21, 3, "1100100101110"),
    2062: (2, 9, 0, "110010010110"),
    2063: (1, 29, 7, "1101010010101"),
    2064: (2, 17, 0, "110101001010"),
    2065: (2, 5, 0, "110110100101"),
    2066: (1, 26, 5, "0101101010101"),
    2067: (2, 14, 0, "010101101010"),
    2068: (2, 3, 0, "101001101101"),
    2069: (1, 23, 4, "0101001011101"),
    2070: (2, 11, 0, "010100101101"),
    2071: (1, 31, 8, "1010100101011"),
    2072: (2, 19, 0, "101010010101"),
    2073: (2, 7, 0, "101101001010"),
    2074: (1, 27, 6, "1011010101010"),
    2075: (2, 15, 0, "101011010101"),
    2076: (2, 5, 0, "010101011010"),
    2077: (1, 24, 4, "1010010111010"),
    2078: (2, 12, 0, "101001011011"),
    2079: (2, 2, 0, "010100101011"),
    2080: (1, 22, 3, "1010100100111"),
    2081: (2, 9, 0, "011010010011"),
    2082: (1, 29, 7, "0111001010011"),
    2083: (2, 17, 0, "011010101010"),
    2084: (2, 6, 0, "101011010101"),
    2085: (1, 26, 5, "0100110110101"),
    2086: (2, 14, 0, "010010110110"),
    2087: (2, 3, 0, "101001010111"),
    2088: (1, 24, 4, "0101001001110"),
    2089: (2, 10, 0, "110100010110"),
    2090: (1, 30, 8, "1110100100110"),
    2091: (2, 18, 0, "110101010010"),
    2092: (2, 7, 0, "110110101010"),
    2093: (1, 27, 6, "0110101101010"),
    2094: (2, 15, 0, "010101101101"),
    2095: (2, 5, 0, "010010101110"),
    2096: (1, 25, 4, "1010010011101"),
    2097: (2, 12, 0, "101000101101"),
    2098: (2, 1, 0, "110100010101"),
    2099: (1, 21, 2, "1101100100101"),
    2100: (2, 9, 0, "110101010010"),
}

# festival → (lunar month, lunar day); the 0th day of a month is the last of the month before
LUNAR_FESTIVALS = {
    "春节": (1, 1),
    "元宵": (1, 15),
    "端午": (5, 5),
    "七夕": (7, 7),
    "中元": (7, 15),
    "中秋": (8, 15),
    "重阳": (9, 9),
    "腊八": (12, 8),
    "小年": (12, 23),
    "除夕": (1, 0),
}
SOLAR_FESTIVALS = {
    "元旦": (1, 1),
    "妇女节": (3, 8),
    "三八": (3, 8),
    "五一": (5, 1),
    "劳动节": (5, 1),
    "五四": (5, 4),
    "青年节": (5, 4),
    "六一": (6, 1),
    "儿童节": (6, 1),
    "七一": (7, 1),
    "建党节": (7, 1),
    "八一": (8, 1),
    "建军节": (8, 1),
    "教师节": (9, 10),
    "国庆": (10, 1),
    "十一": (10, 1),
}


def lunar_day(year: int, month: int, day: int, *, leap: bool = False) -> date | None:
    """The Gregorian day of a lunar one, or None where the table or the month does not have it.

    Args:
        year: Lunar year; its first day lies in January or February of the same Gregorian year.
        month: 1–12; 12 is 腊月, which ends in the next Gregorian year.
        day: 1–30; 30 in a month of 29 days is taken as its last (腊月三十 is the eve of the new year).
        leap: The leap month of that number.
    """
    row = LUNAR_YEARS.get(year)
    if row is None or not 1 <= month <= 12 or not 1 <= day <= 30:
        return None
    first_month, first_day, leap_month, lengths = row
    if leap and leap_month != month:
        return None
    index = month - 1 + (1 if leap_month and (month > leap_month or leap) else 0)
    days = sum(29 + (length == "1") for length in lengths[:index])
    day = min(day, 29 + (lengths[index] == "1"))
    return date(year, first_month, first_day) + timedelta(days=days + day - 1)


def festival_day(name: str, year: int) -> date | None:
    """The day of a festival in a Gregorian year; 腊八 and 小年 are those before that year's 春节 or in its winter."""
    if name in SOLAR_FESTIVALS:
        return date(year, *SOLAR_FESTIVALS[name])
    if name == "清明":
        return date(year, 4, qingming(year)) if FIRST_YEAR <= year <= LAST_YEAR else None
    month, day = LUNAR_FESTIVALS[name]
    if day == 0:
        first = lunar_day(year, month, 1)
        return first - timedelta(days=1) if first else None
    if month == 12:
        found = lunar_day(year - 1, month, day)
        return found if found and found.year == year else lunar_day(year, month, day)
    return lunar_day(year, month, day)


def qingming(year: int) -> int:
    """Day of April of 清明 (solar term at 15° of the sun's longitude), by the formula of the perpetual calendar."""
    short = year % 100
    return 5 if year == LAST_YEAR else int(short * 0.2422 + 4.81) - short // 4
