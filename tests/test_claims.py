"""The ledger, and what counts as evidence for a claim."""

import json
import re

import pytest
from pages import CHAPTERS, ROOT

from interview import claims, labs
from interview.located_yaml import DataError

LEDGER = claims.load()
ENTRY = """\
- id: C1.1
  chapter: l1
  claim: "a claim"
  verdict: holds
  say: "what to say"
"""


def test_ledger_has_claims_of_every_chapter():
    missing = set(CHAPTERS) - {claim.chapter for claim in LEDGER}
    assert not missing, f"claims.yaml has no claim of {missing}"


def test_ids_are_numbered_and_texts_not_empty():
    for claim in LEDGER:
        assert re.fullmatch(r"C\d+\.\d+", claim.id), f"{claim.id} is no claim id"
        assert claim.claim.strip(), f"{claim.id} has no text"
        assert claim.say.strip(), f"{claim.id} says nothing"


MALFORMED = {
    "missing field": (ENTRY.replace("  verdict: holds\n", ""), 1, "verdict"),
    "unknown field": (ENTRY + "  sentence: x\n", 1, "sentence"),
    "unknown verdict": (ENTRY.replace("holds", "true-ish"), 1, "verdict"),
    "repeated id": (ENTRY + ENTRY, 6, "C1.1"),
    "repeated key": (ENTRY + "  say: again\n", 6, "'say'"),
    "bad YAML": (ENTRY.replace('"a claim"', '"a claim'), 4, "YAML"),
    "empty file": ("", 1, ""),
    "mapping at top level": ("claims: []\n", 1, ""),
    "entry is a number": (ENTRY + "- 5\n", 6, ""),
    "entry is text": (ENTRY + "- C1.2\n", 6, ""),
    "id is a list": (ENTRY.replace("id: C1.1", "id: [C1.1]"), 1, ""),
    "claim is a number": (ENTRY.replace('"a claim"', "5"), 1, ""),
}


@pytest.mark.parametrize(("text", "line", "says"), MALFORMED.values(), ids=MALFORMED)
@pytest.mark.usefixtures("no_hang")
def test_malformed_ledger_is_named_with_file_and_line(tmp_path, text, line, says):
    file = tmp_path / "claims.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as raised:
        claims.load(file)
    message = str(raised.value)
    assert re.match(r"claims\.yaml:\d+: \S", message), message
    assert says in message
    if line != 1 or says:  # in a multi-line entry any of its lines is right
        named = int(message.split(":")[1])
        assert line <= named <= line + 4, f"the mistake is in line {line}: {message}"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_claim_of_a_chapter_has_its_evidence(chapter):
    wanted = {claim.id for claim in LEDGER if claim.chapter == chapter}
    missing = wanted - labs.tested_claims(ROOT / "notebooks" / f"{chapter}.ipynb")
    assert not missing, f"notebooks/{chapter}.ipynb has no executed assertion for {sorted(missing)}"


def without_assertion(cell):
    cell["source"] = [line.replace("assert ", "print ") for line in cell["source"]]


def commented_out(cell):
    cell["source"] = [line.replace("assert ", "# assert ") for line in cell["source"]]


def only_mentioned(cell):
    cell["source"] = ['text = "we assert nothing"\n', "print(text)"]


def never_executed(cell):
    cell["execution_count"] = None


def failed(cell):
    cell["outputs"].append({"output_type": "error", "ename": "E", "evalue": "", "traceback": []})


@pytest.mark.parametrize(
    "spoil", [without_assertion, commented_out, only_mentioned, never_executed, failed]
)
def test_spoiled_evidence_does_not_count(tmp_path, spoil):
    chapter = CHAPTERS[0]
    lab = json.loads((ROOT / "notebooks" / f"{chapter}.ipynb").read_text(encoding="utf-8"))
    claim = next(claim.id for claim in LEDGER if claim.chapter == chapter)
    copy = tmp_path / "lab.ipynb"

    copy.write_text(json.dumps(lab), encoding="utf-8")
    before = labs.tested_claims(copy)
    for cell in lab["cells"]:
        if f"claim-{claim}" in cell["metadata"].get("tags", []):
            spoil(cell)
    copy.write_text(json.dumps(lab), encoding="utf-8")
    assert claim in before
    after = labs.tested_claims(copy)
    assert claim not in after, f"a cell that is {spoil.__name__} counts as evidence"
