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
  /// - Throws: `NetworkError`: where the file is not sound, where a picture has no vector, where one has not as many numbers as
  ///   the others, none, nothing but zeros, or what is no number.
  public init(contentsOf file: URL, for labels: CropLabels) throws(NetworkError) {
    try self.init(WeightsFile(contentsOf: file), for: labels)
  }

  init(_ file: WeightsFile, for labels: CropLabels) throws(NetworkError) {
    func invalid(_ reason: String) -> NetworkError { .invalidWeights(file: file.source, reason: reason) }
    var values: [Float] = []
    var dimension: Int?
    for crop in labels.crops {
      guard let vector = file.tensors[crop.file]?.values else {
        throw invalid(
          "has no vector of \(crop.file), which \(labels.source):\(crop.line) labels; make it of these labels"
        )
      }
      let expected = dimension ?? vector.count
      guard vector.count == expected else {
        throw invalid("has \(vector.count) numbers of \(crop.file), and \(expected) of others; make it anew")
      }
      let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard length.isFinite, length > 0 else {
        throw invalid("has nothing but zeros, or no numbers, of \(crop.file); make it anew")
      }
      dimension = expected
      values += vector.map { Float(Double($0) / length) }
    }
    self.values = values
    self.dimension = dimension ?? 0
  }

  /// N.
  var count: Int { dimension == 0 ? 0 : values.count / dimension }

  /// 16 hexadecimal digits that other vectors are unlikely to give.
  var digest: String {
    var hash = FNVHash()
    for value in values { hash.mix(UInt64(value.bitPattern)) }
    return hash.hexDigits
  }
}
