"""Command line: check the question bank, or write its flashcards for other programs."""

import argparse
import sys

from interview import bank
from interview.anki import write_anki, write_csv
from interview.check import check_bank
from interview.located_yaml import DataError

WRITERS = {"anki": write_anki, "csv": write_csv}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m interview", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="validate every bank: schema, links, numbers, formulas")
    anki = commands.add_parser("anki", help="write the cards as a deck that Anki imports")
    anki.add_argument("out", metavar="OUT.apkg")
    table = commands.add_parser("csv", help="write the cards as a table, fields in HTML")
    table.add_argument("out", metavar="OUT.csv")
    arguments = parser.parse_args()
    try:
        if arguments.command == "check":
            print(check_bank())
        else:
            count = WRITERS[arguments.command](bank.load(), arguments.out)
            print(f"{count} cards in {arguments.out}")
    except (DataError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
