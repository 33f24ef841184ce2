"""Many distinct segments over the seed's schema, as a marketing team might
write them, with the SQL of each condition for DuckDB."""

import dataclasses
import random

NOW = 1_700_000_000
DAY = 86_400
CATEGORIES = 500
WINDOWS = [1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 270, 365]
SET_SIZES = [1, 1, 1, 2, 3, 5, 8, 13, 25, 40]
SPANS = ["email_open", "product_view", "push_open", "purchase"]


@dataclasses.dataclass(frozen=True)
class Clause:
    """`sql` asks for what `aggregates` name: (table, expression) pairs."""
    text: str
    sql: str
    aggregates: tuple = ()


def column(table, expression):
    return f'"{table}: {expression}"'


def counted(table, condition):
    return table, f"count(*) filter ({condition})"


def since(days):
    return NOW - days * DAY


def days(dice):
    return dice.choice(WINDOWS) if dice.random() < 0.8 else dice.randint(1, 700)


def category_set(dice):
    """(as written in rules, as a condition of SQL)"""
    some = sorted(dice.sample(range(CATEGORIES), dice.choice(SET_SIZES)))
    if len(some) == 1:
        return f'category is "{some[0]}"', f"category = {some[0]}"
    texts = ", ".join(f'"{each}"' for each in some)
    numbers = ", ".join(map(str, some))
    return f"category in {{{texts}}}", f"category in ({numbers})"


def at_least(aggregate, number):
    return f"coalesce({column(*aggregate)}, 0) >= {number}"


def of_category(dice):
    table = dice.choice(["product_view", "product_view", "add_to_cart"])
    text, condition = category_set(dice)
    last = days(dice)
    aggregate = counted(table, f"{condition} and t > {since(last)}")
    clause = f"{table} where {text} in last {last} days"
    kind = dice.randrange(4)
    if kind < 2:
        return Clause(f"any {clause}", at_least(aggregate, 1), (aggregate,))
    if kind == 2:
        return Clause(f"no {clause}", f"not ({at_least(aggregate, 1)})",
                      (aggregate,))
    number = dice.randint(2, 6)
    return Clause(f"at least {number} {clause}", at_least(aggregate, number),
                  (aggregate,))


def of_recency(dice):
    table = dice.choice(["page_view", "call", *SPANS])
    last = days(dice)
    aggregate = table, "max(t)"
    found = f"coalesce({column(*aggregate)}, 0) > {since(last)}"
    if dice.random() < 0.5:
        return Clause(f"any {table} in last {last} days", found, (aggregate,))
    return Clause(f"no {table} in last {last} days", f"not ({found})",
                  (aggregate,))


def of_count(dice):
    table = dice.choice(["page_view", *SPANS])
    last, number = days(dice), dice.randint(1, 9)
    aggregate = counted(table, f"t > {since(last)}")
    return Clause(f"count of {table} in last {last} days >= {number}",
                  at_least(aggregate, number), (aggregate,))


def of_money(dice):
    last, amount = days(dice), dice.randint(1, 80) * 50
    aggregate = "purchase", f"sum(cents) filter (t > {since(last)})"
    return Clause(
        f"sum of purchase.amount in last {last} days > {amount} TRY",
        f"coalesce({column(*aggregate)}, 0) > {amount * 100}", (aggregate,))


def of_days_since(dice):
    table, number = dice.choice(SPANS), days(dice)
    aggregate = table, "max(t)"
    if dice.random() < 0.5:
        return Clause(f"days since last {table} < {number}",
                      f"coalesce({column(*aggregate)}, 0) > {since(number)}",
                      (aggregate,))
    return Clause(f"days since last {table} >= {number}",
                  f"coalesce({column(*aggregate)} <= {since(number)}, false)",
                  (aggregate,))


def of_channel(dice):
    channel, last = dice.randrange(3), days(dice)
    aggregate = counted("page_view",
                        f"channel = {channel} and t > {since(last)}")
    return Clause(
        f'any page_view where channel is "{channel}" in last {last} days',
        at_least(aggregate, 1), (aggregate,))


def of_order(dice):
    text, condition = category_set(dice)
    within = dice.randint(1, 14)
    aggregate = counted("followed",
                        f"{condition} and next - t <= {within * DAY}")
    return Clause(f"(any product_view where {text} then purchase within "
                  f"{within} days)", at_least(aggregate, 1), (aggregate,))


def of_person(dice):
    kind = dice.random()
    if kind < 0.4:
        country = dice.randrange(20)
        return Clause(f'country is "{country}"', f"country = {country}")
    if kind < 0.8:
        low = dice.randint(18, 60)
        high = low + dice.randint(4, 17)
        return Clause(f"age between {low} and {high}",
                      f"age between {low} and {high}")
    if kind < 0.9:
        gender = dice.randrange(2)
        return Clause(f'gender is "{gender}"', f"gender = {gender}")
    last = days(dice)
    return Clause(f"signed_up in last {last} days",
                  f"signed_up > {since(last)}")


KINDS = [(of_category, 30), (of_recency, 10), (of_count, 12), (of_money, 10),
         (of_days_since, 6), (of_channel, 6), (of_order, 4), (of_person, 22)]


def segment(dice):
    """One to four clauses, not of the person alone: (joined by, clauses)."""
    makers, weights = zip(*KINDS, strict=True)
    number = dice.choice([1, 2, 2, 3, 3, 4])
    while True:
        some = [make(dice) for make in dice.choices(makers, weights, k=number)]
        if any(clause.aggregates for clause in some):
            return dice.choice([" and ", " and ", " and ", " or "]), some


def make(number, seed=1):
    """`number` segments; the first ones are the same for any number."""
    dice = random.Random(seed)
    return [segment(dice) for _ in range(number)]


def text_of(segments):
    return "\n".join(
        f'segment many_{i} "Many {i}" {{\n  '
        + joined.join(clause.text for clause in clauses) + "\n}\n"
        for i, (joined, clauses) in enumerate(segments))
