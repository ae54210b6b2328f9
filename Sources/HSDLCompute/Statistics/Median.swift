/// The element that would stand at a place if the elements were sorted (Hoare, 1961).
///
/// Reorders the elements.
func select(_ place: Int, _ elements: UnsafeMutableBufferPointer<Double>) -> Double {
  var low = 0
  var high = elements.count - 1
  while low < high {
    // The middle of three keeps sorted input from being slow.
    let middle = low + (high - low) / 2
    if elements[middle] < elements[low] { elements.swapAt(middle, low) }
    if elements[high] < elements[low] { elements.swapAt(high, low) }
    if elements[high] < elements[middle] { elements.swapAt(high, middle) }
    let pivot = elements[middle]
    var left = low
    var right = high
    while left <= right {
      while elements[left] < pivot { left += 1 }
      while elements[right] > pivot { right -= 1 }
      if left <= right {
        elements.swapAt(left, right)
        left += 1
        right -= 1
      }
    }
    if place <= right { high = right } else if place >= left { low = left } else { return elements[place] }
  }
  return elements[place]
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
