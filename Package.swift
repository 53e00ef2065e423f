// swift-tools-version: 6.2
// One binary, `gand`, and the targets it is made of. Arrows may only point the way the README's map shows.
import PackageDescription

/// The settings of every Swift target: Swift 6, warnings are errors, and `unsafe` marks every call into C.
/// `-fno-math-errno` lets `squareRoot()` vectorise.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .unsafeFlags(["-Xcc", "-fno-math-errno"]),
]

/// What the targets that compute are compiled for: the processors of the last ten years, with AVX2 and fused
/// multiply-adds.
#if arch(x86_64)
    let processor = ["-march=x86-64-v3"]
#else
    let processor: [String] = []
#endif

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")

let package = Package(
    name: "gand",
    products: [.executable(name: "gand", targets: ["gand"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CEpoll"),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "COneDNN"),
        .systemLibrary(name: "COpenSSL"),
        .systemLibrary(name: "CZlib"),
        .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),
        // Without contractions: what is rounded must not depend on the processor.
        .target(name: "CKernels", cxxSettings: [.unsafeFlags(processor + ["-ffp-contract=off"])]),
        .target(name: "HTTP", dependencies: ["CEpoll", "COpenSSL", "CZlib", httpTypes]),
        .target(name: "Formats", dependencies: ["CSimdjson"]),
        .target(name: "NeuralNetwork", dependencies: ["COneDNN", "CKernels"]),
        .target(name: "GAN", dependencies: ["NeuralNetwork", "Formats"]),
        .target(
            name: "Models",
            dependencies: [
                "GAN", "NeuralNetwork", "Formats", "COpenSSL", logging, .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        // A target of its own, for the page's bytes take the compiler longer than the rest of the service does.
        .target(
            name: "Dashboard", path: "Sources/Service/Dashboard",
            resources: ["page.html", "style.css", "api.js", "charts.js", "tables.js", "script.js", "report.css"].map {
                .embedInCode($0)
            }),
        .target(
            name: "Service",
            dependencies: [
                "Dashboard", "HTTP", "Models", "GAN", "Formats", httpTypes, logging,
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            exclude: ["Dashboard"]),
        .target(name: "Client", dependencies: ["HTTP", "Formats"]),
        .executableTarget(
            name: "gand",
            dependencies: [
                "CMalloc", "Service", "Client", "Models", "GAN", "NeuralNetwork", "HTTP", "Formats", logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        .executableTarget(name: "benchmark-json", dependencies: ["Formats"], path: "Benchmarks/JSON"),
        .executableTarget(name: "benchmark-records", dependencies: ["GAN", "Formats"], path: "Benchmarks/Records"),
        .executableTarget(
            name: "benchmark-steps", dependencies: ["GAN", "NeuralNetwork", "Formats"], path: "Benchmarks/Steps"),
        .executableTarget(
            name: "benchmark-toys", dependencies: ["GAN", "NeuralNetwork", "Formats"], path: "Benchmarks/Toys"),
        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .testTarget(name: "NeuralNetworkTests", dependencies: ["NeuralNetwork", "TestSupport"]),
        .testTarget(name: "GANTests", dependencies: ["GAN", "NeuralNetwork", "Formats", "TestSupport"]),
        .testTarget(name: "FormatsTests", dependencies: ["Formats", "TestSupport"]),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP", httpTypes]),
        .testTarget(
            name: "ModelsTests",
            dependencies: [
                "Models", "GAN", "Formats", "TestSupport", logging, .product(name: "GRDB", package: "GRDB.swift"),
            ], exclude: ["Versions"]),
        .testTarget(name: "ClientTests", dependencies: ["Client", "Formats", "HTTP"]),
        .testTarget(name: "ServiceTests", dependencies: ["Service", "HTTP", "TestSupport", httpTypes, logging]),
        .testTarget(
            name: "EndToEndTests", dependencies: ["gand", "Service", "Client", "Formats", "HTTP", "TestSupport"]),
    ]
)

for target in package.targets where target.type != .system && !["CSimdjson", "CKernels"].contains(target.name) {
    target.swiftSettings = settings
    // A matrix hands out spans of its own room.
    if target.name == "NeuralNetwork" { target.swiftSettings?.append(.enableExperimentalFeature("Lifetimes")) }
    if ["NeuralNetwork", "GAN"].contains(target.name) {
        target.swiftSettings?.append(.unsafeFlags(processor.flatMap { ["-Xcc", $0] }))
    }
}

// Reads what anybody may send: `make fuzz`. It links only where all is built for libFuzzer, which has a main of its own.
if Context.environment["GAND_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz",
            dependencies: ["Service", "HTTP", "Models", "GAN", "NeuralNetwork", "Formats", httpTypes, logging],
            path: "Tests/Fuzz/Data", swiftSettings: [.swiftLanguageMode(.v6)]))
}
