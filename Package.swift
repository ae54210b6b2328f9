// swift-tools-version: 6.1
import Foundation
import PackageDescription

// Where libraries are that the compiler does not find by itself. `./setup` fills `.deps`; the environment overrides it.
let lightGBM = Context.environment["LIGHTGBM"] ?? "\(Context.packageDirectory)/.deps/lightgbm"
let mpiLibrary = Context.environment["MPI_LIBRARY"] ?? "mpich"
let mpiPackageConfig = Context.environment["MPI_PKG_CONFIG"]
let mpiInclude =
  Context.environment["MPI_INCLUDE"]
  ?? ["x86_64", "aarch64", "ppc64le"].map { "/usr/include/\($0)-linux-gnu/mpich" }
  .first { FileManager.default.fileExists(atPath: "\($0)/mpi.h") }
let hdf5Library = Context.environment["HDF5_LIBRARY"] ?? "hdf5_mpich"
let hdf5Include =
  Context.environment["HDF5_INCLUDE"]
  ?? ["/usr/include/hdf5/mpich"].first { FileManager.default.fileExists(atPath: "\($0)/hdf5.h") }

// What the program says that it was built from; `./setup` tells. Letters and digits only: it becomes text in a C file.
let commit = (Context.environment["HSDL_MPI_COMMIT"] ?? "").filter { $0.isASCII && ($0.isLetter || $0.isNumber) }

// libtorch: Debian's, or that in a folder with `include` and `lib` (1.13 and 2.x will do).
let libtorch = Context.environment["LIBTORCH"]
let libtorchInclude =
  libtorch.map { ["\($0)/include", "\($0)/include/torch/csrc/api/include"] }
  ?? ["/usr/include/torch/csrc/api/include"]
let libtorchLibrary = libtorch.map { ["-L\($0)/lib", "-Xlinker", "-rpath", "-Xlinker", "\($0)/lib"] } ?? []

let swift: [SwiftSetting] = [
  .unsafeFlags([mpiInclude, hdf5Include].compactMap { $0 }.flatMap { ["-Xcc", "-I\($0)"] }),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  // Debug builds check at run time that accesses to memory do not overlap; in a release they cost a sixth of the time.
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

let package = Package(
  name: "hsdl-mpi",
  products: [
    .executable(name: "hsdl-mpi", targets: ["hsdl-mpi"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
  ],
  targets: [
    .systemLibrary(name: "CMPI", pkgConfig: mpiPackageConfig),
    .systemLibrary(name: "CXML", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(name: "CHDF5", providers: [.apt(["libhdf5-mpich-dev"])]),
    .systemLibrary(name: "CFFTW", pkgConfig: "fftw3", providers: [.apt(["libfftw3-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CSVM", providers: [.apt(["libsvm-dev"])]),
    .target(
      name: "CLightGBM",
      linkerSettings: [
        .linkedLibrary("_lightgbm"), .linkedLibrary("stdc++"),
        .unsafeFlags(["-L\(lightGBM)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(lightGBM)/lib"]),
      ]),
    // Apart, so that another commit makes one small file be compiled again.
    .target(
      name: "CBuild", cSettings: commit.isEmpty ? [] : [.define("HSDL_MPI_COMMIT", to: "\"\(commit)\"")]),
    // Loops that are compiled for each kind of processor; without optimisation they would not be worth having.
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),
    .target(
      name: "CTorch", dependencies: ["CKernels"], cxxSettings: [.unsafeFlags(libtorchInclude.map { "-I\($0)" })],
      linkerSettings: [
        .linkedLibrary("torch"), .linkedLibrary("torch_cpu"), .linkedLibrary("c10"), .linkedLibrary("stdc++"),
        .unsafeFlags(libtorchLibrary),
      ]),

    .target(
      name: "MPI", dependencies: ["CMPI"], swiftSettings: swift,
      linkerSettings: [.linkedLibrary(mpiLibrary)]),

    .target(
      name: "SeismicFormats", dependencies: ["CXML", "CHDF5", "CZlib"], swiftSettings: swift,
      linkerSettings: [.linkedLibrary(hdf5Library)]),

    .target(
      name: "HSDLCompute", dependencies: ["SeismicFormats", "CLightGBM", "CSVM", "CFFTW", "CTorch", "CKernels"],
      swiftSettings: swift),

    .target(
      name: "Worker",
      dependencies: [
        "HSDLCompute", "SeismicFormats", "MPI", .product(name: "Crypto", package: "swift-crypto"),
      ], swiftSettings: swift),

    .target(
      name: "Coordinator",
      dependencies: [
        "Worker", "HSDLCompute", "SeismicFormats", "MPI", "CBuild",
        .product(name: "HeapModule", package: "swift-collections"),
      ], swiftSettings: swift),
    .executableTarget(
      name: "hsdl-mpi",
      dependencies: [
        "Coordinator", "Worker", "HSDLCompute", "SeismicFormats", "MPI",
        .product(name: "ArgumentParser", package: "swift-argument-parser"), .product(name: "Yams", package: "Yams"),
      ], swiftSettings: swift),

    .executableTarget(
      name: "waveform-benchmarks", dependencies: ["HSDLCompute", "SeismicFormats"], path: "Benchmarks/Waveforms",
      swiftSettings: swift),
    .executableTarget(
      name: "network-benchmarks", dependencies: ["HSDLCompute", "SeismicFormats"], path: "Benchmarks/Networks",
      swiftSettings: swift),
    .executableTarget(
      name: "sharing-benchmarks", dependencies: ["Coordinator", "MPI", "SeismicFormats"], path: "Benchmarks/Sharing",
      swiftSettings: swift
    ),

    .target(
      name: "TestSupport", dependencies: ["HSDLCompute", "SeismicFormats"], path: "Tests/TestSupport",
      swiftSettings: swift),
    .target(
      name: "CommunicatorChecks", dependencies: ["MPI"], path: "Tests/CommunicatorChecks",
      swiftSettings: swift),
    .executableTarget(
      name: "communicator-checks", dependencies: ["CommunicatorChecks", "MPI"],
      path: "Tests/communicator-checks", swiftSettings: swift),
    .testTarget(
      name: "MPITests",
      dependencies: ["MPI", "CommunicatorChecks", "TestSupport", "communicator-checks"],
      swiftSettings: swift),
    .target(
      name: "TrainingChecks", dependencies: ["Worker", "HSDLCompute", "SeismicFormats", "MPI"],
      path: "Tests/TrainingChecks", swiftSettings: swift),
    .executableTarget(
      name: "training-checks", dependencies: ["TrainingChecks", "Worker", "HSDLCompute", "MPI"],
      path: "Tests/training-checks", swiftSettings: swift),
    .executableTarget(
      name: "training-benchmarks", dependencies: ["TrainingChecks", "Worker", "HSDLCompute", "MPI"],
      path: "Benchmarks/Training", swiftSettings: swift),
    .testTarget(name: "SeismicFormatsTests", dependencies: ["SeismicFormats", "TestSupport"], swiftSettings: swift),
    .testTarget(
      name: "HSDLComputeTests", dependencies: ["HSDLCompute", "SeismicFormats", "TestSupport"], swiftSettings: swift),
    .testTarget(
      name: "WorkerTests",
      dependencies: [
        "Worker", "HSDLCompute", "SeismicFormats", "MPI", "TestSupport", "TrainingChecks", "training-checks",
      ], swiftSettings: swift),
    .testTarget(
      name: "CoordinatorTests",
      dependencies: ["Coordinator", "Worker", "HSDLCompute", "SeismicFormats", "MPI", "TestSupport"],
      swiftSettings: swift),
    .testTarget(
      name: "CommandLineTests", dependencies: ["TestSupport", "hsdl-mpi"], swiftSettings: swift),
    .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: swift),
  ],
  // The headers of libtorch 1.13 are C++17; those of the newest want C++20, and the ones between take either.
  cxxLanguageStandard: libtorch == nil ? .cxx17 : .cxx20
)
