/// The median; of an even number of elements the mean of the middle two.
///
/// NaN of none, or of a NaN. Afterwards the memory holds some of the elements, and some of them twice.
func median(_ elements: UnsafeMutableBufferPointer<Double>) -> Double {
  let count = elements.count
  guard let base = elements.baseAddress, count > 0 else { return .nan }
  let lower: Double
  let upper: Double
  if areFinite(base, count) {
    (lower, upper) = neighbours(base, count, count / 2)
  } else {
    for index in 0..<count where base[index].isNaN { return .nan }
    var sorted = elements
    sorted.sort()
    (lower, upper) = (base[max(count / 2 - 1, 0)], base[count / 2])
  }
  // The same infinity twice is itself.
  return count % 2 == 1 || lower == upper ? upper : (lower + upper) / 2
}

/// The elements that would stand at the place before a place and at the place itself if the elements were sorted.
///
/// Quickselect (Hoare, 1961), with the sign of a difference in place of a comparison: a branch that no processor could
/// foresee would cost more than the rest. The elements must be finite. Changes them.
private func neighbours(
  _ base: UnsafeMutablePointer<Double>, _ total: Int, _ wanted: Int
) -> (lower: Double, upper: Double) {
  var count = total
  var place = wanted
  // The largest of the elements that are known to stand before those that are left.
  var before = base[0]
  while count > 16 {
    // The middle of three keeps sorted input from being slow.
    let (a, b, c) = (base[0], base[count / 2], base[count - 1])
    let pivot = max(min(a, b), min(max(a, b), c))
    let less = countLess(base, count, pivot)
    let notGreater = count - countGreater(base, count, pivot)
    if place < less {
      var kept = 0
      for index in 0..<count {
        let value = base[index]
        base[kept] = value
        kept &+= isNegative(value - pivot)
      }
      count = less
    } else if place < notGreater {
      guard place == less else { return (pivot, pivot) }
      guard less > 0 else { return (before, pivot) }
      var lower = -Double.infinity
      for index in 0..<count where base[index] < pivot { lower = max(lower, base[index]) }
      return (lower, pivot)
    } else {
      var kept = 0
      for index in 0..<count {
        let value = base[index]
        base[kept] = value
        kept &+= isNegative(pivot - value)
      }
      count -= notGreater
      place -= notGreater
      before = pivot
    }
  }
  var lower = before
  var upper = before
  for index in 0..<count {
    let value = base[index]
    let less = countLess(base, count, value)
    let notGreater = count - countGreater(base, count, value)
    if less <= place && place < notGreater { upper = value }
    if less < place && place <= notGreater { lower = value }
  }
  return (lower, upper)
}

/// 1 for a number below zero, else 0; not for -0.
@inline(__always)
private func isNegative(_ value: Double) -> Int { Int(truncatingIfNeeded: value.bitPattern >> 63) }

@inline(__always)
private func countLess(_ base: UnsafeMutablePointer<Double>, _ count: Int, _ pivot: Double) -> Int {
  var result = 0
  for index in 0..<count { result &+= isNegative(base[index] - pivot) }
  return result
}

@inline(__always)
private func countGreater(_ base: UnsafeMutablePointer<Double>, _ count: Int, _ pivot: Double) -> Int {
  var result = 0
  for index in 0..<count { result &+= isNegative(pivot - base[index]) }
  return result
}

@inline(__always)
private func areFinite(_ base: UnsafeMutablePointer<Double>, _ count: Int) -> Bool {
  // An exponent of all ones carries into the sign.
  var carries: UInt64 = 0
  for index in 0..<count {
    carries |= (base[index].bitPattern & 0x7FF0_0000_0000_0000) &+ 0x0010_0000_0000_0000
  }
  return carries >> 63 == 0
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
