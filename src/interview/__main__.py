"""Command line: ``python -m interview check`` validates the question bank and the ledger."""

import argparse
import sys

from interview.check import check_bank
from interview.located_yaml import DataError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m interview", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="validate every bank: schema, links, numbers, formulas")
    parser.parse_args()
    try:
        print(check_bank())
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
