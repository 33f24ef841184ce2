# The everyday commands. `make help` lists them.
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 30
FUZZ_RUNS ?= 10000000
SOAK_PROGRAMS ?= 100000

.PHONY: all build help demo test gate-update asan tsan lint fuzz-short fuzz soak bench bench-peers format install clean

all: build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

build: ## install what is missing, then build/release/bin/kitle
	@tools/setup build
	@tools/build release $(JOBS)
	@echo "built: build/release/bin/kitle"

demo: build ## make a sample shop, ingest it, run its rules, print the segments
	@tools/demo

test: ## every test, with the release build
	@tools/setup test
	@tools/build release $(JOBS)
	@echo "test: every test, with the release build"
	@ctest --preset release -j $(JOBS)

gate-update: ## what a run costs now, into tests/gate/expected.csv
	@tools/setup test
	@tools/build release $(JOBS)
	@build/venv/bin/python3 tests/gate/gate.py --write

asan: ## every test, under AddressSanitizer and UndefinedBehaviorSanitizer
	@tools/setup clang
	@tools/build asan $(JOBS)
	@ctest --preset asan -j $(JOBS)

tsan: ## the tests of what has threads, under ThreadSanitizer
	@tools/setup clang
	@tools/build tsan $(JOBS)
	@ctest --preset tsan -j $(JOBS)

lint: ## format, clang-tidy, include directions, sizes, symbols
	@tools/setup lint
	@tools/build release $(JOBS)
	@tools/lint $(JOBS)

fuzz-short: ## every fuzz target for FUZZ_SECONDS over its kept corpus
	@tools/setup clang
	@tools/build asan $(JOBS)
	@tools/fuzz $(FUZZ_SECONDS) $(JOBS)

fuzz: ## parser, checker and formatter, until each had FUZZ_RUNS runs; goes on where it was stopped
	@tools/setup clang
	@tools/build fuzz $(JOBS)
	@tools/fuzz-runs $(FUZZ_RUNS) $(JOBS)

soak: ## random rules on every tier, until SOAK_PROGRAMS of distinct shape are alike
	@tools/setup build
	@tools/build release $(JOBS)
	@ninja -C build/release kitle_soak >build/soak.log || { cat build/soak.log; exit 1; }
	@build/release/bin/kitle_soak build/soak $(SOAK_PROGRAMS) $(JOBS)

bench: ## the benchmarks and the seed workload against its peers
	@tools/setup build
	@tools/build bench $(JOBS)
	@tools/bench

bench-peers: ## Kitle against DuckDB, ClickHouse and Polars, into docs/performance.md
	@tools/setup peers
	@tools/build bench $(JOBS)
	@build/venv-peers/bin/python3 bench/peers/compare.py

format: ## clang-format over every C++ file
	@tools/setup lint
	@git ls-files -z '*.h' '*.cc' '*.c' | xargs -0r clang-format-19 -i

install: build ## into PREFIX
	@cmake --install build/release --prefix $(PREFIX)

clean: ## every build folder but the Python environments
	@find build -mindepth 1 -maxdepth 1 ! -name 'venv*' -exec rm -rf {} +
