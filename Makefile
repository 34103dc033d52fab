# What can be done with this repository. `make` alone prints the targets from their own comments; each does its own set-up.
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# npm writes this file at the end of an installation: newer than the lock file means installed.
INSTALLED := node_modules/.package-lock.json
BUILT := dist/.built
SOURCES := $(shell find src -name '*.ts' 2>/dev/null)
NPM := npm_config_update_notifier=false npm --no-audit --no-fund --loglevel=error

# ARGS passes further words on, for example `make run ARGS=--once`.
ARGS ?=

.PHONY: help install build run run-fleet test lint format bench bench-policy bench-fleet bench-ledger ledger-truth soak soak-wire soak-gate e2e-paths fuzz detect-rates o2-day schemas wasm dist suffixes clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

install: $(INSTALLED) ## install the npm packages of the lock file

build: $(BUILT) ## compile src/ into dist/

run: $(BUILT) ## start the whole picture on loopback and show who receives what, until Ctrl-C
	@exec node dist/cli/main.js demo $(ARGS)

run-fleet: $(BUILT) ## start three gateways and a Redis on loopback, and watch a lockdown reach all, until Ctrl-C
	@exec node dist/cli/main.js demo --fleet $(ARGS)

test: $(INSTALLED) ## install what the tests need, build, lint, run every test; STRICT=1 fails on a skip
	@exec node test/run/main.mjs $(ARGS)

lint: $(INSTALLED) ## types, eslint, prettier, arrows, dead code
	@exec node test/run/main.mjs --only=types,eslint,prettier,arrows,knip

format: $(INSTALLED) ## write the files as prettier wants them
	@node_modules/.bin/prettier --write --log-level=warn .

bench: $(BUILT) ## measure the gateway beside its peers; ten minutes
	@exec node test/bench/main.mjs $(ARGS)

bench-policy: $(BUILT) ## measure a policy of 100,000 hosts: compile, compare, ask, swap; a minute
	@exec node test/bench/policy.mjs $(ARGS)

soak fuzz: SECONDS ?= 600

bench-fleet: $(BUILT) ## measure a lockdown over eight replicas, and requests while Redis fails; three minutes
	@exec node test/bench/fleet.mjs

soak: $(BUILT) ## mixed traffic, dying destinations and reloads for SECONDS=600; memory, descriptors and every request held to account
	@exec env SECONDS=$(SECONDS) node test/soak/main.mjs

soak-wire: $(BUILT) ## run the wire cases in full size: 1 GiB each way, 10,000 alternations; several minutes
	@HEADGATE_WIRE_FULL=1 node_modules/.bin/jest --selectProjects wire --runInBand

soak-gate: $(BUILT) ## reload 1,000 times under load, and kill a gateway at 200 moments; three minutes
	@HEADGATE_SOAK=1 node_modules/.bin/jest --selectProjects alone --testPathPatterns 'test/e2e/gate/load' --runInBand
	@MOMENTS=200 node_modules/.bin/jest --selectProjects unit --testPathPatterns 'test/control/kill'

e2e-paths: $(BUILT) ## run the e2e tests with `paths: [fast]`, then with `paths: [slow]`; fifteen minutes
	@for path in fast slow; do \
	  HEADGATE_TEST_PATHS=$$path node_modules/.bin/jest --selectProjects e2e --maxWorkers=2; \
	  HEADGATE_TEST_PATHS=$$path node_modules/.bin/jest --selectProjects alone --runInBand; \
	done

bench-ledger: $(BUILT) ## measure what a release costs the ledger; seconds
	@exec node test/bench/ledger.mjs $(ARGS)

ledger-truth: $(INSTALLED) ## 5,000,000 releases in 8 ledgers with 3 kill -9, against the truth; minutes
	@HEADGATE_LEDGER_TRUTH=1 node_modules/.bin/jest --selectProjects unit --testPathPatterns 'test/control/ledger-truth'

fuzz: $(BUILT) ## fuzz the whole process for SECONDS=600, then each property with RUNS=20000 cases; print what of src/http is reached
	@env SECONDS=$(SECONDS) node test/fuzz/process/main.mjs
	@HEADGATE_FUZZ_RUNS=$${RUNS:-20000} node_modules/.bin/jest --selectProjects unit wire --testPathPatterns 'test/fuzz/|within-exposure'
	@exec node test/run/coverage.mjs

detect-rates: $(INSTALLED) ## measure how often the detectors are wrong, over 1,000,000 requests; REQUESTS, SEED; ten minutes
	@HEADGATE_RATES_REQUESTS=$${REQUESTS:-1000000} HEADGATE_RATES_SEED=$${SEED:-} \
	  node_modules/.bin/jest --selectProjects unit --testPathPatterns 'test/generator/rates'

o2-day: $(BUILT) ## play the O2 day under scrapes of 5, 15 and 30 s and print what left and when the pager rang; ten minutes
	@HEADGATE_O2_DAY=$${SCRAPES:-5s,15s,30s} node_modules/.bin/jest --selectProjects e2e --testPathPatterns 'test/e2e/o2-day'

schemas: $(BUILT) ## write the JSON Schemas in config/ and of the chart anew
	@node dist/cli/main.js schema policy > $(BUILT).schema && mv $(BUILT).schema config/policy.schema.json
	@node dist/cli/main.js schema headgate > $(BUILT).schema && mv $(BUILT).schema config/headgate.schema.json
	@node dist/cli/main.js schema canary > $(BUILT).schema && mv $(BUILT).schema config/canary.schema.json
	@node test/chart/values-schema.mjs > $(BUILT).schema && mv $(BUILT).schema charts/headgate/values.schema.json

wasm: $(INSTALLED) ## compile src/wasm anew, after a change there
	@node test/wasm/main.mjs

dist: $(BUILT) ## pack what is installed elsewhere without internet: one tarball in build/dist/
	@node deploy/pack.mjs --tarball build/dist

suffixes: $(INSTALLED) ## write the names above public suffixes anew, after an upgrade of tldts
	@node test/policy/suffixes-within.mjs > src/policy/suffixes-within-data.ts.new && mv src/policy/suffixes-within-data.ts{.new,}

clean: ## remove what was built and installed
	@rm -rf dist build node_modules

# Versions come from the lock file, which stays as it is. `npm ci` would refuse it: packages that others need for other
# platforms are not in it.
$(INSTALLED): package-lock.json package.json
	@node -e 'const [a, b] = process.versions.node.split("."); if (a < 20 || (a == 20 && b < 20)) throw 0' 2>/dev/null \
	  || { echo "error: Node $$(node --version 2>/dev/null || echo '(none)') is here, 20.20 or newer is needed" >&2; exit 1; }
	@echo "installing npm packages"
	@$(NPM) install --no-save >/dev/null
	@touch $@

$(BUILT): $(INSTALLED) $(SOURCES) tsconfig.json tsconfig.build.json
	@echo "building"
	@node_modules/.bin/tsc -p tsconfig.build.json
	@touch $@
