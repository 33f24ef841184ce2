"""Every sentence of docs/meaning.md has cases, and they are there."""

import pathlib
import re
import unittest

from command import SOURCE

SENTENCE = re.compile(r"^- (\d+\.\d+) (.*)$")
EVIDENCE = re.compile(r"`([^`]+)`")
CODE = re.compile(r"E\d{4}")


def text(path):
    return (SOURCE / path).read_text(encoding="utf-8")


def sentences():
    """Of each number the names in the brackets at its line's end."""
    found = {}
    for line in text("docs/meaning.md").splitlines():
        match = SENTENCE.match(line)
        if match:
            number, rest = match.groups()
            brackets = re.search(r"\(((?:`[^`]+`(?:, )?)+)\)$", rest)
            found.setdefault(number, []).extend(
                EVIDENCE.findall(brackets.group(1)) if brackets else [])
    return found


def is_there(evidence, codes):
    if CODE.fullmatch(evidence):
        return evidence in codes
    path, _, name = evidence.rpartition(":")
    word = re.compile(rf"\b{re.escape(name)}\b")
    if path.startswith("tests/"):
        return bool(word.search(text(path)))
    case = pathlib.Path("tests/cases/meaning") / f"{path}.kcase"
    if not (SOURCE / case).exists():
        return False
    # A segment, persona or stages, or a stage on its line.
    declared = rf"^\s*(?:(?:segment|persona|stages|score) )?{re.escape(name)}\b"
    return bool(re.search(declared, text(case), re.M)
                or re.search(rf"\bas {re.escape(name)}\b", text(case)))


class Meaning(unittest.TestCase):
    def test_each_sentence_has_cases(self):
        codes = set(re.findall(r"E\d{4}", text("grammar/examples.def")))
        found = sentences()
        self.assertGreater(len(found), 100)
        for number, cases in found.items():
            with self.subTest(number):
                self.assertTrue(cases, "no case")
                for evidence in cases:
                    self.assertTrue(is_there(evidence, codes), evidence)

    def test_numbers_stand_in_their_order_once(self):
        lines = [SENTENCE.match(line)
                 for line in text("docs/meaning.md").splitlines()]
        numbers = [tuple(map(int, match.group(1).split(".")))
                   for match in lines if match]
        self.assertEqual(numbers, sorted(set(numbers)))


if __name__ == "__main__":
    unittest.main()
