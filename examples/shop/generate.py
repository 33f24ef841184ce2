#!/usr/bin/env python3
"""Writes a made-up Turkish online shop: people, clicks, orders, calls, messages.

    generate.py --customers 100000 --seed 1 --now 2026-03-01 --out data

The same arguments give the same bytes. Only the standard library is used.
Most people never buy, a few buy a lot; values are missing where a real shop
misses them. Names, addresses and numbers belong to nobody.
"""

import argparse
import datetime
import gzip
import json
import math
import pathlib
import random

HISTORY_DAYS = 730
UTC_OFFSET = 3 * 3600  # Istanbul has kept UTC+3 since 2016
DAY = 86400

# name, weight, median price in TRY, prefix of its product codes
CATEGORIES = [
    ("Spor Ayakkabı", 90, 2400, "SA"), ("Koşu", 45, 1300, "KO"),
    ("Fitness", 40, 950, "FI"), ("Outdoor", 35, 1700, "OU"),
    ("Biberon", 30, 240, "BI"), ("Puset", 12, 6500, "PU"),
    ("Tulum", 28, 420, "TU"), ("Bebek Bezi", 40, 380, "BB"),
    ("Oyuncak", 60, 450, "OY"), ("Çocuk Giyim", 65, 520, "CG"),
    ("Elbise", 85, 1100, "EL"), ("Gömlek", 60, 750, "GO"),
    ("Çanta", 50, 1400, "CA"), ("Takı", 30, 600, "TA"),
    ("Parfüm", 38, 1800, "PA"), ("Cilt Bakımı", 55, 480, "CB"),
    ("Kitap", 70, 180, "KI"), ("Kırtasiye", 35, 120, "KR"),
    ("Kahve", 45, 320, "KA"), ("Çay", 30, 210, "CY"),
    ("Züccaciye", 28, 560, "ZU"), ("Küçük Ev Aletleri", 36, 2600, "KE"),
    ("Kulaklık", 48, 1500, "KU"), ("Cep Telefonu", 30, 21000, "CT"),
    ("Telefon Aksesuarı", 62, 260, "AK"), ("Halı", 14, 3400, "HA"),
    ("Nevresim Takımı", 26, 980, "NE"), ("Bahçe", 18, 640, "BA"),
    ("Evcil Hayvan", 34, 350, "EH"), ("Işıklandırma", 16, 700, "IS"),
]
PRODUCTS_A_CATEGORY = 40

CITIES = [
    ("İstanbul", 310), ("Ankara", 118), ("İzmir", 90), ("Bursa", 64),
    ("Antalya", 54), ("Konya", 46), ("Adana", 45), ("Şanlıurfa", 30),
    ("Gaziantep", 42), ("Kocaeli", 43), ("Mersin", 38), ("Diyarbakır", 30),
    ("Hatay", 28), ("Manisa", 29), ("Kayseri", 29), ("Samsun", 27),
    ("Balıkesir", 26), ("Eskişehir", 24), ("Tekirdağ", 25), ("Muğla", 24),
    ("Denizli", 22), ("Sakarya", 21), ("Trabzon", 17), ("Çanakkale", 13),
    ("Ordu", 13), ("Afyonkarahisar", 12), ("Edirne", 10), ("Iğdır", 4),
    ("Uşak", 8), ("Kırklareli", 8), ("Yalova", 7), ("Artvin", 4),
]

WOMEN = ["Ayşe", "Fatma", "Zeynep", "Elif", "Emine", "Merve", "Büşra", "Esra",
         "Özlem", "Hatice", "Şule", "Gül", "Tuğba", "Çiğdem", "İrem", "Ebru",
         "Selin", "Defne", "Nazlı", "Gözde", "Işıl", "Sevgi", "Derya", "Pınar"]
MEN = ["Mehmet", "Mustafa", "Ahmet", "Ali", "Hüseyin", "Hasan", "İbrahim",
       "Osman", "Yusuf", "Murat", "Ömer", "Emre", "Burak", "Kerem", "Çağrı",
       "Uğur", "Serkan", "Barış", "Tolga", "Görkem", "Onur", "Umut", "Ilgaz",
       "Şükrü"]
SURNAMES = ["Yılmaz", "Kaya", "Demir", "Çelik", "Şahin", "Yıldız", "Yıldırım",
            "Öztürk", "Aydın", "Özdemir", "Arslan", "Doğan", "Kılıç", "Aslan",
            "Çetin", "Kara", "Koç", "Kurt", "Özkan", "Şimşek", "Polat",
            "Korkmaz", "Işık", "Erdoğan", "Güneş", "Ünal", "Acar", "Bulut",
            "Tekin", "Güler"]

INTERESTS = ["Koşu", "Yoga", "Kamp", "Futbol", "Yemek", "Kahve", "Moda",
             "Teknoloji", "Bebek", "Kitap", "Bahçe", "Müzik"]
PAGES = ["/", "/kampanyalar", "/ara", "/hesabim", "/siparislerim", "/magazalar",
         "/yardim", "/indirim", "/yeni-gelenler"]
STORES = ["Kadıköy", "Beşiktaş", "Kızılay", "Alsancak", "Nilüfer", "Muratpaşa"]
REASONS = ["kargo", "iade", "fatura", "bilgi", "sikayet"]
REASON_WEIGHTS = [40, 22, 10, 18, 10]
# Share of visits by hour of the local day.
HOURS = [9, 5, 3, 2, 1, 1, 3, 8, 14, 20, 25, 28, 32, 30, 27, 26, 27, 30, 34,
         40, 48, 52, 44, 24]

ASCII = str.maketrans("çğıöşüâÇĞİÖŞÜ", "cgiosuaCGIOSU")


def pick_table(items, weights):
    """A list in which choosing evenly chooses by weight, to about 1 in 1,000."""
    total = sum(weights)
    table = []
    for item, weight in zip(items, weights):
        table += [item] * max(1, round(1000 * weight / total))
    return table


def kurus(amount):
    return f"{amount // 100}.{amount % 100:02d}"


class Clock:
    """Seconds before and after the start of the history, as text."""

    def __init__(self, now):
        self.start = now - datetime.timedelta(days=HISTORY_DAYS)
        self.length = HISTORY_DAYS * DAY
        days = [self.start.date() + datetime.timedelta(days=i)
                for i in range(-1, HISTORY_DAYS + 2)]
        self.iso = [day.isoformat() for day in days]
        self.turkish = [day.strftime("%d.%m.%Y") for day in days]
        self.quarters = [f"{day.year}-q{(day.month + 2) // 3}" for day in days]
        self.seconds = [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}"
                        for s in range(DAY)]
        self.offset = (self.start - datetime.datetime.combine(
            self.start.date(), datetime.time())).seconds

    def split(self, t):
        day, second = divmod(t + self.offset, DAY)
        return day + 1, second

    def utc(self, t):
        day, second = self.split(t - UTC_OFFSET)
        return f"{self.iso[day]}T{self.seconds[second]}Z"

    def local(self, t):
        day, second = self.split(t)
        return f"{self.iso[day]} {self.seconds[second]}"

    def local_turkish(self, t):
        day, second = self.split(t)
        return f"{self.turkish[day]} {self.seconds[second][:5]}"

    def quarter(self, t):
        return self.quarters[self.split(t - UTC_OFFSET)[0]]

    def unix(self, t):
        epoch = datetime.datetime(1970, 1, 1)
        return int((self.start - epoch).total_seconds()) - UTC_OFFSET + t


class Person:
    __slots__ = ("id", "start", "end", "visits", "appetite", "app", "likes",
                 "email_consent", "push_consent", "store_only", "refunds")


class Shop:
    """Everything that is written, as lines by file."""

    def __init__(self, customers, seed, now):
        self.random = random.Random(seed)
        self.now = now
        self.clock = Clock(now)
        self.customers = customers
        self.people = []
        self.clicks = {}
        self.orders = {"web": [], "app": [], "call-centre": []}
        self.store_orders = []
        self.calls = []
        self.messages = []
        self.order_numbers = 0
        self.category_table = pick_table(
            range(len(CATEGORIES)), [c[1] for c in CATEGORIES])
        self.city_table = pick_table([c[0] for c in CITIES],
                                     [c[1] for c in CITIES])
        self.hour_table = pick_table(range(24), HOURS)
        self.products = self.make_products()

    def make_products(self):
        """For each category its products: (code, price in kuruş)."""
        products = []
        for _, _, median, prefix in CATEGORIES:
            row = []
            for i in range(PRODUCTS_A_CATEGORY):
                price = median * math.exp(self.random.gauss(0, 0.45))
                row.append((f"{prefix}-{i + 1:03d}", round(price) * 100 - 10))
            products.append(row)
        return products

    def chance(self, p):
        return self.random.random() < p

    def geometric(self, p):
        """How often in a row a chance of p comes true."""
        n = 0
        while self.random.random() < p:
            n += 1
        return n

    def moment(self, start, end):
        """A time in the span, by the hours at which people are awake."""
        random_ = self.random.random
        day = int((start + random_() * (end - start)) // DAY)
        hour = self.hour_table[int(random_() * len(self.hour_table))]
        t = day * DAY + hour * 3600 + int(random_() * 3600)
        return min(max(t, start), end)

    # People

    def make_people(self):
        rows = []
        for number in range(1, self.customers + 1):
            person = self.make_person(f"C{number:07d}")
            self.people.append(person)
            rows.append(self.customer_row(person, number))
        return rows

    def make_person(self, id_):
        r = self.random
        person = Person()
        person.id = id_
        age = int(1100 * DAY * r.random() ** 1.5) + 60
        person.start = self.clock.length - age
        begin = max(person.start, 0)
        person.end = self.clock.length - 60
        if self.chance(0.55):
            stays = int(r.expovariate(1 / 120) * DAY)
            person.end = min(person.end, begin + stays + 600)
        person.store_only = self.chance(0.06)
        activity = math.exp(r.gauss(0.75, 1.1))
        most = 2 + int((person.end - begin) / DAY)  # about once a day
        person.visits = (0 if person.store_only
                         else min(most, int(activity + r.random())))
        buys = person.store_only or self.chance(0.42)
        person.appetite = 0.08 + 0.7 * r.random() ** 2 if buys else 0.0
        person.app = self.chance(0.45)
        person.likes = [self.any_category() for _ in range(r.randint(1, 3))]
        person.email_consent = None if self.chance(0.04) else self.chance(0.6)
        person.push_consent = person.app and self.chance(0.7)
        person.refunds = 0
        return person

    def customer_row(self, person, number):
        r = self.random
        woman = self.chance(0.56)
        first, last = r.choice(WOMEN if woman else MEN), r.choice(SURNAMES)
        mail = f"{first}.{last}{number}".translate(ASCII).lower()
        host = r.choice(("example.com", "example.org", "posta.example.net"))
        city = self.city_table[int(r.random() * len(self.city_table))]
        if self.chance(0.05):  # an old till wrote capitals
            city = city.replace("i", "İ").replace("ı", "I").upper()
        born = datetime.date(1948, 1, 1) + datetime.timedelta(
            days=int(22000 * (0.25 + 0.75 * r.random() ** 0.8)))
        likes = sorted(r.sample(INTERESTS, r.choice((0, 0, 0, 1, 2, 3))))
        known = not person.store_only
        loyal = self.chance(0.22)
        until = self.now.date() + datetime.timedelta(days=r.randint(-200, 365))
        return ";".join((
            person.id, first, last,
            f"{mail}@{host}" if self.chance(0.93) else "",
            f"+90 500 {number % 10**7:07d}" if self.chance(0.8) else "",
            "TR" if self.chance(0.97) else r.choice(("DE", "NL", "AZ", "")),
            city if self.chance(0.92) else "",
            ("F" if woman else "M") if self.chance(0.85) else "",
            born.strftime("%d.%m.%Y") if self.chance(0.78) else "",
            self.signed_up(person.start) if known else "",
            {None: "", True: "yes", False: "no"}[person.email_consent],
            "|".join(likes),
            str(r.randint(1, 6)) if self.chance(0.35) else "",
            until.isoformat() if loyal else ""))

    def signed_up(self, t):
        """Also before the history, where the clock's tables do not reach."""
        moment = self.clock.start + datetime.timedelta(seconds=t)
        return moment.strftime("%Y-%m-%d %H:%M:%S")

    # What people do

    def any_category(self):
        table = self.category_table
        return table[int(self.random.random() * len(table))]

    def any_product(self, person):
        """(category, product code, price in kuruş); cheap and first ones more."""
        r = self.random.random
        if r() < 0.7:
            category = person.likes[int(r() * len(person.likes))]
        else:
            category = self.any_category()
        code, price = self.products[category][
            int(PRODUCTS_A_CATEGORY * r() ** 2.2)]
        if r() < 0.2:
            price = price * 80 // 100
        return CATEGORIES[category][0], code, price

    def click(self, t, person, event, channel, page, item):
        if t > self.clock.length:
            return
        category, code, price = item or ("", "", None)
        if item and self.random.random() < 0.02:
            category = ""
        text = "" if price is None else kurus(price)
        lines = self.clicks.setdefault(self.clock.quarter(t), [])
        lines.append(f"{self.clock.utc(t)},{person},{event},{channel},{page},"
                     f"{code},{category},{text}\n")

    def live(self, person):
        begin = max(person.start, 0)
        for _ in range(person.visits):
            self.visit(person, self.moment(begin, person.end))
        if person.store_only or (person.appetite and self.chance(0.2)):
            for _ in range(1 + self.geometric(0.5)):
                self.store_order(person, self.moment(begin, person.end))
        if person.appetite and self.chance(0.015):
            self.order(person, self.moment(begin, person.end), "call-centre",
                       [self.any_product(person)])
        self.write_to(person)
        self.call_centre(person, begin)

    def visit(self, person, t):
        r = self.random.random
        if person.app and r() < 0.6:
            channel = "app"
        else:
            channel = "mobile" if r() < 0.55 else "web"
        basket = []
        for _ in range(1 + self.geometric(0.45)):
            who = person.id if r() > 0.06 else ""  # not logged in yet
            page = PAGES[int(r() ** 2 * len(PAGES))]
            self.click(t, who, "page_view", channel, page, None)
            t += 5 + int(r() * 90)
        for _ in range(self.geometric(0.58)):
            item = self.any_product(person)
            self.click(t, person.id, "product_view", channel, "", item)
            t += 10 + int(r() * 200)
            if r() < 0.1 + person.appetite * 0.8:
                self.click(t, person.id, "add_to_cart", channel, "", item)
                basket.append(item)
        if basket and r() < person.appetite * 2.5:
            side = "app" if channel == "app" else "web"
            self.order(person, t + 60 + int(r() * 900), side, basket)

    def lines(self, items):
        for item in items:
            quantity = 1 + self.geometric(0.15)
            yield quantity, item

    def order(self, person, t, channel, items):
        if t > self.clock.length:
            return
        self.order_numbers += 1
        number = f"S{self.order_numbers:08d}"
        rows = list(self.lines(items))
        for n, (quantity, item) in enumerate(rows, 1):
            self.order_line(channel, t, person, number, n, "SATIŞ", quantity,
                            item)
        if self.chance(0.05):
            self.send_back(person, t, channel, number, rows)

    def order_line(self, channel, t, person, number, n, kind, quantity, item):
        category, code, price = item
        self.orders[channel].append((t, (
            f"{number}-{n};{number};{self.clock.local_turkish(t)};{person.id};"
            f"{kind};{channel};{code};{category};{quantity};{kurus(price)}\n")))

    def send_back(self, person, t, channel, number, rows):
        back = t + DAY * 3 + int(self.random.random() * 17 * DAY)
        if back > self.clock.length:
            return
        quantity, item = rows[0]
        self.order_line(channel, back, person, number, len(rows) + 1, "İADE",
                        quantity, item)
        person.refunds += 1

    def store_order(self, person, t):
        self.order_numbers += 1
        number = f"M{self.order_numbers:08d}"
        shop = self.random.choice(STORES)
        items = [self.any_product(person)
                 for _ in range(1 + self.geometric(0.4))]
        for quantity, (category, code, price) in self.lines(items):
            row = {"time": self.clock.local(t), "customer": person.id,
                   "receipt": number, "store": shop, "product": code,
                   "category": category, "quantity": quantity,
                   "total": kurus(price * quantity)}
            self.store_orders.append(
                (t, json.dumps(row, ensure_ascii=False) + "\n"))

    def write_to(self, person):
        """E-mails and pushes of the last 120 days, and who opened them."""
        keen = 0.08 + 0.4 * self.random.random() ** 2
        if person.email_consent:
            self.send(person, "email", 3, keen)
        if person.push_consent:
            self.send(person, "push", 2, keen * 0.5)

    def send(self, person, medium, most, opens):
        r = self.random.random
        for _ in range(int(r() * (most + 1))):
            week = int(r() * 17)
            t = self.clock.length - (week * 7 + 1) * DAY + 10 * 3600
            campaign = f"{medium[0].upper()}{100 - week:03d}"
            self.message(t, person, f"{medium}_sent", campaign)
            opened = t + 60 + int(r() * r() * 2 * DAY)
            if r() < opens and opened <= self.clock.length:
                self.message(opened, person, f"{medium}_open", campaign)

    def message(self, t, person, kind, campaign):
        self.messages.append(
            (t, f"{self.clock.local(t)};{person.id};{kind};{campaign}\n"))

    def call_centre(self, person, begin):
        r = self.random
        calls = self.geometric(0.03) + (self.geometric(0.4) if person.refunds
                                        else 0)
        for _ in range(calls):
            t = self.moment(begin, self.clock.length - 600)
            row = {"time": self.clock.unix(t), "customer": person.id,
                   "reason": r.choices(REASONS, REASON_WEIGHTS)[0],
                   "wait_seconds": round(r.expovariate(1 / 95), 1),
                   "resolved": r.choice((True, True, True, False, None))}
            self.calls.append((t, json.dumps(row) + "\n"))

    # Files

    def write(self, out):
        out.mkdir(parents=True, exist_ok=True)
        rows = self.make_people()
        for person in self.people:
            self.live(person)
        write_text(out / "customers.csv", CUSTOMER_HEADER,
                   [row + "\n" for row in rows])
        for quarter, lines in sorted(self.clicks.items()):
            lines.sort()
            write_gzip(out / f"clicks-{quarter}.csv.gz", CLICK_HEADER, lines)
        for channel, lines in self.orders.items():
            write_text(out / f"orders-{channel}.csv", ORDER_HEADER,
                       in_time(lines))
        write_gzip(out / "store-orders.ndjson.gz", "",
                   in_time(self.store_orders))
        write_text(out / "calls.ndjson", "", in_time(self.calls))
        write_gzip(out / "messages.csv.gz", MESSAGE_HEADER,
                   in_time(self.messages))

    def counts(self):
        return {"customers": self.customers,
                "clicks": sum(map(len, self.clicks.values())),
                "order lines": sum(map(len, self.orders.values())),
                "store order lines": len(self.store_orders),
                "calls": len(self.calls), "messages": len(self.messages)}


CUSTOMER_HEADER = ("customer_id;first_name;last_name;email;phone;country;city;"
                   "gender;birth_date;signed_up;email_consent;interests;"
                   "household;card_until\n")
CLICK_HEADER = "time,customer,event,channel,page,product,category,price\n"
ORDER_HEADER = ("line;order;date;customer;kind;channel;product;category;"
                "quantity;unit_price\n")
MESSAGE_HEADER = "time;customer;kind;campaign\n"


def in_time(lines):
    lines.sort()
    return [line for _, line in lines]


def write_text(path, header, lines):
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(header)
        file.writelines(lines)


def write_gzip(path, header, lines):
    """No name and no time in the gzip header: the bytes depend on the lines."""
    data = (header + "".join(lines)).encode("utf-8")
    with open(path, "wb") as file, gzip.GzipFile(
            filename="", mode="wb", fileobj=file, compresslevel=1,
            mtime=0) as packed:
        packed.write(data)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--now", type=datetime.datetime.fromisoformat,
                        default="2026-03-01")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args = parser.parse_args()
    shop = Shop(args.customers, args.seed, args.now)
    shop.write(args.out)
    for what, count in shop.counts().items():
        print(f"{count:>10,} {what}")


if __name__ == "__main__":
    main()
