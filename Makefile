# make run                                the whole experiment of config.yaml, on simulated recordings
# make run CONFIG=configs/deap.yaml DATA=/folder/of/DEAP        another experiment, another folder
# make run OUT=/somewhere                 results elsewhere than in ./results
# make plan                               jobs, hours, disk and memory of that experiment, before anything starts
# make check                              is the folder's copy of the recordings usable?
# make report                             all that people look at in one file, results/report.html, by Snakemake's own reporting
# make test   make lint   make lock
# make test-slow                          the tests that `make test` leaves out
# make gpu                                what the JAX backend needs of CUDA, where there is an NVIDIA card
# make noise                              twenty cohorts of pure noise, tuned (hours)
# make doctor                             does the check find every flaw the simulator can make, and nothing else?
# make bench-peers                        TorchEEG in an environment of its own, for the benchmarks that compare with it
# make docs                               the guide, into docs/_build/html
# make picture                            README's picture, from the default run's results

PYTHON ?= python3.11
CORES ?= all
PROFILE ?= profiles/default
CONFIG ?=
DATA ?=
OUT ?= .

BIN := .venv/bin
READY := .venv/ready
PEERS := .venv-peers
export DATA

# quoted for YAML, as which Snakemake reads it (a path may hold " #" or ": "), with blanks that keep it from the quotes
FOLDER = "folder= '$$(printf %s "$$DATA" | sed "s/'/''/g")' "
# no workflow profile: Snakemake would lay profiles/default over the profile asked for
SNAKEMAKE = $(BIN)/snakemake --snakefile Snakefile --profile $(PROFILE) --workflow-profile none --cores $(CORES) \
	--directory "$(OUT)" $(if $(CONFIG),--configfile config.yaml $(CONFIG)) $(if $(DATA),--config $(FOLDER))

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run check plan report test test-slow lint lock gpu noise doctor bench-peers picture docs
.DELETE_ON_ERROR:

# whatever the guard needs comes before training, so that a leak, or a recording that cannot be read, shows first
run: $(READY)
	$(SNAKEMAKE) --prioritize results/guard.json
	@echo "Now open $(OUT)/results/reports/index.html"

check: $(READY)
	$(SNAKEMAKE) -- checks
	@$(BIN)/python -m eeg.verdicts "$(OUT)"

plan: $(READY)
	$(BIN)/python -m eeg.estimate config.yaml $(CONFIG)

report: $(READY)
	$(SNAKEMAKE) --report results/report.html

test: $(READY)
	$(BIN)/python -m pytest -n 2

test-slow: $(READY)
	$(BIN)/python -m pytest -n 2 -m slow

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile
	$(BIN)/snakemake --snakefile Snakefile --lint

lock: $(READY)
	$(COMPILE) --upgrade requirements.in --output-file requirements.lock
	$(COMPILE) --upgrade --constraint requirements.lock requirements-gpu.in --output-file requirements-gpu.lock

gpu: $(READY)
	$(INSTALL) --require-hashes --requirement requirements-gpu.lock

noise: $(READY)
	$(BIN)/python benchmarks/noise.py

doctor: $(READY)
	$(BIN)/python benchmarks/doctor.py

bench-peers: $(PEERS)/ready

picture: $(READY)
	$(BIN)/python benchmarks/picture.py

docs: $(READY)
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "Now open docs/_build/html/index.html"

$(READY): requirements.lock
	@test ! -L .venv || { echo ".venv is a link, perhaps to the environment of another folder: remove it first" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(INSTALL) --require-hashes --requirement requirements.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

# torch-scatter is compiled against the torch that is there; neither may look for a newer one
$(PEERS)/ready: benchmarks/peers.txt
	$(PYTHON) -m venv --clear $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --requirement benchmarks/peers.txt
	MAX_JOBS=2 $(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		torch-scatter==2.1.2 torcheeg==1.1.3 moabb==1.7.2
	$(PEERS)/bin/python -c "from torcheeg.datasets import DEAPDataset"
	touch $@
