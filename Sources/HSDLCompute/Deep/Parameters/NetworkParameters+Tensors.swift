public import SeismicFormats

extension NetworkParameters {
  /// The most names that an error lists.
  private static let listLimit = 4

  /// Takes over named tensors, as files of weights hold them.
  ///
  /// All or nothing: where an error is thrown, no number has changed. Counters of batches (`….num_batches_tracked`), which nothing
  /// depends on, are passed over.
  ///
  /// - Parameters:
  ///   - tensors: names and tensors, in any order; each tensor of ``layout`` once, and no others.
  ///   - source: where they come from, for messages.
  /// - Throws: ``ComputeError`` that names the first tensor of the layout that is missing or of another shape, with both shapes; the first
  ///   that holds a number that is not finite; tensors that have no place in the layout.
  public func take(_ tensors: [(name: String, array: NumericArray)], from source: String) throws {
    func failure(_ reason: String) -> ComputeError { .badModel(reason: "\(source): \(reason)") }
    var places: [String: Int] = [:]
    for (place, tensor) in tensors.enumerated() {
      guard places.updateValue(place, forKey: tensor.name) == nil else {
        throw failure("tensor \(quoted(tensor.name)) stands twice; expected each once")
      }
    }
    var isUsed = [Bool](repeating: false, count: tensors.count)
    var order: [Int] = []
    for wanted in layout {
      let expected = "expected the shape \(NumericArray.text(of: wanted.shape))"
      guard let place = places[wanted.name] else {
        let known = "; " + Self.list(tensors.map(\.name), "it has")
        throw failure("there is no tensor \(quoted(wanted.name)); \(expected)\(tensors.isEmpty ? "" : known)")
      }
      let array = tensors[place].array
      guard array.shape == wanted.shape, array.values.count == wanted.count else {
        throw failure("tensor \(quoted(wanted.name)) has the shape \(array.shapeText); \(expected)")
      }
      isUsed[place] = true
      order.append(place)
    }
    for (wanted, place) in zip(layout, order) {
      let values = tensors[place].array.values
      if let index = values.firstIndex(where: { !$0.isFinite }) {
        throw failure(
          "tensor \(quoted(wanted.name)) holds \(values[index]) as its number \(index); expected finite numbers")
      }
    }
    let others = tensors.indices.filter { !isUsed[$0] }.map { tensors[$0].name }.filter {
      $0 != "num_batches_tracked" && !$0.hasSuffix(".num_batches_tracked")
    }
    guard others.isEmpty else {
      throw failure("\(Self.list(others, "there is no place in the network for")); is it of another network?")
    }
    for (index, place) in order.enumerated() {
      _ = values(index).update(fromContentsOf: tensors[place].array.values)
    }
  }

  private static func list(_ names: [String], _ what: String) -> String {
    let some = names.prefix(listLimit).map(quoted).joined(separator: ", ")
    let rest = names.count - listLimit
    return "\(what) \(some)" + (rest > 0 ? " and \(rest) more" : "")
  }

  /// All tensors with their names, in the order of the layout: what a file of weights holds.
  public var tensors: [(name: String, array: NumericArray)] {
    layout.indices.map { (layout[$0].name, NumericArray(shape: layout[$0].shape, values: Array(values($0)))) }
  }
}
