// swift-tools-version: 6.2
import PackageDescription

/// Continuous integration refuses warnings; a stranger with a newer compiler is not held up by them.
let warningsAreErrors: [SwiftSetting] =
  Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

let strict: [SwiftSetting] =
  warningsAreErrors + [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]

/// Modules that walk over pixels are optimised in debug builds too: their tests run real networks on real footage.
let numeric: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// Kernels are optimised in debug builds too. No flag that would let results differ between two builds of one source.
let optimisedC: [CSetting] = [
  .unsafeFlags(["-O3", "-std=gnu17", "-Wall", "-Wextra", "-fno-math-errno", "-ffp-contract=fast"])
]

/// Pictures are scaled alike on all processors, whether they fuse a product and a sum or not.
let unfusedC: [CSetting] = [.unsafeFlags(["-O3", "-std=gnu17", "-Wall", "-Wextra", "-ffp-contract=off"])]

/// Names another oneDNN than the system's, such as ":libdnnl.so.3"; see scripts/test-onednn-3.
let oneDNN = Context.environment["ANALYTICS_ONEDNN_LIBRARY"] ?? "dnnl"

let package = Package(
  name: "analytics",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "analytics", targets: ["analytics"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "3.12.3"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CFFmpeg", pkgConfig: "libavformat libavcodec libavutil libswscale",
      providers: [.apt(["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev"])]),
    .target(
      name: "COneDNN", cSettings: optimisedC,
      linkerSettings: [.linkedLibrary(oneDNN), .linkedLibrary("gomp")]),
    .target(name: "CProcessor", cSettings: optimisedC),
    .target(
      name: "CKernels", dependencies: ["CProcessor"], cSettings: optimisedC,
      linkerSettings: [.linkedLibrary("m")]),
    .target(
      name: "CMotion", dependencies: ["CProcessor"], cSettings: optimisedC,
      linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CPictures", dependencies: ["CProcessor"], cSettings: unfusedC),
    .target(name: "SystemReason", swiftSettings: strict),
    .target(
      name: "Network",
      dependencies: [
        "COneDNN", "CKernels", "SystemReason", .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: numeric),
    .target(
      name: "Decode", dependencies: ["CFFmpeg", "CMotion", "CPictures", "SystemReason"],
      swiftSettings: numeric),
    .target(name: "Anomaly", dependencies: ["Network", "Decode", "SystemReason"], swiftSettings: numeric),
    .target(name: "ReID", dependencies: ["Network", "Decode", "SystemReason"], swiftSettings: numeric),
    .target(
      name: "Store",
      dependencies: ["SystemReason", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: strict),
    .target(
      name: "Daemon",
      dependencies: [
        "Anomaly", "ReID", "Store", "Decode", "Network", "SystemReason",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "analytics",
      dependencies: [
        "Daemon", "Anomaly", "ReID", "Store", "Network", "Decode", "SystemReason",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),

    .target(name: "TestKit", path: "Tests/TestKit", swiftSettings: strict),
    .testTarget(
      name: "NetworkTests", dependencies: ["CKernels", "Network", "TestKit"], swiftSettings: strict),
    .testTarget(name: "DecodeTests", dependencies: ["Decode", "TestKit"], swiftSettings: strict),
    .testTarget(name: "AnomalyTests", dependencies: ["Anomaly", "TestKit"], swiftSettings: numeric),
    .testTarget(
      name: "ReIDTests", dependencies: ["ReID", "Network", "TestKit"], swiftSettings: numeric),
    .testTarget(
      name: "StoreTests",
      dependencies: ["Store", "TestKit", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: strict),
    .testTarget(
      name: "DaemonTests",
      dependencies: [
        "Daemon", "Anomaly", "Store", "Decode", "Network", "TestKit",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "analytics", "Anomaly", "Decode", "Network", "Store", "TestKit",
        .product(name: "GRDB", package: "GRDB.swift"),
      ], swiftSettings: strict),
  ]
)
