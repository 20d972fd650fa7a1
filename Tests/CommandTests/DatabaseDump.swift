import Foundation
import GRDB

/// All rows of an alert database as text, but for those that say which database it is and how often it was written.
func dump(_ path: String) throws -> String {
  try DatabaseQueue(path: path).read { database in
    let tables = try String.fetchAll(
      database,
      sql: """
        SELECT name FROM sqlite_schema WHERE type = 'table'
          AND name NOT IN ('store', 'alert_log', 'sqlite_sequence') ORDER BY name
        """)
    return try tables.map { table in
      let rows = try Row.fetchAll(database, sql: "SELECT * FROM \(table)").map { "  \($0)\n" }
      return "\(table)\n" + rows.sorted().joined()
    }.joined()
  }
}

/// The files of a media folder by their path in it, but for those that say whose it is.
func pictures(of databasePath: String) throws -> [String: Data] {
  let folder = URL(filePath: databasePath + ".media")
  let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
  return Dictionary(
    uniqueKeysWithValues: names.filter { $0.contains("/") }.compactMap { name in
      (try? Data(contentsOf: folder.appending(path: name))).map { (name, $0) }
    })
}
