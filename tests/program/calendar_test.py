"""Windows and calendars (Meaning 10), at random instants, by `kitle test`:
every bound must lie where Python's zoneinfo and PostgreSQL's intervals put it,
to the microsecond. A day of 24 hours is asked of PostgreSQL as 24 hours. Local
times that clocks skip or show twice are PostgreSQL's own way elsewhere (a
skipped one moves by the length of the gap, of two the later holds), so there
zoneinfo alone is the judge.

    KITLE_CALENDAR_INSTANTS   how many instants; 400 if not given
"""

import dataclasses
import datetime
import os
import random
import unittest
import zoneinfo

from command import CommandTest
from postgres import Postgres, programs

FEW = "80" if os.environ.get("KITLE_SANITIZERS") else "400"
ENOUGH = 400  # some fall where clocks move, wherever they do
INSTANTS = int(os.environ.get("KITLE_CALENDAR_INSTANTS", FEW))
ZONES = ["Europe/Istanbul", "America/New_York", "Asia/Kathmandu", "UTC"]
WINDOWS_EACH = 4
TESTS_A_RUN = 100
FIRST, LAST = datetime.date(1975, 1, 1), datetime.date(2037, 1, 1)
UTC = datetime.timezone.utc
MICRO = datetime.timedelta(microseconds=1)
HOURS = {"hour": 1, "day": 24, "week": 168}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
SCHEMA = "profile customer { id code key, t time, d date }\n" \
         "event e { n integer }\n"


@dataclasses.dataclass(frozen=True)
class Window:
    """As written, and what PostgreSQL answers for its two bounds; `clock`: the
    bound is stepped in hours. The low one of a `last` is outside."""
    text: str
    low: tuple
    high: tuple
    open_low: bool


# A bound is (start, unit, steps): start "now" or the unit whose local period
# holds now, moved by steps of a unit.
def last(number, unit):
    return Window(f"in last {number} {unit}s", ("now", unit, -number),
                  ("now", "hour", 0), True)


def between_ago(few, many, unit):
    return Window(f"{few} to {many} {unit}s ago", ("now", unit, -many),
                  ("now", unit, -few), True)


def period(word, unit, steps):
    return Window(f"in {word} {unit}", (unit, unit, steps),
                  (unit, unit, steps + 1), False)


def days_ago(number):
    return Window(f"{number} days ago", ("day", "local day", -number),
                  ("day", "local day", 1 - number), False)


def some_window(dice):
    unit = dice.choice([*HOURS, *MONTHS])
    kind = dice.randrange(5)
    if kind == 0:
        return last(dice.randint(1, 40), unit)
    if kind == 1:
        few = dice.randint(0, 12)
        return between_ago(few, few + dice.randint(1, 24), unit)
    if kind == 2:
        return days_ago(dice.randint(2, 400))
    unit = dice.choice(["week", "month", "quarter", "year"])
    return dice.choice([period("this", unit, 0), period("last", unit, -1)])


# ---- zoneinfo ----

class Clock:
    """What a zone's clocks show."""

    def __init__(self, zone):
        self.zone = zoneinfo.ZoneInfo(zone)
        self.odd = False  # a local time was skipped or shown twice

    def local(self, instant):
        return instant.astimezone(self.zone).replace(tzinfo=None)

    def instant(self, local):
        first, second = (
            local.replace(tzinfo=self.zone, fold=fold).astimezone(UTC)
            for fold in (0, 1))
        if first == second:
            return first
        self.odd = True
        if self.local(first) == local:
            return first  # the earlier of two
        return self.change(second, first)

    def change(self, low, high):
        """The instant between two at which the clocks were moved."""
        before = low.astimezone(self.zone).utcoffset()
        while high - low > MICRO:
            middle = low + (high - low) / 2
            same = middle.astimezone(self.zone).utcoffset() == before
            low, high = (middle, high) if same else (low, middle)
        return high

    def moved(self, instant, unit, steps):
        if unit in HOURS:
            return instant + datetime.timedelta(hours=HOURS[unit] * steps)
        return self.instant(stepped(self.local(instant), unit, steps))

    def bound(self, now, bound):
        start, unit, steps = bound
        if start == "now":
            return self.moved(now, unit, steps)
        local = begin(self.local(now), start)
        self.instant(local)  # PostgreSQL steps from there, wherever it is
        if unit in ("local day", "week"):
            days = steps * (7 if unit == "week" else 1)
            return self.instant(local + datetime.timedelta(days=days))
        return self.instant(stepped(local, unit, steps))


def stepped(local, unit, steps):
    """Calendar steps of a local time, cut to the month's end."""
    months = local.year * 12 + local.month - 1 + MONTHS[unit] * steps
    year, month = divmod(months, 12)
    first = datetime.date(year, month + 1, 1)
    behind = datetime.date(year + month // 11, (month + 1) % 12 + 1, 1)
    day = min(local.day, (behind - first).days)
    return local.replace(year=year, month=month + 1, day=day)


def begin(local, unit):
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "week":
        return day - datetime.timedelta(days=day.weekday())
    if unit == "day":
        return day
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1,
             "year": 1}[unit]
    return day.replace(month=month, day=1)


# ---- PostgreSQL ----

def sql_of(now, bound):
    start, unit, steps = bound
    moment = f"timestamptz '{now.isoformat()}'"
    if start != "now":
        moment = f"date_trunc('{start}', {moment})"
    elif unit in HOURS:
        unit, steps = "hour", steps * HOURS[unit]
    if unit == "quarter":
        unit, steps = "month", steps * 3
    step = f"interval '{steps} {unit.removeprefix('local ')}s'"
    return f"(extract(epoch from {moment} + {step}) * 1000000)::bigint"


def postgres_bounds(postgres, zone, asked):
    """For each instant and bound, microseconds since 1970."""
    texts = [sql_of(now, bound) for now, bound in asked]
    sql = f"set timezone = '{zone}';\n" + "".join(
        f"select {text};\n" for text in texts)
    return [int(row[0]) for row in postgres.rows(sql)]


def micros(instant):
    return (instant - datetime.datetime(1970, 1, 1, tzinfo=UTC)) // MICRO


# ---- instants, and tests of them ----

def changes_of(clock):
    """The instants at which the zone's clocks are moved."""
    day = datetime.timedelta(days=1)
    at = datetime.datetime(FIRST.year, 1, 1, tzinfo=UTC)
    found = []
    offset = at.astimezone(clock.zone).utcoffset()
    while at.year < LAST.year:
        at += day
        before, offset = offset, at.astimezone(clock.zone).utcoffset()
        if before != offset:
            found.append(clock.change(at - day, at))
    return found


def anywhere(dice):
    """An instant, and windows."""
    now = datetime.datetime(FIRST.year, 1, 1, tzinfo=UTC) + \
        datetime.timedelta(days=dice.randrange((LAST - FIRST).days),
                           microseconds=dice.randrange(86_400_000_000))
    return now, [some_window(dice) for _ in range(WINDOWS_EACH)]


def near_change(dice, clock, changes):
    """The same, with a window that begins about when clocks are moved."""
    near = dice.choice(changes) + \
        datetime.timedelta(minutes=15 * dice.randint(-10, 10))
    unit = dice.choice([*MONTHS])
    number = dice.randint(1, 12)
    now = clock.instant(stepped(clock.local(near), unit, number))
    windows = [last(number, unit), days_ago(max(2, (now - near).days))]
    return now, windows + [some_window(dice) for _ in windows]


def written(instant):
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")


def test_of(number, now, windows):
    """`windows`: each with the first and the last instant that are in it."""
    lines = [f'test "{number}" {{', f"  now {written(now)}"]
    event = 0
    for window, low, high in windows:
        for instant in (low - MICRO, low, high, high + MICRO):
            inside = low <= instant <= high
            asked = [f"t {window.text}"]
            lines.append(f"  customer {{ t {written(instant)} }}")
            if instant <= now:
                event += 1
                lines.append(f"  e {written(instant)} {{ n {event} }}")
                asked.append(f"any e where n is {event} {window.text}")
            for condition in asked:
                lines.append("  expect " + (condition if inside
                                            else f"not ({condition})"))
    return "\n".join([*lines, "}\n"])


class Calendars(CommandTest):
    def test_windows_lie_where_others_put_them(self):
        if programs() is None:
            self.skipTest("no PostgreSQL: tools/setup test installs it")
        with Postgres() as postgres:
            for zone in ZONES:
                with self.subTest(zone):
                    self.judge(zone, postgres)

    def judge(self, zone, postgres):
        dice = random.Random(zone)
        clock = Clock(zone)
        changes = changes_of(clock)
        told, asked, ours, odd = [], [], [], 0
        for number in range(INSTANTS // len(ZONES)):
            now, some = (near_change(dice, clock, changes)
                         if changes and dice.random() < 0.3 else anywhere(dice))
            windows = []
            for window in some:
                bounds = []
                for bound in (window.low, window.high):
                    clock.odd = False
                    bounds.append(clock.bound(now, bound))
                    if clock.odd:
                        odd += 1
                        continue
                    asked.append((now, bound))
                    ours.append(micros(bounds[-1]))
                low, high = bounds
                windows.append((window, low + MICRO, high) if window.open_low
                               else (window, low, high - MICRO))
            told.append(test_of(number, now, windows))
        for (now, bound), mine, other in zip(
                asked, ours, postgres_bounds(postgres, zone, asked),
                strict=True):
            self.assertEqual(mine, other, (zone, now, bound))
        self.assertGreaterEqual(bool(changes), odd > 0, (zone, odd))
        if INSTANTS >= ENOUGH:
            self.assertEqual(odd > 0, bool(changes), (zone, odd))
        self.tell(zone, told)

    def tell(self, zone, told):
        self.write("kitle.toml", 'name = "calendar"\nlocale = "en"\n'
                   f'currency = "TRY"\ntime_zone = "{zone}"\n')
        self.write("schema.kitle", SCHEMA)
        for at in range(0, len(told), TESTS_A_RUN):
            tests = told[at:at + TESTS_A_RUN]
            self.write("tests/calendar.kitle", "\n".join(tests))
            out = self.kitle("test").out
            self.assertIn(f"{len(tests)} tests, ", out)
            self.assertIn(": all hold", out)


if __name__ == "__main__":
    unittest.main()
