# Every target sets up what it needs in .venv. Python >= 3.11, git and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Half as many again as processors: tests wait for disks and other processes for a third of the time.
TEST_WORKERS ?= $(shell echo $$(( ($$(getconf _NPROCESSORS_ONLN) * 3 + 1) / 2 )))

.PHONY: demo test test-endpoints check bench bench-journal bench-workspace bench-simulation lock clean
.PHONY: bench-days simulate-seed

demo: $(STAMP)
	$(BIN)/swarm demo --output demo-output

test: $(STAMP)
	$(BIN)/python -m pytest -q -n $(TEST_WORKERS) --dist loadfile

# What takes a minute or more each, the main job of `make demo` among it.
.PHONY: test-slow
test-slow: $(STAMP)
	$(BIN)/python -m pytest -q -m slow

# Against model servers that others wrote; the first time it installs them (about 4 GB).
test-endpoints: $(STAMP)
	$(BIN)/python tests/endpoints_real/install_servers.py
	$(BIN)/python -m pytest -q -m endpoints tests/endpoints_real

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: bench-journal bench-workspace bench-simulation

# Whole runs in virtual time; a seed that fails is printed, and `make simulate-seed SEED=N` plays it again.
bench-simulation: $(STAMP)
	$(BIN)/python -m swarm.testing.simulation --seeds $(or $(SEEDS),1000)

simulate-seed: $(STAMP)
	$(BIN)/python -m swarm.testing.simulation --seed $(SEED)

# Five days of 300 agents in virtual time: memory, journal and clocks.
bench-days: $(STAMP)
	$(BIN)/python benchmarks/bench_days.py

bench-journal: $(STAMP)
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement benchmarks/requirements.txt
	$(BIN)/python -m benchmarks.bench_journal

# Kills real runs KILLS times and resumes them: nothing may be lost, bought again or left behind. Minutes.
.PHONY: bench-crash
bench-crash: $(STAMP)
	$(BIN)/python -m benchmarks.bench_crash --kills $(or $(KILLS),500)

.PHONY: bench-llm
bench-llm: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement benchmarks/requirements.txt
	$(BIN)/python -m benchmarks.bench_llm

.PHONY: bench-powercut
bench-powercut: $(STAMP)
	$(BIN)/python -m benchmarks.bench_powercut --cuts $(or $(CUTS),400)

.PHONY: bench-routing
bench-routing: $(STAMP)
	$(BIN)/python -m benchmarks.bench_routing

# Runs of 300 subtasks with noisy models, in virtual time: do they end well, and do they say so only then? Minutes.
.PHONY: bench-noisy
bench-noisy: $(STAMP)
	$(BIN)/python -m benchmarks.bench_noisy --seeds $(or $(SEEDS),100)

# Makespans in virtual time, against what no schedule can beat; what the scheduler costs. About a minute.
.PHONY: bench-schedule
bench-schedule: $(STAMP)
	$(BIN)/python -m benchmarks.bench_schedule

# What a step of an agent costs in all, beside the least that does the same job and beside LangGraph. A minute or two.
.PHONY: bench-step
bench-step: $(STAMP)
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement benchmarks/requirements.txt
	$(BIN)/python -m benchmarks.bench_step

bench-workspace: $(STAMP)
	$(BIN)/python -m benchmarks.bench_workspace

# Exactly the versions of the lock file, checked by their hashes.
$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "swarm needs Python 3.11 or newer; name one with PYTHON=..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@$(BIN)/python -m compileall -q swarm
	@touch $(STAMP)

# After a change of the dependencies in pyproject.toml; needs uv.
lock:
	uv pip compile --quiet pyproject.toml --extra fast --group dev --universal --generate-hashes \
		--no-emit-index-url --no-header --output-file requirements.lock

clean:
	rm -rf $(VENV) demo-output dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
