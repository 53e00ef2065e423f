# What a user runs: `make run` and `make test` install what is missing, build, and do it.
# The Dockerfile and CI use the same steps.

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
PACKAGES := Config/packages.txt
SWIFT_BUILD := swift build -c release --product gand
# What is formatted and linted.
SWIFT_SOURCES := Package.swift Sources Tests Benchmarks/JSON Benchmarks/Records Benchmarks/Steps Benchmarks/Toys

FUZZED := Sources/HTTP/Serving/Limits.swift $(patsubst %,Sources/HTTP/Wire/%.swift, \
		BodyDecoder Head HeadReader Refusal RequestFields RequestParser Syntax Target) \
	$(wildcard Tests/HTTPTests/Conformance/*Case*.swift) Tests/HTTPTests/Conformance/Reading.swift Tests/Fuzz/Fuzz.swift
FUZZ_READERS := http csv json ndjson npy weights manifest rules where
FUZZ_LIMITS = -timeout=10 -rss_limit_mb=2048 -max_total_time=$(or $(SECONDS_EACH),$(if $(FUZZ),0,60))

.PHONY: run build test bench fuzz fuzz-build $(addprefix fuzz-,$(FUZZ_READERS)) format lint packages runtime-packages

run: build
	.build/release/gand serve --demo $(ARGS)

build: packages
	$(SWIFT_BUILD)

# Without testable imports the tests are built as the product is, and neither rebuilds the other's modules. One test at a
# time: a test that waits for an answer must not wait for one that trains.
test: packages
	swift test -c release --disable-testable-imports --no-parallel

bench: build
	Benchmarks/run

# Fuzzes what reads the bytes of others, each reader for SECONDS_EACH=60, and ends at the first finding; `make fuzz FUZZ=csv`
# fuzzes one alone, until stopped or for SECONDS_EACH. The corpora begin with the cases of the tests, and with tables and
# models, ordinary and extreme.
fuzz: $(addprefix fuzz-,$(or $(FUZZ),$(FUZZ_READERS)))

fuzz-http: build
	@mkdir -p .build/fuzz/corpus/http .build/fuzz/found/http
	swiftc -O -sanitize=fuzzer -parse-as-library -swift-version 6 -package-name gand -module-name HTTP \
		-I .build/release/Modules $(FUZZED) .build/release/HTTPTypes.build/*.o -o .build/fuzz/http
	SWIFT_BACKTRACE=enable=no .build/fuzz/http -artifact_prefix=.build/fuzz/found/http/ -max_len=4096 $(FUZZ_LIMITS) \
		.build/fuzz/corpus/http

# The limits are findings, too.
$(addprefix fuzz-,$(filter-out http,$(FUZZ_READERS))): fuzz-%: fuzz-build
	@mkdir -p .build/fuzz/corpus/$* .build/fuzz/found/$*
	@rm -rf .build/fuzz/tmp/$* && mkdir -p .build/fuzz/tmp/$*
	TMPDIR=.build/fuzz/tmp/$*/ FUZZ=$* SWIFT_BACKTRACE=enable=no .build/fuzz/release/fuzz \
		-artifact_prefix=.build/fuzz/found/$*/ -max_len=16384 $(FUZZ_LIMITS) .build/fuzz/corpus/$*

fuzz-build: packages
	GAND_FUZZ=1 swift build -c release --sanitize fuzzer -Xswiftc -enable-testing --scratch-path .build/fuzz --product fuzz

format:
	swift format format --in-place --recursive $(SWIFT_SOURCES)

lint:
	swift format lint --strict --recursive $(SWIFT_SOURCES)

# The first column names what is needed to build, the second what is needed to run.
packages:
	@missing=$$(awk '{print $$1}' $(PACKAGES) | while read -r p; do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -n "$$missing" ]; then \
		$(SUDO) apt-get update -q && \
		DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -q --no-install-recommends $$missing; \
	fi

runtime-packages:
	$(SUDO) apt-get update -q && \
	DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -q --no-install-recommends $$(awk '{print $$2}' $(PACKAGES))
