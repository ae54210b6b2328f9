/// Features of events, one row each.
///
/// Missing values are NaN.
public struct FeatureTable: Sendable {
  /// What the columns are.
  public var features: FeatureSet
  /// The events' identifiers.
  public private(set) var ids: [String] = []
  /// Whether each event is real (1) or fake (0); empty when that is not known.
  public private(set) var labels: [UInt8] = []
  /// The values, row by row.
  public private(set) var values: [Double] = []

  /// Creates an empty table.
  public init(features: FeatureSet) { self.features = features }

  /// Creates a table.
  ///
  /// - Parameter values: row by row, `ids.count * features.count` numbers.
  public init(features: FeatureSet, ids: [String], labels: [UInt8], values: [Double]) {
    self.features = features
    self.ids = ids
    self.labels = labels
    self.values = values
  }

  /// The number of events.
  public var count: Int { ids.count }
  /// The number of columns.
  public var width: Int { features.count }

  /// Adds an event.
  public mutating func append(id: String, label: UInt8?, values row: some Sequence<Double>) {
    ids.append(id)
    if let label { labels.append(label) }
    values.append(contentsOf: row)
  }

  /// The values of an event.
  public func row(_ index: Int) -> ArraySlice<Double> { values[index * width..<(index + 1) * width] }

  /// The values of a feature.
  public func column(_ place: Int) -> [Double] {
    stride(from: place, to: values.count, by: max(width, 1)).map { values[$0] }
  }

  /// The table with other features, all of which it must have.
  ///
  /// - Throws: ``ComputeError`` with `unknownFeature`.
  public func selecting(_ features: FeatureSet) throws -> FeatureTable {
    if features == self.features { return self }
    let places = try features.places(in: self.features)
    var selected = [Double]()
    selected.reserveCapacity(count * features.count)
    for row in 0..<count { for place in places { selected.append(values[row * width + place]) } }
    return FeatureTable(features: features, ids: ids, labels: labels, values: selected)
  }

  /// The table with some of its rows, in the order given.
  public func rows(_ indices: some Sequence<Int>) -> FeatureTable {
    var table = FeatureTable(features: features)
    for index in indices {
      table.append(id: ids[index], label: labels.isEmpty ? nil : labels[index], values: row(index))
    }
    return table
  }

  /// The table in the order of identifiers.
  public func sorted() -> FeatureTable {
    rows(ids.indices.sorted { ids[$0] < ids[$1] })
  }
}
