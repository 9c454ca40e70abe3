"""The ledger: each claim that the course tests, its verdict and the sentence to say."""

from dataclasses import dataclass, fields
from pathlib import Path

from interview.located_yaml import DataError, LocatedYaml

FILE = Path(__file__).with_name("claims.yaml")
VERDICTS = ("holds", "holds under conditions", "folklore", "restored", "extra", "drill")


@dataclass(frozen=True)
class Claim:
    """One claim of the document; `claim` is its words cut short, `say` the sentence to say."""

    id: str
    chapter: str
    claim: str
    verdict: str
    say: str


def load(file: Path = FILE) -> list[Claim]:
    """Read the ledger, in the order of the file.

    Raises
    ------
    DataError
        If a claim lacks a field or has one too many, its verdict is unknown, or an id is repeated.
    """
    source = LocatedYaml(file)
    wanted = {field.name for field in fields(Claim)}
    claims, problems = [], []
    if not isinstance(source.data, list):
        raise DataError([f"{source.where()}: the ledger is a list of claims"])
    for i, entry in enumerate(source.data):
        where = source.where(i)
        if not isinstance(entry, dict):
            problems.append(f"{where}: a claim has the fields {', '.join(sorted(wanted))}")
        elif set(entry) != wanted:
            odd = ", ".join(sorted(set(entry) ^ wanted))
            problems.append(f"{where}: missing or unknown field: {odd}")
        elif odd := sorted(key for key, value in entry.items() if not isinstance(value, str)):
            problems.append(f"{where}: not text: {', '.join(odd)}")
        elif entry["verdict"] not in VERDICTS:
            problems.append(f"{where}: the verdict is one of: {', '.join(VERDICTS)}")
        elif entry["id"] in {claim.id for claim in claims}:
            problems.append(f"{where}: the id {entry['id']} stands twice")
        else:
            claims.append(Claim(**entry))
    if problems:
        raise DataError(problems)
    return claims
