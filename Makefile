# Everything runs in a virtual environment of the checkout; only python3 (with venv), make and git are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
STAMP := $(VENV)/.installed
SOURCES := $(shell find engine -name '*.go' -o -name 'go.*') hatch_build.py pyproject.toml constraints-dev.txt

.PHONY: setup demo test lint types engine-test docs bench clean

setup: $(STAMP)

$(STAMP): $(SOURCES)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@echo 'Building the engine: some minutes the first time, nothing after that.'
	$(BIN)/python -m pip install --quiet --constraint constraints-dev.txt --editable . --group dev
	@touch $(STAMP)

demo: $(STAMP)
	@$(BIN)/gitlint-ops check fixtures/base-overlays; code=$$?; \
	echo; echo "gitlint-ops ended with exit code $$code: 0 = nothing at or above --fail-on, 1 = findings, 2 = usage, 3 = nothing checked, 4 = a defect of ours."; \
	test $$code -eq 1

test: $(STAMP)
	$(BIN)/python -m pytest -n 2

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(STAMP)
	$(BIN)/mypy

engine-test: $(STAMP)
	cd engine && ../$(BIN)/go vet -trimpath ./... && ../$(BIN)/go test -trimpath ./...
	cd engine && unformatted=$$($$(../$(BIN)/go env GOROOT)/bin/gofmt -l .); echo "$$unformatted"; test -z "$$unformatted"
	cd engine && ../$(BIN)/go run -trimpath $(STATICCHECK) ./...

docs: $(STAMP)
	$(BIN)/python docs/generate.py

bench: $(STAMP)
	$(BIN)/python bench/run.py

clean:
	rm -rf $(VENV) gitlint_ops/_engine
