"""The Anki deck, as Anki itself imports it, and the table."""

import csv
import dataclasses
import subprocess
import sys
import time

import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

from interview import bank
from interview.anki import FIELDS, card_fields, cards, write_anki, write_csv

QUESTIONS = bank.load()
CARDS = cards(QUESTIONS)


@pytest.fixture
def collection(tmp_path):
    collection = Collection(str(tmp_path / "collection.anki2"))
    yield collection
    collection.close()


def import_deck(collection, path):
    """Import as the File menu does: notes that are newer update those that are there."""
    options = ImportAnkiPackageOptions(update_notes=0, update_notetypes=0)
    request = ImportAnkiPackageRequest(package_path=str(path), options=options)
    return collection.import_anki_package(request).log


def notes(collection):
    found = [collection.get_note(id) for id in collection.find_notes("")]
    return {note["Id"]: note for note in found}


def test_anki_imports_every_card(tmp_path, collection):
    assert write_anki(QUESTIONS, tmp_path / "deck.apkg") == len(CARDS)
    log = import_deck(collection, tmp_path / "deck.apkg")
    assert (len(log.new), len(log.conflicting), len(log.duplicate)) == (len(CARDS), 0, 0)
    assert collection.card_count() == len(CARDS)
    found = notes(collection)
    for question in CARDS:
        note = found[question.id]
        assert {name: note[name] for name in FIELDS} == card_fields(question)
    chapters = {name.name.split("::")[-1] for name in collection.decks.all_names_and_ids()}
    assert {question.chapter.replace("-", " ") for question in CARDS} <= chapters


def test_importing_again_updates_and_keeps_the_reviews(tmp_path, collection):
    write_anki(QUESTIONS, tmp_path / "deck.apkg")
    import_deck(collection, tmp_path / "deck.apkg")
    again = import_deck(collection, tmp_path / "deck.apkg")
    assert (len(again.new), collection.card_count()) == (0, len(CARDS))

    card = collection.get_card(collection.find_cards("")[0])
    card.start_timer()
    collection.sched.answerCard(card, 3)
    id = card.note()["Id"]
    changed = [
        dataclasses.replace(question, spoken="Said otherwise.") if question.id == id else question
        for question in QUESTIONS
    ]
    time.sleep(1.1)  # Anki compares the seconds at which two decks were written
    write_anki(changed, tmp_path / "newer.apkg")
    log = import_deck(collection, tmp_path / "newer.apkg")
    assert len(log.new) == 0
    assert collection.card_count() == len(CARDS)
    assert notes(collection)[id]["Spoken"] == "<p>Said otherwise.</p>\n"
    assert collection.get_card(card.id).reps == 1


def test_cards_render_in_anki(tmp_path, collection):
    """Mathematics is MathML, which Anki's webview draws; no TeX and no script is left."""
    write_anki(QUESTIONS, tmp_path / "deck.apkg")
    import_deck(collection, tmp_path / "deck.apkg")
    with_formula = 0
    for id in collection.find_cards(""):
        card = collection.get_card(id)
        front, back = card.question(), card.answer()
        assert "{{" not in front + back
        assert "<script" not in front + back
        assert "$" not in front.replace("<code>$", "")
        assert "<summary>Full answer</summary>" in back
        with_formula += "<math" in back
    assert with_formula > len(CARDS) / 3


def test_markup_in_a_question_is_text():
    evil = "<img src=x onerror=alert(1)>"
    question = dataclasses.replace(CARDS[0], prompt=evil, spoken=evil, key_points=(evil,))
    for field in card_fields(question).values():
        assert "<img" not in field


def test_table(tmp_path):
    assert write_csv(QUESTIONS, tmp_path / "cards.csv") == len(CARDS)
    with (tmp_path / "cards.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [card_fields(question) for question in CARDS]


@pytest.mark.parametrize("command", ["anki", "csv"])
def test_command_line(tmp_path, command):
    out = tmp_path / f"cards.{command}"
    run = [sys.executable, "-m", "interview", command]
    done = subprocess.run([*run, str(out)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{len(CARDS)} cards in {out}\n"
    missing = tmp_path / "no" / "cards"
    failed = subprocess.run([*run, str(missing)], capture_output=True, text=True)
    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr and str(missing) in failed.stderr
