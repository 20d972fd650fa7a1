public import Foundation
public import Network

/// What a stronger network makes of each crop: one vector a crop, at length 1.
///
/// They come from a safetensors file with one tensor a picture, named as the label file names the picture; tensors of other
/// pictures are passed over.
public struct TeacherVectors: Sendable {
  /// [N, D], one row a crop.
  let values: [Float]
  /// D.
  let dimension: Int

  /// Reads the vectors of the crops of `labels`, in their order.
  ///
  /// - Throws: `NetworkError`: where the file is not sound, where a picture has no vector, where one is not of the others'
  ///   length, is zero or no number.
  public init(contentsOf file: URL, for labels: CropLabels) throws(NetworkError) {
    try self.init(WeightsFile(contentsOf: file), for: labels)
  }

  init(_ file: WeightsFile, for labels: CropLabels) throws(NetworkError) {
    func invalid(_ reason: String) -> NetworkError { .invalidWeights(file: file.source, reason: reason) }
    var values: [Float] = []
    var dimension: Int?
    for crop in labels.crops {
      guard let vector = file.tensors[crop.file]?.values else {
        throw invalid("has no vector of \(crop.file), which \(labels.source):\(crop.line) labels")
      }
      let expected = dimension ?? vector.count
      guard vector.count == expected, expected > 0 else {
        throw invalid("has \(vector.count) numbers of \(crop.file), and \(expected) of others")
      }
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length.isFinite, length > 0 else {
        throw invalid("gives \(crop.file) a vector that points nowhere: all 0, or no numbers")
      }
      dimension = expected
      values += vector.map { $0 / length }
    }
    self.values = values
    self.dimension = dimension ?? 0
  }

  /// 16 hexadecimal digits that other vectors are unlikely to give.
  var digest: String {
    var hash = FNVHash()
    for value in values { hash.mix(UInt64(value.bitPattern)) }
    return hash.hexDigits
  }
}
