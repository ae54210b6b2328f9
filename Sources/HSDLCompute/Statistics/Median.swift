/// The element that would stand at a place if the elements were sorted (Hoare, 1961).
///
/// Reorders the elements.
func select(_ place: Int, _ elements: UnsafeMutableBufferPointer<Double>) -> Double {
  guard let base = elements.baseAddress else { return .nan }
  var low = 0
  var high = elements.count - 1
  while low < high {
    // The middle of three keeps sorted input from being slow.
    let middle = low + (high - low) / 2
    let (a, b, c) = (base[low], base[middle], base[high])
    let pivot = max(min(a, b), min(max(a, b), c))
    let less = partition(base, low, high) { $0 < pivot }
    if place < less {
      high = less - 1
      continue
    }
    let notGreater = partition(base, less, high) { $0 <= pivot }
    // A pivot that is no number is found nowhere.
    if place < notGreater || notGreater == low { return pivot }
    low = notGreater
  }
  return base[place]
}

/// Moves the elements from `low` to `high` that fulfil a condition before the others; returns where the others begin.
///
/// Without a branch on the condition, which no processor could foresee (Lomuto's scheme).
@inline(__always)
private func partition(
  _ base: UnsafeMutablePointer<Double>, _ low: Int, _ high: Int, where condition: (Double) -> Bool
) -> Int {
  var border = low
  for index in low...high {
    let value = base[index]
    base[index] = base[border]
    base[border] = value
    border += condition(value) ? 1 : 0
  }
  return border
}

/// The median; of an even number of elements the mean of the middle two.
///
/// NaN of none. Reorders the elements.
func median(_ elements: UnsafeMutableBufferPointer<Double>) -> Double {
  let count = elements.count
  guard count > 0 else { return .nan }
  let upper = select(count / 2, elements)
  if count % 2 == 1 { return upper }
  var lower = elements[0]
  for index in 1..<max(count / 2, 1) { lower = max(lower, elements[index]) }
  return (lower + upper) / 2
}

/// The median of an array; NaN of none.
public func median(_ values: [Double]) -> Double {
  var values = values
  return values.withUnsafeMutableBufferPointer { median($0) }
}

/// The median distance from the median; NaN of none.
///
/// Not scaled to the standard deviation.
public func medianAbsoluteDeviation(_ values: [Double]) -> Double {
  let center = median(values)
  return median(values.map { abs($0 - center) })
}
