# Everything runs in a virtual environment of the checkout; only python3 (with venv), make and git are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
CYCLONEDX := github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.9.0
FUZZ_TIME ?= 10m
PARSER_SECONDS ?= 120
STAMP := $(VENV)/.installed
VALIDATORS := $(VENV)/validators
BROWSER ?= $(shell command -v chromium || command -v google-chrome)
TARGETS := $(shell sed -n 's|^    "\([a-z]*/[a-z0-9]*\)": .*|\1|p' hatch_build.py)
SOURCES := $(shell find engine -name '*.go' -o -name 'go.*') hatch_build.py pyproject.toml constraints-dev.txt

.PHONY: setup demo test lint types engine-test validate-formats validate-workflows docs site release fuzz mutation faults audit sbom reproduce bench clean

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
	cd engine && ../$(BIN)/go vet -trimpath ./... && CGO_ENABLED=0 ../$(BIN)/go test -trimpath ./...
	cd engine && unformatted=$$($$(../$(BIN)/go env GOROOT)/bin/gofmt -l .); echo "$$unformatted"; test -z "$$unformatted"
	cd engine && ../$(BIN)/go run -trimpath $(STATICCHECK) ./...

# The makers' own judges of SARIF (npm) and JUnit (Jenkins' schema, which the source of pytest holds), and a browser for the
# report, where one is installed (Debian's package chromium, say); not in the suite.
validate-formats: $(STAMP)
	npm install --silent --no-audit --no-fund --prefix $(VALIDATORS) @microsoft/sarif-multitool@5.7.0
	chmod +x $(VALIDATORS)/node_modules/@microsoft/sarif-multitool-*/Sarif.Multitool
	$(BIN)/python -m pip download --quiet --no-deps --no-binary pytest --dest $(VALIDATORS) pytest==9.2.0
	tar -xzf $(VALIDATORS)/pytest-9.2.0.tar.gz -C $(VALIDATORS) --strip-components 3 \
	  pytest-9.2.0/testing/example_scripts/junit-10.xsd
	$(BIN)/python -m pip install --quiet --group validators
	GITLINT_OPS_VALIDATORS=$(VALIDATORS) GITLINT_OPS_BROWSER=$(BROWSER) \
	  $(BIN)/python -m pytest -rs tests/conformance/test_formats.py tests/conformance/test_browser.py

# Our workflows, the Action and the guide's examples, by what lints workflows; not in the suite.
validate-workflows: $(STAMP)
	$(BIN)/python -m pip install --quiet --group workflows
	GOBIN=$(CURDIR)/$(BIN) CGO_ENABLED=0 $(BIN)/go install -trimpath $(ACTIONLINT)
	GITLINT_OPS_WORKFLOW_JUDGES=$(CURDIR)/$(BIN) $(BIN)/python -m pytest tests/conformance/test_workflows.py

docs: $(STAMP)
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/blocks.py

site: $(STAMP)
	$(BIN)/python -m pip install --quiet --group site
	$(BIN)/zensical build --strict --clean

# The sdist and a wheel for each platform, in dist/; all of them are compiled here.
release: $(STAMP)
	$(BIN)/python -m pip install --quiet --constraint constraints-dev.txt --group release
	rm -rf dist
	$(BIN)/python -m build --no-isolation --sdist
	for target in $(TARGETS); do \
	  GITLINT_OPS_TARGET=$$target $(BIN)/python -m build --no-isolation --wheel || exit 1; done
	GITLINT_OPS_WHEELS=$(CURDIR)/dist $(BIN)/python -m pytest tests/test_release.py

# Each verb of the engine for FUZZ_TIME, then the parsers of the Python half: generated texts, and PARSER_SECONDS each
# led by coverage where there is atheris (Linux). Findings stay in testdata/fuzz and tests/security/corpus.
fuzz: $(STAMP)
	cd engine && for target in $$(sed -n 's/^func \(Fuzz[A-Za-z]*\).*/\1/p' internal/verbs/fuzz_test.go); do \
	  ../$(BIN)/go test -trimpath -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZ_TIME) ./internal/verbs || exit 1; done
	GITLINT_OPS_EXAMPLES=20000 $(BIN)/python -m pytest tests/security/test_parsers.py
	GITLINT_OPS_EXAMPLES=1000 $(BIN)/python -m pytest tests/security/test_documents.py
	$(BIN)/python -m pip install --quiet --constraint constraints-dev.txt --group fuzz
	for parser in $$($(BIN)/python tools/fuzz_parsers.py); do \
	  $(BIN)/python tools/fuzz_parsers.py $$parser tests/security/corpus/$$parser \
	    -artifact_prefix=tests/security/corpus/ -max_total_time=$(PARSER_SECONDS) -max_len=2000 -timeout=10 || exit 1; done

# Whether the tests notice what is changed in the code that [tool.mutmut] names; not on Windows. Results stay in mutants/.
mutation: $(STAMP)
	$(BIN)/python -m pip install --quiet --constraint constraints-dev.txt --group mutation
	$(BIN)/python -m mutmut run
	$(BIN)/python -m mutmut results

faults: $(STAMP)
	GITLINT_OPS_FAULTS=200 $(BIN)/python -m pytest tests/security/test_endings.py

audit: $(STAMP)
	$(BIN)/python -m pip install --quiet --constraint constraints-dev.txt --group audit
	$(BIN)/pip-audit --strict --no-deps --disable-pip --requirement constraints-dev.txt
	cd engine && ../$(BIN)/go run -trimpath $(GOVULNCHECK) ./...

# What is shipped, with licences: the packages that the program needs to run, and the modules in the engine.
sbom: $(STAMP)
	mkdir -p dist
	$(BIN)/python -m pip install --quiet --constraint constraints-dev.txt --group audit
	$(PYTHON) -m venv --clear $(VENV)/shipped
	$(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
	  > $(VENV)/shipped/needed.txt
	$(VENV)/shipped/bin/pip install --quiet --constraint constraints-dev.txt --requirement $(VENV)/shipped/needed.txt
	$(BIN)/cyclonedx-py environment $(VENV)/shipped/bin/python --pyproject pyproject.toml --output-reproducible \
	  --output-file dist/sbom-python.json
	cd engine && ../$(BIN)/go run -trimpath $(CYCLONEDX) app -json -licenses -output ../dist/sbom-engine.json

reproduce: $(STAMP)
	$(BIN)/python -m pip install --quiet --constraint constraints-dev.txt --group release
	$(BIN)/python tools/reproduce.py

bench: $(STAMP)
	$(BIN)/python bench/run.py

clean:
	rm -rf $(VENV) gitlint_ops/_engine mutants
