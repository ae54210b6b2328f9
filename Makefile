# hsdl-mpi: see README.md
.PHONY: demo test build libraries lint format clean benchmark install man snapshots

# Shows the whole way on a synthetic catalog, on 2 ranks.
demo:
	./setup
	mpirun -n 2 .build/release/hsdl-mpi demo --output demo-output

# Builds everything and runs all tests.
test: libraries
	swift build -c release --build-tests
	swift test -c release --skip-build --no-parallel

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

# Where `make install` puts the program, its models, its manual and the completions of shells.
PREFIX ?= /usr/local
install: build
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/hsdl-mpi"
	install -m 755 .build/release/hsdl-mpi "$(DESTDIR)$(PREFIX)/bin/hsdl-mpi"
	cp -R models "$(DESTDIR)$(PREFIX)/share/hsdl-mpi/"
	.build/release/hsdl-mpi manual --output "$(DESTDIR)$(PREFIX)/share"

# The manual and the completions alone, in .build/share: `man -l .build/share/man/man1/hsdl-mpi.1`.
man:
	.build/release/hsdl-mpi manual --output .build/share

# Writes down what `--help` says now; the tests hold it to that.
snapshots:
	Tests/CommandLineTests/Snapshots/record .build/release/hsdl-mpi
