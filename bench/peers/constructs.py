"""The workload of constructs: what each construct of the language costs, and
its best SQL in DuckDB and in ClickHouse.

A construct is an entry of constructs/*.toml:

    [[construct]]
    name = "at least N"
    rule = "at least 3 purchases in last 180 days"    a condition
    declare = "..."            declarations that it needs (persona, score)
    duckdb = "select id ..."   who that is, for DuckDB
    arrays = "..."             for ClickHouse: a condition on table person
    grouped = "select id ..."  for ClickHouse, over a table of events; so are
                               windowFunnel, sequenceMatch and retention
    without = {peer = "why it has no such question"}

In all texts {now-90d} is that instant in seconds, {now} the instant itself,
{2023-05-01} the beginning of that day, {sport} the numbers of that set of
categories, {fifty} fifty categories, {fifty texts} the same as a list.
"""

import datetime
import math
import pathlib
import re
import statistics
import tempfile
import tomllib

import numpy as np
from generate import CATEGORIES, NOW
from timing import timed

HERE = pathlib.Path(__file__).resolve().parent
SEED = HERE.parent / "seed"
GROUPS = ("quantifiers", "measures", "windows", "texts", "points", "sequences")
CLICKHOUSE = ("arrays", "grouped", "windowFunnel", "sequenceMatch", "retention")
LIMIT = 60  # seconds that a question may take
ROUNDS = ((0.25, 9), (0.8, 5), (20, 3))  # up to so many seconds, so many rounds
FEW = 3  # rounds of what is not compared but told: the interpreter
SETS = {"sneakers": (0, 25), "sport": (100, 130), "newborn": (200, 230)}


def sets():
    """The numbers of the categories of each set, as in segments/seed.kitle."""
    place = [(c * 7919 + 13) % CATEGORIES for c in range(CATEGORIES)]
    found = {name: [c for c in range(CATEGORIES) if low <= place[c] < high]
             for name, (low, high) in SETS.items()}
    found["fifty"] = list(range(0, CATEGORIES, 10))
    return found


def words():
    meanings = {"now": str(NOW)}
    for name, numbers in sets().items():
        meanings[name] = ", ".join(str(number) for number in numbers)
        meanings[f"{name} texts"] = "{" + ", ".join(
            f'"{number}"' for number in numbers) + "}"
    return meanings


def meaning_of(written, meanings):
    """Of what stands in braces; None where the braces are the text's own."""
    if written in meanings:
        return meanings[written]
    if days := re.fullmatch(r"now-(\d+)d", written):
        return str(NOW - int(days[1]) * 86_400)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", written):
        day = datetime.datetime.fromisoformat(f"{written}T00:00:00+00:00")
        return str(int(day.timestamp()))
    return None


def filled(text, meanings):
    return re.sub(r"\{([^{}]*)\}", lambda found: meaning_of(
        found[1], meanings) or found[0], text.strip())


def entries():
    """All constructs, with the file that each is in as its `group`."""
    meanings = words()
    for group in GROUPS:
        text = (HERE / "constructs" / f"{group}.toml").read_text("utf-8")
        for entry in tomllib.loads(text)["construct"]:
            yield {key: filled(value, meanings) if isinstance(value, str)
                   else value for key, value in entry.items()
                   } | {"group": group}


def rules_of(entry):
    """The repository of this one segment, {path: text}."""
    meanings = words()
    lists = "\n".join(f"let {name} = {meanings[name + ' texts']}"
                      for name in SETS)
    segment = f"segment member {{\n  {entry['rule']}\n}}"
    return {
        "kitle.toml": (SEED / "kitle.toml").read_text("utf-8"),
        "schema.kitle": schema(),
        "rules.kitle": "\n\n".join(
            [lists, entry.get("declare", ""), segment]) + "\n"}


def schema():
    """The seed's, and a date of birth."""
    text = (SEED / "schema.kitle").read_text("utf-8")
    line = "  signed_up  time\n"
    assert line in text
    return text.replace(line, f"{line}  birth_date date\n")


class Ours:
    """One rule in Kitle: a repository of its own over the seed's store."""

    def __init__(self, kitle, entry, cache, args):
        self.kitle = kitle.with_rules(rules_of(entry))
        self.segment = self.kitle.segments.index("member")
        self.engine = self.kitle.engine(cache)
        self.threads = args.threads

    def free(self):
        self.kitle.lib.kitle_engine_free(self.engine)
        self.kitle.lib.kitle_rules_free(self.kitle.rules)

    def with_result(self, tier, function):
        result = self.kitle.run(self.engine, NOW * 1_000_000, tier,
                                self.threads)
        found = function(result)
        self.kitle.lib.kitle_result_free(result)
        return found

    def ids(self):
        """Alike in both tiers, or a RuntimeError."""
        found = [self.with_result(tier, self.kitle.members)["member"]
                 for tier in ("compiled", "interpreter")]
        if not np.array_equal(*found):
            raise RuntimeError("machine code and interpreter differ")
        return found[0]

    def count(self, tier="auto"):
        return self.with_result(
            tier, lambda result: self.kitle.sizes(result)[self.segment])


class Question:
    """One form of a construct in one peer."""

    def __init__(self, side, form, people):
        self.side, self.form, self.people = side, form, people
        self.rounds = []
        self.wanted = 0
        self.first = math.inf
        self.reason = None

    def check(self, expected):
        """Sets `reason` unless the peer gives the same people."""
        try:
            self.first, found = timed(self.side.ids, self.people, LIMIT)
        except Exception as error:  # whatever a peer says is a row's reason
            self.reason = brief(error)
            return
        if not np.array_equal(found, expected):
            self.reason = difference(found, expected)

    def plan(self, best, most):
        """How many rounds it gets: one where it is far behind another form of
        its peer, which took `best` seconds."""
        wanted = next((n for limit, n in ROUNDS if self.first < limit), 1)
        if self.first > 2 * best:
            wanted = 1
        self.wanted = 0 if self.reason else min(wanted, most)

    def add_round(self, number, expected):
        if self.reason or number >= self.wanted:
            return
        try:
            seconds, size = timed(self.side.count, self.people, LIMIT)
        except Exception as error:
            self.reason = brief(error)
            return
        if size != expected:
            self.reason = f"its size changed from {expected} to {size}"
        self.rounds.append(seconds)


def brief(error):
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


def difference(found, expected):
    """What is not equal, in words."""
    more, fewer = np.setdiff1d(found, expected), np.setdiff1d(expected, found)
    example = np.concatenate([more, fewer])[:3].tolist()
    return (f"other members: {len(more)} that Kitle has not, {len(fewer)} "
            f"fewer, of {len(expected)} (such as {example})")


def questions(entry, duck, click):
    found = []
    if "duckdb" in entry:
        found.append(Question(duck, "SQL", entry["duckdb"]))
    for form in CLICKHOUSE:
        if form in entry:
            people = entry[form]
            if form == "arrays":
                people = f"select id from person where {people}"
            found.append(Question(click, form, people))
    return found


def lower_bound(ratios):
    """Below the true median with at least 95 %, whatever the noise is like:
    an order statistic. With fewer than five ratios it is the least."""
    count, below, rank = len(ratios), 0, 0
    for rank in range(count):
        below += math.comb(count, rank)
        if below > 0.05 * 2 ** count:
            break
    return sorted(ratios)[max(rank - 1, 0)]


def unmeasured(entry, version, peer, reason, profiles):
    return {"workload": f"constructs {profiles}", "construct": entry["name"],
            "group": entry["group"], "rule": entry["rule"], "peer": peer,
            "version": version, "form": "", "seconds": None, "ours": None,
            "ratio": None, "reason": reason}


def without(entry, sides, profiles):
    """Rows of the peers that have no such question."""
    return [unmeasured(entry, sides[name].version, name, reason, profiles)
            for name, reason in entry.get("without", {}).items()]


def row(entry, question, ours, size, profiles):
    made = unmeasured(entry, question.side.version, question.side.name,
                      question.reason, profiles)
    made |= {"form": question.form, "members": size,
             "ours": statistics.median(ours["auto"]),
             "interpreter": statistics.median(ours["interpreter"])}
    if question.reason:
        return made
    del made["reason"]
    seconds = statistics.median(question.rounds)
    ratios = [theirs / mine for theirs, mine in zip(
        question.rounds, ours["auto"], strict=False)]
    return made | {"seconds": seconds, "ratio": statistics.median(ratios),
                   "lower": lower_bound(ratios), "rounds": len(ratios)}


def check_all(asked, expected, most):
    """Compares members, and plans the rounds of each question."""
    best = {}
    for question in asked:
        question.check(expected)
        known = best.get(question.side, math.inf)
        best[question.side] = min(known, question.first)
    for question in asked:
        question.plan(best[question.side], most)


def run_rounds(side, asked, size):
    """Kitle's seconds by tier, asked in turn with the peers."""
    ours = {"auto": [], "interpreter": []}
    for number in range(max(FEW, *(question.wanted for question in asked))):
        ours["auto"].append(timed(side.count)[0])
        if number < FEW:
            ours["interpreter"].append(timed(side.count, "interpreter")[0])
        for question in asked:
            question.add_round(number, size)
    return ours


def measure(kitle, entry, asked, cache, args):
    """The rows of one construct."""
    side = Ours(kitle, entry, cache, args)
    try:
        expected = side.ids()
        check_all(asked, expected, args.rounds)
        ours = run_rounds(side, asked, len(expected))
        return [row(entry, question, ours, len(expected), args.short)
                for question in asked]
    finally:
        side.free()


def run(kitle, duck, click, args, write):
    """All constructs; `write` takes the rows of each as they come."""
    sides = {side.name: side for side in (duck, click)}
    with tempfile.TemporaryDirectory() as cache:
        for entry in entries():
            if args.only and not re.search(args.only, entry["name"]):
                continue
            rows = without(entry, sides, args.short)
            try:
                rows += measure(kitle, entry, questions(entry, duck, click),
                                cache, args)
            except RuntimeError as error:
                rows.append(unmeasured(entry, kitle.version(), "kitle",
                                       str(error), args.short))
            for one in rows:
                show(one)
            write(rows)


def milliseconds(seconds):
    return "-" if seconds is None else f"{seconds * 1e3:.1f}"


def show(one):
    ratio = f"{one['ratio']:7.1f} x" if one["ratio"] else "        -"
    print(f"  {one['construct']:34} {one['peer']:10} {one['form']:13} "
          f"{milliseconds(one['seconds']):>9} ms, ours "
          f"{milliseconds(one['ours']):>7} ms {ratio}  "
          f"{one.get('reason', '')}", flush=True)
