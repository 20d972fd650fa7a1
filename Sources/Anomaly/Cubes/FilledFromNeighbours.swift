/// The values with each that is missing replaced by the next that is there, or else by the last before it.
func filledFromNeighbours<Value>(_ values: [Value?]) -> [Value?] {
  var filled = values
  for index in filled.indices.reversed().dropFirst() where filled[index] == nil {
    filled[index] = filled[index + 1]
  }
  for index in filled.indices.dropFirst() where filled[index] == nil { filled[index] = filled[index - 1] }
  return filled
}
