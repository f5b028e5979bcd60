# Needs GNU make 3.81 and Python 3.11; tools/environment.py gets everything else.

SCRIPTS = static/js static/early.js tests/js eslint.config.js
PYTHONS = $(if $(PYTHON),"$(PYTHON)",python3 python3.14 python3.13 python3.12 python3.11 python)

# $(call python,script and arguments): runs it with the first interpreter that is new enough.
define python
@for python in $(PYTHONS); do \
  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then exec "$$python" $(1); fi; \
done; \
echo 'No Python 3.11 or newer among: $(PYTHONS). Install one (Debian, Ubuntu: apt-get install python3; macOS: brew install python; or https://www.python.org/downloads/) or name it: make run PYTHON=/path/to/python3' >&2; \
exit 1
endef

.PHONY: help run test test-all install lock format benchmarks clean

help:
	@echo 'make run         install what is missing, serve on http://127.0.0.1:8000 and open the browser'
	@echo '                 make run ARGS="--port 9000 --no-browser"; PYTHON=/path/to/python3 names the interpreter'
	@echo 'make test        install what is missing, a browser and Node.js included, and run every check and test'
	@echo 'make test-all    the same and what takes long: every case of every product, the API against its own description,'
	@echo '                 and every answer against those of an older version, or of BASE=commit'
	@echo 'make install     only install what running and testing need of Python'
	@echo 'make lock        renew the lock files: the newest releases that pyproject.toml allows'
	@echo 'make format      format the Python code and the scripts, and repair what ruff can'
	@echo 'make benchmarks  measure'
	@echo 'make clean       delete all that the others made'

run:
	$(call python,tools/environment.py run)
	@.venv/bin/python -m app $(ARGS)

test:
	$(call python,tools/checks.py)

test-all:
	$(call python,tools/checks.py --full)
	@.venv/bin/python -m tests.schema $(ARGS)
	@.venv/bin/python -m tests.answers $(BASE)

install:
	$(call python,tools/environment.py test)

lock:
	$(call python,tools/lock.py)

format: install
	@.venv/bin/python -m ruff check --fix .; .venv/bin/python -m ruff format .
	@if [ -d node_modules/prettier ]; then PATH="$$PWD/.venv/bin:$$PATH" node node_modules/prettier/bin/prettier.cjs --write --log-level warn $(SCRIPTS); \
	else echo 'The scripts stay as they are: make test gets Prettier.'; fi

benchmarks: install
	@.venv/bin/python -m tests.benchmarks $(ARGS)

clean:
	@rm -rf .venv node_modules .pytest_cache .mypy_cache .ruff_cache .coverage build dist *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
