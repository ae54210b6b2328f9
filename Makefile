# hsdl-mpi: see README.md
.PHONY: demo test build libraries lint format clean benchmark

# Shows the whole way on a synthetic catalog, on 2 ranks.
demo:
	./setup
	mpirun -n 2 .build/release/hsdl-mpi demo --output demo-output

# Builds everything and runs all tests.
test: libraries
	swift build -c release --build-tests
	swift test -c release --skip-build

# Makes .build/release/hsdl-mpi.
build:
	./setup

libraries:
	./setup --libraries

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests

# Needs Python with pandas, scikit-learn and ObsPy; see Benchmarks/README.md.
benchmark: build
	Benchmarks/run

clean:
	rm -rf .build demo-output
