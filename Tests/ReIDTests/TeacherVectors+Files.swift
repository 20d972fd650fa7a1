import Network

@testable import ReID

extension TeacherVectors {
  /// The vectors of these pictures, as from a file of `vectors` and labels that name the pictures in this order.
  init(_ vectors: [String: [Float]], inOrderOf files: [String]) throws {
    try self.init(
      WeightsFile(tensors: vectors.mapValues { .init(shape: [$0.count], values: $0) }),
      for: CropLabels(
        parsing: "file,identity,camera,index\n" + files.map { "\($0),anna,A,0\n" }.joined(),
        file: "labels.csv"))
  }
}
