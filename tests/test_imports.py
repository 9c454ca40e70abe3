"""What may import what, and that the book's build needs no PyTorch."""

import ast
import pkgutil
import subprocess
import sys

import pytest
from pages import ROOT

SRC = ROOT / "src"
SOURCES = sorted(SRC.rglob("*.py"))
FORBIDDEN = {
    "regularization": {"interview", "tests", "notebooks"},
    "interview": {"tests", "notebooks"},
}


def modules() -> list[str]:
    """Every module of both packages, but those that are for PyTorch."""
    names = []
    for package in FORBIDDEN:
        found = pkgutil.walk_packages([str(SRC / package)], f"{package}.")
        names += [package, *(module.name for module in found)]
    return [name for name in names if ".torch_" not in name and not name.endswith("__main__")]


def imported(path) -> dict[str, int]:
    """Top-level names of the packages that a file imports, each with its line."""
    names = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0]: node.lineno for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names[node.module.split(".")[0]] = node.lineno
    return names


def test_every_module_imports_without_torch():
    assert {"interview.sphinx.quiz", "interview.bank", "regularization.linear"} <= set(modules())
    code = "\n".join(
        ["import sys", "sys.modules['torch'] = None", *(f"import {name}" for name in modules())]
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, f"an import needs torch or fails:\n{done.stderr}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(SRC)))
def test_dependency_rule(path):
    package = path.relative_to(SRC).parts[0]
    wrong = [
        f"line {line} imports {name}"
        for name, line in imported(path).items()
        if name in FORBIDDEN[package]
    ]
    assert not wrong, f"{path.relative_to(ROOT)}: {package} may not: {wrong}"
