"""Habits of every lab: nothing stored that changes by itself, nothing a reader cannot read.

Whether the stored outputs are what the code gives is nbval's business.
"""

import ast
import importlib.util
import json
import re
from collections import Counter

import nbformat
import pytest
from pages import LABS, ROOT

from interview import claims

CLAIMS = {claim.id: claim.chapter for claim in claims.load()}
OUTPUT_LIMIT = 100_000
each_lab = pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)


def text(value) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def code_cells(path) -> list[tuple[str, dict]]:
    """The code cells with the name by which a message calls each: file and position."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [
        (f"{path.name} cell {i}", cell)
        for i, cell in enumerate(cells)
        if cell["cell_type"] == "code"
    ]


def outputs(path):
    return [(name, output) for name, cell in code_cells(path) for output in cell["outputs"]]


def tags(cell) -> set[str]:
    return set(cell["metadata"].get("tags", ()))


def claim_tags(cell) -> list[str]:
    return [tag.removeprefix("claim-") for tag in tags(cell) if tag.startswith("claim-")]


def settings(cell) -> dict:
    return cell["metadata"].get("mystnb", {})


def none(findings) -> None:
    findings = list(findings)
    assert not findings, "\n" + "\n".join(findings)


# --- what is stored --------------------------------------------------------------------------


def test_there_are_labs():
    assert LABS, f"no notebook in {ROOT / 'notebooks'}"


@each_lab
def test_is_valid_and_for_any_python_3(path):
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    kernel, language = notebook.metadata["kernelspec"], notebook.metadata["language_info"]
    assert kernel["name"] == "python3", f"{path.name}: kernel {kernel['name']!r}"
    assert "version" not in language, f"{path.name}: stores the interpreter's version"
    assert "widgets" not in notebook.metadata, f"{path.name}: stores widget state"


@each_lab
def test_executed_from_top_to_bottom(path):
    none(
        f"{name}: execution count {cell['execution_count']}, not {i}"
        for i, (name, cell) in enumerate(code_cells(path), start=1)
        if cell["execution_count"] != i
    )


@each_lab
def test_no_timestamps(path):
    none(f"{n}: stores when it ran" for n, c in code_cells(path) if "execution" in c["metadata"])


@each_lab
def test_no_stderr_and_no_errors(path):
    none(
        f"{name}: stores {output.get('name', 'an error')}: {text(output.get('text', ''))[:80]}"
        for name, output in outputs(path)
        if output.get("name") == "stderr" or output["output_type"] == "error"
    )


@each_lab
def test_no_widget_views(path):
    none(
        f"{name}: stores {mime}"
        for name, output in outputs(path)
        for mime in output.get("data", ())
        if "widget-view" in mime
    )


@each_lab
def test_nothing_of_this_machine_in_outputs(path):
    foreign = re.compile(r"0x[0-9a-fA-F]{6,}|/(?:root|home|Users|tmp|work)/\S+|site-packages")
    none(
        f"{name}: {found[0]!r} differs from machine to machine"
        for name, output in outputs(path)
        for part in [output.get("text", ""), *output.get("data", {}).values()]
        if (found := foreign.search(text(part)))
    )


@each_lab
def test_outputs_are_small(path):
    none(
        f"{name}: an output of {len(json.dumps(output)):,} bytes; {OUTPUT_LIMIT:,} is the most"
        for name, output in outputs(path)
        if len(json.dumps(output)) > OUTPUT_LIMIT
    )


# --- figures -----------------------------------------------------------------------------------


@each_lab
def test_figures_are_svg(path):
    none(
        f"{name}: {mime} has a background of its own and blurs; use figures.show"
        for name, output in outputs(path)
        for mime in output.get("data", ())
        if mime.startswith("image/") and mime != "image/svg+xml"
    )


@each_lab
def test_figures_have_alt_text_caption_and_name(path):
    for name, cell in code_cells(path):
        shown = [m for o in cell["outputs"] for m in o.get("data", ()) if m.startswith("image/")]
        if not shown:
            continue
        figure, alt = (
            settings(cell).get("figure", {}),
            settings(cell).get("image", {}).get("alt", ""),
        )
        assert len(shown) == 1, f"{name}: {len(shown)} figures, one name"
        assert len(alt) >= 40, f"{name}: mystnb.image.alt tells too little: {alt!r}"
        assert len(figure.get("caption", "")) >= 20, f"{name}: mystnb.figure.caption is missing"
        assert figure.get("name", "").startswith("fig-"), f"{name}: mystnb.figure.name is missing"
        assert alt != figure["caption"], f"{name}: alt text and caption say the same"


def test_figure_names_are_unique_in_the_book():
    names = Counter(
        settings(cell)["figure"]["name"]
        for path in LABS
        for _, cell in code_cells(path)
        if "figure" in settings(cell)
    )
    assert names, "no lab has a figure"
    none(f"{name} names {count} figures" for name, count in names.items() if count > 1)


# --- code --------------------------------------------------------------------------------------


@each_lab
def test_cells_can_be_read(path):
    for name, cell in code_cells(path):
        lines = text(cell["source"]).splitlines()
        assert any(line.strip() for line in lines), f"{name}: is empty"
        assert len(lines) <= 40, f"{name}: {len(lines)} lines; 40 is the most"
        assert not lines[-1].rstrip().endswith(";"), f"{name}: nbval does not honour a last `;`"


@each_lab
def test_interactive_cells_are_neither_compared_nor_shown(path):
    wanted = {"nbval-ignore-output", "remove-output"}
    none(
        f"{name}: is interactive and lacks the tags {wanted - tags(cell)}"
        for name, cell in code_cells(path)
        if re.search(r"\binteract(?:ive)?\b\s*\(|@interact\b", text(cell["source"]))
        and not wanted <= tags(cell)
    )


@each_lab
def test_no_cell_escapes_nbval(path):
    none(
        f"{name}: the tag {tag} hides the cell from nbval"
        for name, cell in code_cells(path)
        for tag in tags(cell) & {"nbval-skip", "nbval-ignore-output", "raises-exception"}
        if tag != "nbval-ignore-output" or "remove-output" not in tags(cell)
    )


@each_lab
def test_glue_keys_are_unique(path):
    keys = Counter(
        output["metadata"]["scrapbook"]["name"]
        for _, output in outputs(path)
        if "scrapbook" in output.get("metadata", {})
    )
    none(f"{path.name}: {key!r} is glued {n} times" for key, n in keys.items() if n > 1)


# --- claims ------------------------------------------------------------------------------------


def says_something(node: ast.Assert) -> bool:
    """Whether an assertion depends on a computed value, and does not compare a thing to itself."""
    test = node.test
    if isinstance(test, ast.Compare):
        sides = [ast.dump(side) for side in (test.left, *test.comparators)]
        if len(set(sides)) == 1:
            return False
    if isinstance(test, ast.Tuple):
        return False
    return any(isinstance(part, ast.Name | ast.Attribute) for part in ast.walk(test))


def assertions(code: str) -> list[ast.Assert]:
    return [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Assert)]


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("assert w[0] == 0", True),
        ("assert np.allclose(a, b)", True),
        ("assert True", False),
        ("assert 1 == 1", False),
        ("assert w == w", False),
        ("assert (w == 0, 'never fails')", False),
    ],
)
@pytest.mark.filterwarnings("ignore:assertion is always true:SyntaxWarning")
def test_trivial_assertions_are_recognised(code, verdict):
    assert [says_something(node) for node in assertions(code)] == [verdict]


@each_lab
def test_claims_are_in_the_ledger(path):
    none(
        f"{name}: claims.yaml has no claim {claim} of chapter {path.stem}"
        for name, cell in code_cells(path)
        for claim in claim_tags(cell)
        if CLAIMS.get(claim) != path.stem
    )


@each_lab
def test_every_claim_cell_asserts_something_that_can_fail(path):
    for name, cell in code_cells(path):
        if claimed := claim_tags(cell):
            found = assertions(text(cell["source"]))
            assert found, f"{name}: tests {claimed} and asserts nothing"
            none(
                f"{name}: `{ast.unparse(node)}` cannot fail ({claimed})"
                for node in found
                if not says_something(node)
            )


# --- tools/notebooks.py ------------------------------------------------------------------------

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("notebooks_tool", ROOT / "tools/notebooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def lab(tmp_path):
    """Write a notebook of these cells."""

    def write(*cells: str):
        new = nbformat.v4
        notebook = new.new_notebook(
            cells=[new.new_markdown_cell("# A lab"), *map(new.new_code_cell, cells)],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        path = tmp_path / "lab.ipynb"
        nbformat.write(notebook, path)
        return path

    return write


def test_a_failing_cell_is_reported_and_changes_nothing(tool, lab):
    path = lab("a = 1\na", "1 / 0")
    before = path.read_bytes()
    failure = tool.execute(path)
    assert "lab.ipynb" in failure
    assert "ZeroDivisionError" in failure
    assert "1 / 0" in failure
    assert path.read_bytes() == before


def test_a_warning_is_reported_and_changes_nothing(tool, lab):
    path = lab("print('fine')", "import warnings\nwarnings.warn('odd')")
    before = path.read_bytes()
    failure = tool.execute(path)
    assert failure.startswith("lab.ipynb: stderr in cell 2")
    assert path.read_bytes() == before


def test_two_runs_give_the_same_bytes(tool, lab):
    path = lab(
        "import ipywidgets",
        "ipywidgets.IntSlider()",
        "ipywidgets.interact(lambda x: None, x=3);",
        "import os; print(os.getcwd().rsplit('/', 1)[0] != '')\n7 * 6",
    )
    assert tool.execute(path) is None
    once = path.read_bytes()
    assert tool.execute(path) is None
    assert path.read_bytes() == once

    stored = json.loads(once)
    code = [cell for cell in stored["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == [1, 2, 3, 4]
    assert [cell["id"] for cell in stored["cells"]] == [f"cell-{i}" for i in range(5)]
    assert text(code[-1]["outputs"][-1]["data"]["text/plain"]) == "42"
    assert "widgets" not in stored["metadata"]
    assert WIDGET_VIEW not in once.decode()
    assert all("execution" not in cell["metadata"] for cell in code), "timestamps are stored"


def test_clean(tool):
    new = nbformat.v4
    shown = new.new_output("display_data", {"text/plain": "a", WIDGET_VIEW: {"model_id": "1"}})
    only_a_view = new.new_output("display_data", {WIDGET_VIEW: {"model_id": "2"}})
    stream = new.new_output("stream", text="kept")
    notebook = new.new_notebook(
        cells=[new.new_code_cell("x", outputs=[shown, only_a_view, stream])],
        metadata={"widgets": {}, "language_info": {"name": "python", "version": "3.11.7"}},
    )
    tool.clean(notebook)
    assert "widgets" not in notebook.metadata
    assert notebook.metadata["language_info"] == {"name": "python"}
    assert [output.get("data") for output in notebook.cells[0].outputs] == [
        {"text/plain": "a"},
        None,
    ]
    assert notebook.cells[0].outputs[1].text == "kept"
