"""docs/store-format.md is enough to read a store: this reader was written from
that page, shares no code with Kitle, and finds the values of the golden store.
"""

import pathlib
import struct
import unicodedata
import unittest

GOLDEN = (pathlib.Path(__file__).resolve().parents[1]
          / "store" / "golden" / "version-3")

TYPES = {1: "flag", 2: "integer", 3: "number", 4: "money", 5: "text",
         6: "code", 7: "date", 8: "time", 9: "duration", 10: "list of text",
         11: "list of code"}
PHYSICAL = {1: "B", 2: "H", 3: "I", 4: "h", 5: "i", 6: "q", 7: "d"}
LOCAL = 0xFFFFFFFF
PACKED = (20, 21, 22, 24, 25)
WIDTHS = {1: "B", 2: "H", 4: "I", 8: "Q"}


class Reader:
  """Values behind each other, as in the manifest's body."""

  def __init__(self, data):
    self.data = data
    self.at = 0

  def get(self, code):
    size = struct.calcsize("<" + code)
    values = struct.unpack_from("<" + code, self.data, self.at)
    self.at += size
    return values[0] if len(values) == 1 else values

  def text(self):
    length = self.get("I")
    self.at += length
    return self.data[self.at - length:self.at].decode()

  def list(self, item):
    return [item() for _ in range(self.get("I"))]

  def file(self):
    return dict(zip(("number", "length", "hash"), self.get("QQQ")))

  def column(self):
    name = self.text()
    kind, flags, number = self.get("B"), self.get("B"), self.get("I")
    return {"name": name, "type": TYPES[kind], "personal": bool(flags & 1),
            "any_case": bool(flags & 2), "id": number}

  def event(self):
    return {"name": self.text(), "plural": self.text(), "id": self.get("I"),
            "counted_by": self.get("I"), "columns": self.list(self.column)}

  def layout(self):
    table = self.get("I")
    columns = self.list(lambda: (self.get("I"), self.get("B"), self.get("q")))
    return {"table": table, "columns": {c: (p, u) for c, p, u in columns}}

  def domain(self):
    return {"name": self.text(), "size": self.get("I"),
            "parts": self.list(
                lambda: (self.file(), self.get("I"), self.get("I")))}

  def block(self):
    return {"profiles": self.get("I"), "base": self.file(),
            "overlay": self.file(), "overlay_profiles": self.get("I")}

  def index(self):
    return {"file": self.file(), "entries": self.get("Q")}

  def manifest(self):
    body = {"snapshot": self.get("Q"),
            "ancestors": self.list(lambda: self.get("Q")),
            "next": self.get("Q"), "unicode": self.text(),
            "settings": [self.text() for _ in range(4)],
            "digits": self.get("i"), "first_day": self.get("i"),
            "zone": self.file(), "folds": self.file(),
            "profile": self.text(), "key": self.text(),
            "attributes": self.list(self.column),
            "events": self.list(self.event), "next_event": self.get("I")}
    body["next_columns"] = [self.get("I")
                            for _ in range(1 + len(body["events"]))]
    body["ranges"] = self.list(lambda: self.get("IIqqQ"))
    body["layouts"] = self.list(self.layout)
    body["domains"] = self.list(self.domain)
    body["local_domains"] = self.list(self.text)
    body["sources"] = self.list(self.text)
    body["profiles"] = self.get("I")
    body["blocks"] = self.list(self.block)
    body["keys"] = self.list(self.index)
    body["event_index"] = self.list(self.index)
    assert self.at == len(self.data), "bytes behind the manifest's body"
    return body


class SectionFile:
  """A file of sections, by (kind, table, column)."""

  def __init__(self, kind, number):
    self.data = (GOLDEN / f"{kind}-{number}").read_bytes()
    (magic, version, _, length, header, own_number, self.subject, tables,
     sections, pieces, zero) = struct.unpack_from("<8sIIQQQQIIII", self.data)
    assert magic == b"KITLEFIL" and version == 3 and zero == 0
    assert length == len(self.data) and own_number == number
    at = 64
    self.tables = {}
    for _ in range(tables):
      table, layout, rows, most = struct.unpack_from("<IIII", self.data, at)
      self.tables[table] = {"layout": layout, "rows": rows, "most": most}
      at += 16
    self.sections = {}
    end, piece = header, 0
    for _ in range(sections):
      (offset, size, what, table, column, first, base, least, greatest,
       unit) = struct.unpack_from("<QQIIIIqqqQ", self.data, at)
      at += 64
      assert offset == end and first == piece
      assert (unit > 0) == (what in PACKED)
      extent = (size + 128 + 63) // 64 * 64
      assert not any(self.data[offset + size:offset + extent])
      end, piece = offset + extent, piece + -(-extent // 65536)
      self.sections[what, table, column] = {
          "bytes": self.data[offset:offset + size], "base": base,
          "unit": unit,
          "least": least, "greatest": greatest}
    assert piece == pieces and end == len(self.data)
    assert header == (at + 8 * pieces + 63) // 64 * 64

  def bytes(self, kind, table=0, column=0):
    found = self.sections.get((kind, table, column))
    return None if found is None else found["bytes"]

  def array(self, code, kind, table=0, column=0):
    data = self.bytes(kind, table, column)
    return list(struct.unpack(f"<{len(data) // struct.calcsize(code)}{code}",
                              data))

  def packed(self, rows, kind, table=0, column=0):
    section = self.sections[kind, table, column]
    width = len(section["bytes"]) // rows
    assert len(section["bytes"]) == rows * width
    stored = (self.array(WIDTHS[width], kind, table, column) if width
              else [0] * rows)
    return [section["base"] + section["unit"] * value for value in stored]

  def bits(self, rows, kind, table=0, column=0):
    data = self.bytes(kind, table, column)
    if data is None:
      return [True] * rows
    number = int.from_bytes(data, "little")
    assert number >> rows == 0
    return [bool(number >> i & 1) for i in range(rows)]

  def texts(self, table, column):
    offsets = self.array("I", 13, table, column)
    data = self.bytes(14, table, column)
    return [None] + [data[a:b].decode() for a, b in zip(offsets, offsets[1:])]


class Store:
  """Everything in the store, as rows of plain values."""

  def __init__(self):
    pointer = (GOLDEN / "MANIFEST").read_bytes()
    magic, version, _, self.snapshot, number, length, _, _, _ = struct.unpack(
        "<8sIIQQQQQQ", pointer)
    assert magic == b"KITLEMAN" and version == 3
    file = SectionFile("manifest", number)
    assert length == len(file.data) and file.subject == self.snapshot
    self.manifest = Reader(file.bytes(60)).manifest()
    self.dictionaries = {}
    for i, domain in enumerate(self.manifest["domains"]):
      texts = [None]
      for ref, first, count in domain["parts"]:
        part = SectionFile("text", ref["number"])
        assert part.subject == first == len(texts)
        texts += part.texts(0, i)[1:]
        assert len(texts) == first + count
        slots = part.array("I", 30, 0, i)
        assert sorted(s for s in slots if s) == list(range(1, count + 1))
      self.dictionaries[domain["name"]] = texts

  def texts_of(self, file, column):
    if not column["personal"]:
      return self.dictionaries[column["name"]]
    return file.texts(LOCAL,
                      self.manifest["local_domains"].index(column["name"]))

  def column(self, file, table, column):
    rows = file.tables[table]["rows"]
    layout = self.manifest["layouts"][file.tables[table]["layout"]]
    assert layout["table"] == table
    if column["id"] not in layout["columns"]:
      return [None] * rows
    physical, unit = layout["columns"][column["id"]]
    number = column["id"]
    if physical == 8:
      texts = self.texts_of(file, column)
      offsets = file.array("I", 3, table, number)
      codes = file.array("I", 4, table, number)
      values = [[texts[c] for c in codes[a:b]]
                for a, b in zip(offsets, offsets[1:])]
    else:
      values = file.array(PHYSICAL[physical], 1, table, number)
      base = file.sections[1, table, number]["base"]
      if column["type"] in ("text", "code"):
        texts = self.texts_of(file, column)
        return [texts[v] if v else None for v in values]
      if physical != 7:
        values = [base + unit * v for v in values]
    valid = file.bits(rows, 2, table, number)
    return [v if ok else None for v, ok in zip(values, valid)]

  def people(self, file):
    rows = file.tables[0]["rows"]
    codes = file.array("H", 12)
    keys = file.texts(0, 0)
    people = [{"key": keys[c], "live": live}
              for c, live in zip(codes, file.bits(rows, 10))]
    for attribute in self.manifest["attributes"]:
      for person, value in zip(people, self.column(file, 0, attribute)):
        person[attribute["name"]] = value
    for event in self.manifest["events"]:
      self.add_events(file, event, people)
    return people

  def add_events(self, file, event, people):
    number = event["id"]
    for person in people:
      person[event["name"]] = []
    if number not in file.tables or file.tables[number]["rows"] == 0:
      return
    offsets = file.array("I", 5, number)
    time = {"name": "time", "id": 0, "type": "time", "personal": False}
    columns = [self.column(file, number, c) for c in [time, *event["columns"]]]
    rows = [list(row) for row in zip(*columns)]
    if event["counted_by"]:
      for row, begins in zip(rows, file.bits(len(rows), 6, number)):
        row.append(begins)
    for person, begin, end in zip(people, offsets, offsets[1:]):
      person[event["name"]] = rows[begin:end]

  def merged(self):
    people = []
    for i, block in enumerate(self.manifest["blocks"]):
      base = SectionFile("base", block["base"]["number"])
      assert base.subject == i
      rows = self.people(base)
      if block["overlay"]["number"]:
        overlay = SectionFile("overlay", block["overlay"]["number"])
        for row, person in zip(overlay.array("I", 11), self.people(overlay)):
          rows[row] = person
      people += rows
    return people


NEW_YEAR = 1767225600 * 10**6
HOUR = 3600 * 10**6
LATER = NEW_YEAR + 24 * HOUR


class StoreFormatTest(unittest.TestCase):
  maxDiff = None

  def setUp(self):
    self.store = Store()
    self.people = self.store.merged()

  def test_settings(self):
    manifest = self.store.manifest
    self.assertEqual(manifest["snapshot"], 2)
    self.assertEqual(manifest["settings"], ["shop", "Test", "en", "TRY"])
    self.assertEqual(manifest["profiles"], 5)
    self.assertEqual([e["name"] for e in manifest["events"]],
                     ["purchase", "visit", "call"])
    self.assertEqual(
        SectionFile("zone", manifest["zone"]["number"]).bytes(50),
        b"TZif of the tests")

  def test_folding(self):
    manifest = self.store.manifest
    self.assertEqual(manifest["unicode"], "15.0")
    file = SectionFile("fold", manifest["folds"]["number"])
    points = file.array("I", 51)
    folds = dict(zip(map(chr, points), file.texts(0, 0)[1:], strict=True))
    self.assertEqual(points, sorted(set(points)))
    # Python folds the same way, by a Unicode that may be an older one.
    unlike = [c for c in map(chr, range(0x110000))
              if unicodedata.category(c) not in ("Cn", "Cs")
              and folds.get(c, c) != c.casefold()]
    self.assertEqual(unlike, [])

  def test_a_person_of_the_base(self):
    self.assertEqual(self.people[0], {
        "key": "C-1", "live": True, "consent": 1, "children": 2, "rating": 4.5,
        "balance": 123456, "city": "İstanbul", "country": "TR", "born": 7305,
        "joined": NEW_YEAR + HOUR, "patience": 90 * 60 * 10**6,
        "interests": ["Koşu", "Fitness"], "tags": ["vip", "b2b", "vip"],
        "email": "ada@example.com", "friends": ["Ali", "Ömer"], "unused": None,
        "purchase": [
            [NEW_YEAR, "A1", "İzmir", 1999, "x@y.z", True],
            [NEW_YEAR, "A1", None, -500, None, False],
            [NEW_YEAR + 5 * HOUR, "A2", "İstanbul", 100000, None, True]],
        "visit": [[NEW_YEAR - HOUR], [NEW_YEAR]], "call": []})

  def test_a_person_of_the_overlay(self):
    person = self.people[1]
    self.assertEqual(person["city"], "Van")
    self.assertEqual(person["consent"], 0)
    self.assertIsNone(person["children"])
    self.assertEqual(person["purchase"],
                     [[LATER, "B1", "Van", 250, None, True],
                      [LATER, "B1", "Van", 251, None, False]])
    self.assertEqual(person["visit"], [[LATER]])

  def test_which_snapshot_wrote_the_rows_of_the_overlay(self):
    manifest = self.store.manifest
    block = manifest["blocks"][0]
    overlay = SectionFile("overlay", block["overlay"]["number"])
    self.assertEqual(list(overlay.array("Q", 15)),
                     [manifest["snapshot"]] * block["overlay_profiles"])
    self.assertEqual(len(manifest["ancestors"]), manifest["snapshot"] - 1)

  def test_extremes(self):
    least, greatest = self.people[2], self.people[3]
    self.assertFalse(least["live"])
    self.assertEqual(least["children"], -2**63)
    self.assertEqual(least["born"], -2**31)
    self.assertEqual(least["interests"], [])
    self.assertEqual(least["tags"], [""])
    self.assertEqual(least["city"], "")
    self.assertEqual(greatest["children"], 2**63 - 1)
    self.assertEqual(greatest["rating"], 5e-324)
    self.assertIsNone(greatest["country"])

  def test_first_and_last_times(self):
    base = SectionFile("base", self.store.manifest["blocks"][0]["base"]["number"])
    table = self.store.manifest["events"][0]["id"]
    layout = self.store.manifest["layouts"][base.tables[table]["layout"]]
    physical, unit = layout["columns"][0]
    for kind, place in ((7, 0), (8, -1)):
      stored = base.array(PHYSICAL[physical], kind, table)
      start = base.sections[kind, table, 0]["base"]
      self.assertEqual(start + unit * stored[0],
                       self.people[0]["purchase"][place][0])
    self.assertEqual(base.bits(5, 9, table), [True, False, False, True, False])

  def test_indexes(self):
    manifest = self.store.manifest
    for index, bits_of_hash, ordinals in (
        (manifest["keys"], 64, [0, 1, 2, 3, 4]),
        (manifest["event_index"], 128, [0, 0, 1, 1, 3])):
      found = []
      for part in index:
        file = SectionFile("index", part["file"]["number"])
        entries = part["entries"]
        hashes = file.array("Q", 41)
        numbers = hashes if bits_of_hash == 64 else [
            h << 64 | l for l, h in zip(hashes[::2], hashes[1::2])]
        self.assertEqual(len(numbers), entries)
        self.assertEqual(numbers, sorted(numbers))
        bits = (entries // 8).bit_length()
        buckets = file.array("Q", 40)
        self.assertEqual(len(buckets), 2**bits + 1)
        for i, number in enumerate(numbers):
          bucket = number >> (bits_of_hash - bits)
          self.assertTrue(buckets[bucket] <= i < buckets[bucket + 1])
        found += file.array("I", 42)
      self.assertEqual(sorted(found), ordinals)

  def test_what_only_ingest_reads(self):
    block = self.store.manifest["blocks"][0]
    base = SectionFile("base", block["base"]["number"])
    overlay = SectionFile("overlay", block["overlay"]["number"])
    table, visits, _ = (e["id"] for e in self.store.manifest["events"])
    names = [None, *self.store.manifest["sources"]]
    self.assertEqual([names[s] for s in base.packed(4, 20, table)],
                     ["orders"] * 4)
    self.assertEqual([names[s] for s in base.packed(3, 20, visits)],
                     ["visits", "app", "visits"])
    ids = base.texts(table, 0)
    self.assertEqual([ids[c] for c in base.packed(4, 21, table)],
                     ["line-1", "line-2", None, "line-7"])
    self.assertIsNone(overlay.bytes(21, table))
    self.assertEqual(overlay.texts(table, 0), [None, "line-8", "line-9"])
    self.assertEqual(base.packed(5, 22, 0, 1)[0], NEW_YEAR)
    self.assertEqual(base.bits(5, 23, 0, 1),
                     [True, False, False, False, False])
    self.assertEqual(base.packed(4, 24, table), [0, 7_000_000, 0, 0])
    self.assertEqual(base.packed(4, 25, table),
                     [-2**63, 3, -2**63, -2**63])


if __name__ == "__main__":
  unittest.main()
