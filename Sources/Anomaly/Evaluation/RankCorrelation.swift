/// Spearman's ρ: how alike two orders of the same things are, -1…1; ties share their mean rank.
///
/// 0 where there is no order in one of them.
func rankCorrelation(_ a: [Float], _ b: [Float]) -> Double {
  precondition(a.count == b.count, "\(a.count) values against \(b.count)")
  let (p, q) = (meanRanks(a), meanRanks(b))
  let middle = Double(a.count - 1) / 2
  var (products, squaresA, squaresB) = (0.0, 0.0, 0.0)
  for (x, y) in zip(p, q) {
    products += (x - middle) * (y - middle)
    squaresA += (x - middle) * (x - middle)
    squaresB += (y - middle) * (y - middle)
  }
  return squaresA > 0 && squaresB > 0 ? products / (squaresA * squaresB).squareRoot() : 0
}

private func meanRanks(_ values: [Float]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = [Double](repeating: 0, count: values.count)
  var first = 0
  while first < order.count {
    var last = first
    while last + 1 < order.count, values[order[last + 1]] == values[order[first]] { last += 1 }
    for position in first...last { ranks[order[position]] = Double(first + last) / 2 }
    first = last + 1
  }
  return ranks
}
