"""The days off that the law itself gives (全国年节及纪念日放假办法), before any year's notice moves others."""

from datetime import date, timedelta


def statutory_days(year: int) -> dict[date, str]:
    """The statutory rest days of a year with their festivals: 13 a year by the rules of 2024, in force from 2025.

    Earlier years follow the rules of their time (1999: 10 days, 2007: 11, with 除夕; 2013: 11, without).
    Outside 2000–2100, where no lunar dates are kept, only the fixed festivals are given.
    """
    from gkbot.deadline.lunar_days import LUNAR_DAYS  # a large table that published years do without

    festivals = [("元旦", date(year, 1, 1), 1), ("劳动节", date(year, 5, 1), _labour_days(year))]
    festivals.append(("国庆节", date(year, 10, 1), 3))
    if year in LUNAR_DAYS:
        spring, tombs, boat, moon = (date(year, month, day) for month, day in LUNAR_DAYS[year])
        with_eve = year >= 2025 or 2008 <= year <= 2013
        festivals.append(("春节", spring - timedelta(days=with_eve), 4 if year >= 2025 else 3))
        if year >= 2008:
            festivals += [("清明节", tombs, 1), ("端午节", boat, 1), ("中秋节", moon, 1)]
    days: dict[date, str] = {}
    for name, first, length in sorted(festivals, key=lambda festival: festival[1]):
        for offset in range(length):
            day = first + timedelta(days=offset)
            days[day] = f"{days[day]}、{name}" if day in days else name
    return days


def _labour_days(year: int) -> int:
    if year >= 2025:
        return 2
    return 1 if year >= 2008 else 3
