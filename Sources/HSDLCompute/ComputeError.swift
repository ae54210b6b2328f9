/// What a method can object to.
public enum ComputeError: Error, Equatable, Sendable {
  /// There is no feature of this name.
  case unknownFeature(name: String)
  /// A model cannot be trained on these data.
  case cannotTrain(reason: String)
  /// LightGBM reported an error.
  case lightGBM(call: String, text: String)
  /// libtorch reported an error.
  case torch(call: String, text: String)
  /// The text of a model is not what it should be.
  case badModel(reason: String)
  /// Travel times cannot be computed in an Earth model.
  case badEarthModel(reason: String)
}

extension ComputeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownFeature(let name):
      "there is no feature '\(name)'; known are \(FeatureSet.picks.names.joined(separator: ", ")) and others that `features` writes, and the sets "
        + FeatureSet.named.map(\.name).joined(separator: ", ")
    case .cannotTrain(let reason): "a model cannot be trained: \(reason)"
    case .lightGBM(let call, let text): "LightGBM failed in \(call): \(text)"
    case .torch(let call, let text): "libtorch failed in \(call): \(text)"
    case .badModel(let reason): "the model cannot be read: \(reason)"
    case .badEarthModel(let reason): "there are no travel times in this Earth model: \(reason)"
    }
  }
}
