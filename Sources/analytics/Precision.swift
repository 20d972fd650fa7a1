import ArgumentParser

/// The numbers that a network computes with, as they are asked for.
enum Precision: String, ExpressibleByArgument, CaseIterable {
  case full, int8
}
