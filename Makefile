# The build verbs of Levity; CI calls only these (.ci/run).

SHELL := /bin/bash
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
# Projects share what they build: two builds at once would meet in the same files.
.NOTPARALLEL:
.DEFAULT_GOAL := build

export DOTNET_NOLOGO := 1
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export TESTINGPLATFORM_TELEMETRY_OPTOUT := 1
export DOTNET_GENERATE_ASPNET_CERTIFICATE := false
# Nothing here depends on a language, so that a machine without ICU builds and tests the same.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT := 1

# levityd uses the machine's .NET. Its launcher finds the usual places; an SDK elsewhere has to be named.
sdk := $(patsubst %/,%,$(dir $(realpath $(shell command -v dotnet))))
ifneq ($(wildcard $(sdk)/shared),)
export DOTNET_ROOT ?= $(sdk)
endif

export LEVITY_BIN := $(CURDIR)/bin
export PREFIX DESTDIR

programs := bin/levity bin/levityd bin/levity-supervisor

# Everything that goes into a program, directories too: a file that is gone is a change as well.
inputs = $(shell find api $(addprefix src/Levity.,$(1)) ! -name packages.lock.json) \
    global.json Directory.Build.props Directory.Packages.props .editorconfig BannedSymbols.txt

# publish PROJECT FILE…: the files get the time at which we began, so that an edit meanwhile is not missed.
define publish
@echo 'publish  $@'
@began=$$(date +%s.%N); set -e; \
dotnet publish src/Levity.$(1) --configuration Release --verbosity quiet --nologo; \
for file in $(2); do \
    install -D artifacts/publish/Levity.$(1)/release/$$file bin/$$file; \
    touch --date="@$$began" bin/$$file; \
done
endef

.PHONY: build install release manual demo test certs docs bench pack lint soak fuzz mutate api-baseline clean help prerequisites-%

build: prerequisites-build $(programs) ## bin/levity, bin/levityd and bin/levity-supervisor, published

bin/levity: $(call inputs,Cli Client Configuration Linux Protocol)
	$(call publish,Cli,levity)

bin/levity-supervisor: $(call inputs,Supervisor Protocol Logs Processes Linux)
	$(call publish,Supervisor,levity-supervisor)

bin/levityd bin/libe_sqlite3.so &: $(call inputs,Daemon Configuration Protocol Logs Linux)
	$(call publish,Daemon,levityd libe_sqlite3.so)

install: build manual ## into PREFIX=/usr/local [DESTDIR=…]: programs, systemd units, a configuration to begin with
	@scripts/install

release: build manual ## artifacts/release/levity-VERSION-RID.tar.gz, which needs no .NET on the machine
	@scripts/release

manual: prerequisites-build
	@rm -rf artifacts/man
	@dotnet run --configuration Release --project src/Levity.Manual -- artifacts/cli.md artifacts/man

demo: build ## the whole chain once: certificates, server, a task, its log and its end
	@scripts/demo

test: build ## all tests; SUITES="Levity.Cli.Tests …" for some
	@scripts/test $(SUITES)

certs: prerequisites-certs bin/levity ## LOGIN=alice [DIR=certs]: CAs, the server's certificate and a user's
	@scripts/certs "$$LOGIN" "$${DIR:-certs}"

docs: prerequisites-build ## what the programs say of themselves: docs/cli.md, artifacts/man, the texts of tests
	@scripts/docs

bench: prerequisites-bench build ## the table of docs/benchmarks; ARGS=--smoke for a short look
	@dotnet run --configuration Release --project bench/Levity.Bench -- $(ARGS)

pack: prerequisites-build ## the packages Levity.Client and Levity.Protocol, in artifacts/package/release
	@dotnet pack Levity.slnx --configuration Release --verbosity quiet --nologo

lint: prerequisites-lint ## texts, scripts, formatting, the two API contracts
	@scripts/lint

quick := $(if $(findstring --quick,$(ARGS)),-quick)
soak: prerequisites-soak$(quick) build ## faults under load, and what is promised checked; DURATION=1800, SEED=…, ARGS=--quick
	@dotnet run --configuration Release --project tests/Levity.Soak -- \
	    $(if $(DURATION),--duration $(DURATION)) $(if $(SEED),--seed $(SEED)) $(ARGS)

fuzz: prerequisites-fuzz ## TARGET=request [DURATION=600]: AFL++ looks for bytes of strangers that are taken otherwise than is promised
	@scripts/fuzz "$$TARGET" $(DURATION)

mutate: prerequisites-mutate ## mistakes in the policy, the ids, the transitions, the validation: which ones do no tests notice?
	@scripts/mutate

api-baseline: prerequisites-lint ## at a release: what buf holds later changes against
	@scripts/buf build --exclude-source-info --output api/baseline.binpb

clean: ## removes all that was built; certs/ stays
	rm -rf artifacts bin node_modules

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

prerequisites-%:
	@scripts/prerequisites $*
