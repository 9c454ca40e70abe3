"""The progress document in a file: locked, replaced in one step, never overwritten unread."""

import json
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import platformdirs
from filelock import FileLock

from interview.progress import Document, empty, merge, parse, validate

ENVIRONMENT = "INTERVIEW_PROGRESS"
LOCK_SECONDS = 20


def default_path() -> Path:
    """Where progress is kept: ``$INTERVIEW_PROGRESS``, or a file among the user's data."""
    if chosen := os.environ.get(ENVIRONMENT):
        return Path(chosen).expanduser()
    return platformdirs.user_data_path("regularization-course", appauthor=False) / "progress.json"


class ProgressFile:
    """The document in a file, which several kernels may use at a time.

    Parameters
    ----------
    path
        The file; by default `default_path()`. It and its folder are made when first needed.

    Attributes
    ----------
    problem
        One sentence on the last unreadable file found here, and where it was put; else empty.
    """

    def __init__(self, path: str | os.PathLike | None = None):
        self.path = Path(path) if path is not None else default_path()
        self.problem = ""

    def load(self) -> Document:
        """Read the file; one that is unreadable is put aside under a new name, never overwritten.

        Raises
        ------
        OSError
            If the file exists and cannot be opened or put aside.
        """
        try:
            return self._read()
        except ValueError:
            with self._lock():
                return self._read_or_put_aside()

    def add(self, document: object) -> Document:
        """Unite a document with the file, atomically; returns what the file now holds.

        Raises
        ------
        ValueError
            If the document is malformed; the file stays as it was.
        OSError
            If the file cannot be written, or another process holds it for too long; it stays as
            it was.
        """
        new = validate(document)
        with self._lock():
            held = self._read_or_put_aside()
            united = merge(held, new)
            if united != held:
                self._write(united)
        return united

    def reset(self) -> Document:
        """Forget everything; raises OSError as `add` does."""
        with self._lock():
            self._write(empty())
        return empty()

    def export_to(self, path: str | os.PathLike) -> None:
        """Write a copy of the document; raises OSError if that is not possible."""
        write(Path(path), self.load())

    def import_from(self, path: str | os.PathLike) -> Document:
        """Unite an exported document with this one; raises as `add` does."""
        return self.add(parse(Path(path).read_text(encoding="utf-8")))

    def _read(self) -> Document:
        try:
            return parse(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return empty()

    def _read_or_put_aside(self) -> Document:
        try:
            return self._read()
        except ValueError as error:  # UnicodeDecodeError is one
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
            aside = self.path.with_name(f"{self.path.stem}.unreadable-{stamp}{self.path.suffix}")
            self.path.rename(aside)
            self.problem = f"{error} It was kept aside as {aside.name}."
            return empty()

    def _write(self, document: Document) -> None:
        for left_over in self.path.parent.glob(f"{_prefix(self.path)}*"):
            left_over.unlink(missing_ok=True)  # of a process that was killed while it wrote
        write(self.path, document)

    def _lock(self) -> FileLock:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(self.path.with_name(f".{self.path.name}.lock"), timeout=LOCK_SECONDS)


def _prefix(path: Path) -> str:
    return f".{path.name}-"


def write(path: Path, document: Document) -> None:
    """Replace a file in one step: a crash leaves either the old document or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=_prefix(path), dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1, allow_nan=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
