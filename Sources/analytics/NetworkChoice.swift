import ArgumentParser

/// A network that is measured alone, as the command line names it.
enum NetworkChoice: String, ExpressibleByArgument, CaseIterable {
  case stae, convae
}
