# `make run` starts Together, `make test` tests it: on a machine with Python, pip, venv and make they do the rest.

PYTHON ?= python3
BIN := .venv/bin
# More for pytest, such as ARGS="-k bridge".
ARGS ?=

MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.PHONY: run test check browser faults lock clean

run: .venv/run.stamp
	@exec $(BIN)/python manage.py up

# `make test ARGS="-k bridge"` runs a part. CI, which leaves nothing out, also looks at what must be covered.
WHOLE := $(if $(CI),--cov --cov-report=)
# The doors, and what must not lose or tell anything.
FULLY := guilds/permissions.py,*/access.py,guilds/access/*,guilds/glance.py,guilds/places.py,guilds/sight.py,$\
	accounts/authentication.py,accounts/backends.py,accounts/tokens.py,accounts/passwords.py,accounts/actions/*,$\
	guilds/standings.py,guilds/audit.py,together/events/*

test: .venv/dev.stamp
	@$(BIN)/python -m pytest -n 2 $(WHOLE) $(ARGS)
ifdef CI
	@$(BIN)/coverage report --fail-under=95
	@$(BIN)/coverage report --fail-under=100 --include="$(FULLY)" >/dev/null || \
		{ echo "These must be covered completely:"; $(BIN)/coverage report --include="$(FULLY)"; exit 1; }
endif

check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	@echo manage.py check --deploy
	@TOGETHER_ENV=production ALLOWED_HOSTS=together.example \
	SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(64))") \
	$(BIN)/python manage.py check --deploy --fail-level WARNING

# A Chromium for the browser tests, and a Redis for those of several processes, unless they are there.
AS_ROOT := $(if $(filter-out 0,$(shell id -u)),sudo)
APT := $(shell command -v apt-get)
HAS_CHROMIUM = command -v chromium chromium-browser google-chrome >/dev/null || $(BIN)/python -c \
	"import os, playwright.sync_api as p; c = p.sync_playwright().start(); e = c.chromium.executable_path; c.stop(); exit(not os.path.exists(e))"

browser: .venv/dev.stamp
	@packages=; \
	command -v redis-server >/dev/null || packages=redis-server; \
	$(HAS_CHROMIUM) || packages="$$packages chromium fonts-dejavu-core fonts-noto-color-emoji"; \
	if [ -n "$$packages" ] && [ -n "$(APT)" ] && grep -qs '^ID=debian' /etc/os-release && \
		{ [ -z "$(AS_ROOT)" ] || command -v sudo >/dev/null; }; then \
		$(AS_ROOT) apt-get update -q && \
		$(AS_ROOT) env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $$packages || true; \
	fi
	@$(HAS_CHROMIUM) || $(BIN)/python -m playwright install chromium

# The long trial by faults, some ten minutes; writes docs/faults.md.
faults: .venv/dev.stamp
	@$(BIN)/python bench/faults.py $(ARGS)

lock:
	cd requirements && uv pip compile --quiet --universal --python-version 3.11 --no-header --generate-hashes \
		../pyproject.toml -o run.txt
	cd requirements && uv pip compile --quiet --universal --python-version 3.11 --no-header --generate-hashes \
		--extra dev -c run.txt ../pyproject.toml -o dev.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage* test-results

# What is enough to work on Together is enough to run it.
.venv/dev.stamp: requirements/dev.txt
	@$(call install,requirements/dev.txt)
	@touch .venv/run.stamp $@

.venv/run.stamp: requirements/run.txt
	@$(call install,requirements/run.txt)
	@touch $@

define install
$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || \
	{ echo "Together needs Python 3.11 or newer: name one with PYTHON=python3.12 make." >&2; exit 1; }; \
$(PYTHON) -c "import ensurepip, venv" 2>/dev/null || \
	{ echo "This Python cannot make virtual environments: on Debian, apt-get install python3-venv." >&2; exit 1; }; \
echo "Installing $(1) into .venv, once."; \
$(PYTHON) -m venv .venv && \
$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(1)
endef
