# What a person types. Everything here works on a fresh clone with Python 3.11 or newer.

PYTHON ?= python3
BOOTSTRAP := $(PYTHON) deploy/bootstrap.py
VENV := .venv/bin

# What a real deployment would set; only looked at, never connected to.
AS_IN_PROD := DJANGO_SETTINGS_MODULE=settings.prod ALLOWED_HOSTS=bellhop.example TRUSTED_PROXIES=10.0.0.1 \
	DATABASE_URL=postgresql://bellhop@localhost/bellhop REDIS_URL=redis://localhost/0 \
	SECRET_KEY=only-the-check-knows-this-key-of-more-than-fifty-letters
AS_IN_DEV := DJANGO_SETTINGS_MODULE=settings.dev DATABASE_URL= DATA_DIR=var/check

.DEFAULT_GOAL := help
.PHONY: help run cluster test check check-deploy bench format lock

help: ## List these commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

run: ## Serve the demo hotel on http://127.0.0.1:8000 (PORT, HOST, DATA_DIR, DEMO_PASSWORD)
	@$(BOOTSTRAP) run

cluster: ## A real cluster on this machine until Ctrl-C (NODES, PORT, LB, TLS, LIMITS)
	@$(BOOTSTRAP) cluster

test: ## Run every test, on servers and a browser of its own
	@$(BOOTSTRAP) test

check: ## Style, types, layers, migrations, deployment, OpenAPI
	@$(BOOTSTRAP) install dev
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy
	$(VENV)/lint-imports --no-cache
	$(AS_IN_DEV) $(VENV)/python manage.py makemigrations --check --dry-run
	$(AS_IN_DEV) $(VENV)/python manage.py check_migrations
	$(AS_IN_PROD) $(VENV)/python manage.py check --deploy --fail-level WARNING
	$(AS_IN_DEV) $(VENV)/python manage.py spectacular --validate --fail-on-warn --file var/openapi.yml
	deploy/check $(VENV)

check-deploy: ## Of that, only what is in deploy/
	@$(BOOTSTRAP) install dev
	deploy/check $(VENV)

bench: ## The performance suite beside its baselines, as ratios
	@$(BOOTSTRAP) install dev
	$(VENV)/python -m tests.bench

format: ## Put the code in shape
	@$(BOOTSTRAP) install dev
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .

lock: ## Pin the dependencies of pyproject.toml anew, with hashes (needs uv)
	uv pip compile $(COMPILE) pyproject.toml -o requirements.txt
	uv pip compile $(COMPILE) pyproject.toml --group local -c requirements.txt -o requirements-local.txt
	uv pip compile $(COMPILE) pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	echo uv | uv pip compile $(COMPILE) --no-annotate - -o deploy/uv.txt

COMPILE = --quiet --universal --generate-hashes --custom-compile-command "make lock"
