"""`day`, `weekday` and `hour` of events, against Python's own zone rules."""

import datetime
import random
import unittest
import zoneinfo

from command import CommandTest

TIERS = ["compiled", "interpreter", "reference"]
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
        "sunday"]
# Summer time, half an hour of it, odd distances from UTC, the other half of
# the earth, a zone that stopped changing, one whose change is at midnight.
ZONES = ["Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu",
         "America/New_York", "Europe/Istanbul", "America/Santiago"]
UTC = datetime.timezone.utc
SCHEMA = "profile customer { id code key }\nevent visit { }\n"
SOURCE = """
source log {
  files "visits.csv"
  customer from "id"
  into visit { time from "at" as unix seconds }
}
"""


def changes(zone):
    """Seconds at which the zone's clocks were changed, 2014 to 2026."""
    hour = 3600
    at = int(datetime.datetime(2014, 1, 1, tzinfo=UTC).timestamp())
    end = int(datetime.datetime(2026, 1, 1, tzinfo=UTC).timestamp())

    def offset(seconds):
        return datetime.datetime.fromtimestamp(seconds, zone).utcoffset()

    while at < end:
        if offset(at) != offset(at + hour):
            yield at + hour
        at += hour


def instants(zone):
    dice = random.Random(7)
    found = {dice.randrange(-10**9, 1_800_000_000) for _ in range(300)}
    for change in changes(zone):
        for minutes in (-1441, -61, -31, -1, 0, 29, 30, 59, 60, 1440):
            found.add(change + 60 * minutes)
    return sorted(found)


def expected(zone, at):
    """The segments of one instant's only visitor."""
    local = datetime.datetime.fromtimestamp(at, zone)
    return {f"on_{DAYS[local.weekday()]}", f"hour_{local.hour}",
            "even_day" if local.day % 2 == 0 else None,
            f"last_{DAYS[local.weekday()]}"} - {None}


def rules():
    for day in DAYS:
        yield f"on_{day}", f"any visit where weekday is {day}"
        yield f"last_{day}", f"weekday of last visit is {day}"
    for hour in range(24):
        yield f"hour_{hour}", f"any visit where hour is {hour}"


def even_days(zone, at):
    days = {datetime.datetime.fromtimestamp(each, zone).date() for each in at}
    even = sorted(day.isoformat() for day in days if day.day % 2 == 0)
    return f"any visit where day in {{{', '.join(even)}}}"


class LocalParts(CommandTest):
    def test_parts_are_those_of_zoneinfo(self):
        for name in ZONES:
            with self.subTest(name):
                self.compare(name)

    def compare(self, name):
        zone = zoneinfo.ZoneInfo(name)
        at = instants(zone)
        folder = name.replace("/", "_")
        self.write(f"{folder}/kitle.toml", f'time_zone = "{name}"\n')
        segments = [*rules(), ("even_day", even_days(zone, at))]
        self.write(f"{folder}/rules.kitle", SCHEMA + SOURCE + "".join(
            f"segment {each} {{ {rule} }}\n" for each, rule in segments))
        self.write(f"{folder}/visits.csv", "id,at\n" + "".join(
            f"p{each},{each}\n" for each in at))
        where = self.folder / folder
        self.kitle("ingest", cwd=where)
        wanted = {f"p{each}": expected(zone, each) for each in at}
        for tier in TIERS:
            self.kitle("run", "--as-of", "2027-01-01", "--tier", tier, "--members",
                       tier, cwd=where)
            found = {person: set() for person in wanted}
            for each, _ in segments:
                for person in self.members(where / tier, each):
                    found[person].add(each)
            self.assertEqual(found, wanted, tier)

    @staticmethod
    def members(folder, segment):
        text = (folder / f"{segment}.csv").read_text(encoding="utf-8")
        return text.split()[1:]


if __name__ == "__main__":
    unittest.main()
