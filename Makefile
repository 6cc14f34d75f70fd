# Everything a newcomer needs: `make demo`, `make test`, `make check`. `make help` lists the rest.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PY := .venv/bin/python
READY := .venv/.ready
SAM := .venv-sam/bin/sam
export SAM_CLI_TELEMETRY := 0
unexport PYTHONDONTWRITEBYTECODE # else every process of the tests compiles every module anew

.PHONY: help setup demo test coverage check lock docs conformance test-elastic elastic stress bench bench-policy bench-page bench-pipeline bench-familiarity pictures prove prove-table package-wheel package-aws package-azure clean bench-azure

help: ## this list
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' Makefile

setup: $(READY) ## make .venv (and .venv/bin/gatewatch) from the hash-pinned lock

$(READY): requirements/dev.txt pyproject.toml scripts/setup.sh
	@scripts/setup.sh

.venv-sam/.ready: requirements/sam.txt scripts/setup.sh
	@scripts/setup.sh .venv-sam requirements/sam.txt

.venv-checkov/.ready: requirements/checkov.txt scripts/setup.sh
	@scripts/setup.sh .venv-checkov requirements/checkov.txt

demo: $(READY) ## play an attack on the real runtimes; LOGS=PATH replays your own files, ELASTIC_URL=... writes there
	@$(PY) -m gatewatch.cli demo --aws scripts.local_cloud.demo_aws:opened --entra scripts.local_cloud.demo_azure:opened $(if $(LOGS),--logs "$(LOGS)") $(if $(ELASTIC_URL),--store $(ELASTIC_URL))

WORKERS ?= 2

test: $(READY) ## every test, in two processes; prints what is skipped and why (ARGS='-k name' narrows it, WORKERS=0 uses one)
	@$(PY) -m scripts.local_cloud.node # once, before two processes and the clocks of the tests
	@$(PY) -m scripts.browser >/dev/null # in CI it is installed when it is missing
	@$(PY) -m pytest -n $(WORKERS) $(ARGS)

MEASURED := tests/unit tests/rules tests/project tests/contract tests/laws tests/adapters tests/engines

coverage: $(READY) ## branch coverage by the tests that need no server (3 min); fails below the number in pyproject.toml
	@$(PY) -m coverage run -m pytest -q -m "not elastic" $(MEASURED)
	@$(PY) -m coverage report

CLOUDFORMATION := template.yaml $(wildcard infra/aws/*.yaml)
CHECKS := ruff format types imports spelling locks sam cloudformation checkov policies bicep

check: $(READY) .venv-sam/.ready .venv-checkov/.ready ## lint, types, import contracts, spelling, locks, templates and their policies: under two minutes
	@$(MAKE) -k -j2 --output-sync=target $(addprefix check-,$(CHECKS)) && echo "check: all clean ($(CHECKS))"

.PHONY: $(addprefix check-,$(CHECKS))
check-ruff:
	@.venv/bin/ruff check --quiet .
check-format:
	@.venv/bin/ruff format --quiet --check . || { .venv/bin/ruff format --check . ; exit 1; }
check-types:
	@.venv/bin/mypy --no-error-summary
check-imports:
	@.venv/bin/lint-imports --no-logo > .venv/.imports 2>&1 || { cat .venv/.imports; exit 1; }
check-spelling:
	@.venv/bin/codespell
check-locks:
	@$(PY) scripts/lock.py --check >/dev/null
check-bicep:
	@$(PY) -m pytest -q -n 0 -p no:cacheprovider -rs tests/infra/test_bicep.py tests/infra/test_bicep_options.py tests/infra/test_bicep_types.py > .venv/.bicep 2>&1 || { cat .venv/.bicep; exit 1; }
	@grep -m1 SKIPPED .venv/.bicep || true
check-cloudformation:
	@.venv-sam/bin/cfn-lint -a cfn_lint_serverless.rules -t $(CLOUDFORMATION) > .venv-sam/.lint 2>&1 || { cat .venv-sam/.lint; exit 1; }
check-checkov:
	@$(PY) -m tests.support.bicep.arm .venv-checkov/arm
	@.venv-checkov/bin/checkov --file $(CLOUDFORMATION) $(addprefix .venv-checkov/arm/azure-,secrets.json full.json) --framework cloudformation arm --compact --quiet --skip-download > .venv-checkov/.report 2>&1 || { cat .venv-checkov/.report; exit 1; }
check-policies:
	@$(PY) -m pytest -q -n 0 -p no:cacheprovider tests/infra/test_policies.py > .venv/.policies 2>&1 || { cat .venv/.policies; exit 1; }
check-sam:
	@if [ -f template.yaml ]; then $(SAM) validate --lint > .venv-sam/.validate 2>&1 || { cat .venv-sam/.validate; exit 1; }; fi

package-wheel: $(READY) ## the wheel and the source archive, in dist/
	@rm -rf dist && $(PY) -m hatchling build -d dist

package-aws: .venv-sam/.ready ## build the Lambda artifact with its byte code; then: sam deploy --guided (ARCH=x86_64 for Intel)
	@scripts/package_aws.sh .aws-sam $(or $(ARCH),arm64)

pictures: $(READY) ## the pictures of the report and of the card in Teams (docs/images/*.png), and the report's gate: a page of 50,000 alerts opens and filters fast enough (3 min)
	@$(PY) scripts/pictures.py $(ARGS)

docs: $(READY) ## renew what is generated: reference pages, examples, pictures, the tables of the README
	@$(PY) scripts/docs.py
	@if [ -n "$$CONFORMANCE_DATA" ]; then $(MAKE) conformance; fi

conformance: $(READY) ## renew docs/conformance.md from the data sets that CONFORMANCE_DATA names
	@$(PY) -m tests.golden.counts

test-elastic: $(READY) ## the tests of the index on another server: VERSION=8.19.21 (the default) or opensearch-3.4.0
	@ELASTIC_VERSION=$(or $(VERSION),8.19.21) $(PY) -m pytest -m elastic tests/contract tests/adapters/elastic $(ARGS)

elastic: $(READY) ## a real Elasticsearch here, set up, until Ctrl-C (needs a JDK and Maven)
	@$(PY) -m tests.support.elastic_here

stress: $(READY) ## the laws with many more examples (EXAMPLES=2000), urgent findings through every fault (FINDINGS=1000), odd records and large log files of a trail, kill -9 of replays (MUTANTS=200000 KILLS=50), a simulated Azure tenant (SEEDS=50), kill -9 of the function app (DEATHS=200), then faults and races on a real index (EVENTS=1000 PAIRS=1000): long
	@LAW_EXAMPLES=$(or $(EXAMPLES),2000) $(PY) -m pytest --timeout 7200 tests/laws $(ARGS)
	@LAW_EXAMPLES=$(or $(EXAMPLES),2000) $(PY) -m pytest --timeout 7200 -q tests/unit/reading/test_front_fuzz.py
	@$(PY) -m tests.stress.reading
	@$(PY) -m tests.stress.log_files
	@$(PY) -m tests.stress.tenant --seeds $(or $(SEEDS),50)
	@$(PY) -m tests.stress.killed --kills $(or $(DEATHS),200)
	@$(PY) -m tests.stress.replay --mutants $(or $(MUTANTS),200000) --kills $(or $(KILLS),50)
	@$(PY) -m tests.stress --findings $(or $(FINDINGS),1000) --events $(or $(EVENTS),1000) --pairs $(or $(PAIRS),1000) $(if $(FAULTS),--only $(FAULTS))

.PHONY: e2e-aws
e2e-aws: $(READY) ## the AWS half deployed into an emulator with IAM enforced, in front of a real Elasticsearch, through everything that happens to it; prints its figures (8 minutes)
	@$(PY) -m tests.e2e_aws

package-azure: $(READY) ## the folder that is published to Azure, packages built in: build/azure
	@$(PY) scripts/stage_azure.py

.venv-bench/.ready: requirements/bench.txt scripts/setup.sh
	@scripts/setup.sh .venv-bench requirements/bench.txt

bench: $(READY) .venv-bench/.ready ## Gatewatch beside seven engines on the same records, and alone on 10 million; writes docs/benchmarks.md (an hour; ARGS='--records 2000 --dense 1000 --stream' takes a minute)
	@$(PY) -m benchmarks.side_by_side $(ARGS)

bench-policy: $(READY) ## what a large policy and many rules cost, as ratios; fails beyond their limits (ROUNDS=60)
	@$(PY) benchmarks/policy.py --check --rounds $(or $(ROUNDS),60)

bench-page: $(READY) ## what a page of Graph costs beside json.loads and the SDK's models; fails beyond its limits
	@$(PY) -m benchmarks.page --check $(ARGS)

bench-pipeline: $(READY) ## what a chunk costs in the pipeline, in units of json.loads; fails beyond its limits
	@$(PY) -m benchmarks.pipeline --check $(ARGS)

bench-familiarity: $(READY) ## what a page of sign-ins costs beside 100,000 people (STORES='sqlite elastic' PEOPLE=100000)
	@$(PY) -m benchmarks.familiarity --people $(or $(PEOPLE),100000) $(or $(STORES),memory sqlite)

bench-azure: $(READY) ## the polls of Azure against a model of Graph at 0.2 to 4 million sign-ins a day, in virtual time; fails beyond the promised lags
	@$(PY) -m benchmarks.azure_load $(ARGS)

prove: $(READY) ## published attacks and stories against the committed tables; CONFORMANCE_DATA names the data (ARGS='--only attacks')
	@$(PY) -m scripts.prove $(ARGS)

prove-table: $(READY) ## renew the tables that `make prove` compares with
	@$(PY) -m scripts.prove --write $(ARGS)

lock: $(READY) ## write requirements/*.txt and both functions' requirements.txt (UPGRADE=1 takes newer versions)
	@PATH="$(CURDIR)/.venv-uv/bin:$$PATH" $(PY) scripts/lock.py $(if $(UPGRADE),--upgrade)

mutate: $(READY) ## break the rules and the score on purpose, and say what no test notices (ARGS=entra_facts narrows it; minutes)
	@$(PY) -m benchmarks.mutate $(ARGS)

clean: ## remove what make made, the virtual environments too
	rm -rf .venv .venv-* build dist .aws-sam .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
