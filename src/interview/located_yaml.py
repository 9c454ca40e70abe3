"""YAML whose every value remembers its line, so that a mistake can be pointed at."""

from pathlib import Path

import yaml
from yaml.reader import ReaderError

Location = tuple[str | int, ...]
# libyaml reads the bank ten times as fast; PyYAML's wheels have it, a build from source may not.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DataError(ValueError):
    """A malformed data file; the message has one ``file:line: what is wrong`` a line."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


class LocatedYaml:
    """A YAML file as plain data, with the line of each value.

    Parameters
    ----------
    path
        The file, UTF-8.

    Raises
    ------
    DataError
        If the file is not UTF-8 or not YAML, or a mapping repeats a key.
    """

    def __init__(self, path: Path):
        self.path = path
        self._lines: dict[Location, int] = {(): 1}
        try:
            loader = Loader(path.read_text(encoding="utf-8"))
            root = loader.get_single_node()
            self.data = self._build(loader, root, ()) if root else None
        except UnicodeDecodeError as error:
            raise DataError([f"{path.name}:1: not UTF-8 text ({error.reason})"]) from error
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            raise DataError([f"{path.name}:{line}: not valid YAML: {error.problem}"]) from error
        except ReaderError as error:
            line = path.read_text(encoding="utf-8").count("\n", 0, error.position) + 1
            raise DataError([f"{path.name}:{line}: not valid YAML: {error.reason}"]) from error
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            reason = str(error).splitlines()[0]
            raise DataError([f"{path.name}:1: not valid YAML: {reason}"]) from error

    def _build(self, loader: Loader, node: yaml.Node, at: Location):
        self._lines[at] = node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            return [self._build(loader, child, (*at, i)) for i, child in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            built = {}
            for key_node, child in node.value:
                key = loader.construct_object(key_node)
                if not isinstance(key, str):
                    raise yaml.MarkedYAMLError(
                        problem="keys are strings", problem_mark=key_node.start_mark
                    )
                if key in built:
                    raise yaml.MarkedYAMLError(
                        problem=f"the key {key!r} stands twice", problem_mark=key_node.start_mark
                    )
                built[key] = self._build(loader, child, (*at, key))
            return built
        try:
            return loader.construct_object(node)
        except ValueError as error:
            raise yaml.MarkedYAMLError(problem=str(error), problem_mark=node.start_mark) from error

    def where(self, *at: str | int) -> str:
        """``file:line`` of the value at this location, or of its nearest parent."""
        while at not in self._lines:
            at = at[:-1]
        return f"{self.path.name}:{self._lines[at]}"
