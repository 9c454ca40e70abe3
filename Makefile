# `make book` builds the book, `make test` checks everything. Both install what they need
# into .venv; PYTHON may name another Python than python3 (3.11 or newer).
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

FRONTEND := $(wildcard $(addprefix src/interview/frontend/,*.* src/*.* src/*/*))

# One BLAS thread: the labs' last digits then depend less on the machine.
export OMP_NUM_THREADS := 1

.PHONY: book serve lab notebooks test dist bench clean

book: .venv/.book ## build _build/html, warnings are errors
	@$(BIN)/python -m interview check
	@$(BIN)/jupyter-book build . --all -W -n --keep-going --quiet
	@echo "The book is at _build/html/index.html"

serve: book ## read the book at http://localhost:8000
	$(BIN)/python -m http.server 8000 --bind localhost --directory _build/html

lab: .venv/.labs ## JupyterLab on the labs
	cd notebooks && ../$(BIN)/jupyter lab

notebooks: .venv/.labs ## execute all labs in place
	$(BIN)/python tools/notebooks.py

test: .venv/.test book ## everything: style, unit, notebook, book and browser tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	CHROMIUM="$$($(BIN)/python tools/browser.py)" && export CHROMIUM && \
	$(BIN)/pytest -n 2 --dist loadfile --nbval --nbval-sanitize-with tests/nbval.cfg tests notebooks

dist: .venv/.test book ## the book and its formula sheet (PDF) as one zip file
	@CHROMIUM="$$($(BIN)/python tools/browser.py)" && $(BIN)/python tools/dist.py "$$CHROMIUM"

bench: .venv/.bench ## time our methods against named peers
	env -u OMP_NUM_THREADS $(BIN)/python -m benchmarks # all cores for everybody

clean: ## remove what was built, keep the environment
	rm -rf _build

.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with make PYTHON=...")'
	$(PYTHON) -m venv .venv

# One stamp an extra; it is renewed when the pins or the front end, which installing bundles, change.
.venv/.%: pyproject.toml constraints.txt hatch_build.py $(FRONTEND) | .venv
	$(PIP) -e '.[$*]'
	@touch $@
.PRECIOUS: .venv/.%
