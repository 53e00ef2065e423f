# What a user runs: `make run` and `make test` install what is missing, build, and do it.
# The Dockerfile and CI use the same steps.

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
PACKAGES := Config/packages.txt
SWIFT_BUILD := swift build -c release --product gand
# What is formatted and linted.
SWIFT_SOURCES := Package.swift Sources Tests Benchmarks/JSON Benchmarks/Records Benchmarks/Steps Benchmarks/Toys

FUZZED := $(patsubst %,Sources/HTTP/%.swift,BodyDecoder Head Limits Refusal RequestFields RequestParser Syntax Target) \
	$(wildcard Tests/HTTPTests/Conformance/*Case*.swift) Tests/HTTPTests/Conformance/Reading.swift Tests/Fuzz/Fuzz.swift

.PHONY: run build test bench fuzz format lint packages runtime-packages

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

# Fuzzes the request parser and the body decoder until stopped, or for SECONDS_EACH=600. The corpus begins with the cases
# of the tests.
fuzz: build
	@mkdir -p .build/fuzz/corpus .build/fuzz/found
	swiftc -O -sanitize=fuzzer -parse-as-library -swift-version 6 -package-name gand -module-name HTTP \
		-I .build/release/Modules $(FUZZED) .build/release/HTTPTypes.build/*.o -o .build/fuzz/fuzz
	.build/fuzz/fuzz -artifact_prefix=.build/fuzz/found/ -max_len=4096 -max_total_time=$(or $(SECONDS_EACH),0) \
		.build/fuzz/corpus

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
