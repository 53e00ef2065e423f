# What a user runs: `make run` and `make test` install what is missing, build, and do it.
# The Dockerfile and CI use the same steps.

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
PACKAGES := Config/packages.txt
SWIFT_BUILD := swift build -c release --product gand
# What is formatted and linted.
SWIFT_SOURCES := Package.swift Sources Tests Benchmarks/Steps Benchmarks/Toys

.PHONY: run build test bench format lint packages runtime-packages

run: build
	.build/release/gand serve --demo $(ARGS)

build: packages
	$(SWIFT_BUILD)

# Without testable imports the tests are built as the product is, and neither rebuilds the other's modules.
test: packages
	swift test -c release --disable-testable-imports

bench: build
	Benchmarks/run

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
