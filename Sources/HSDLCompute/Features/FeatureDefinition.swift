/// What a feature is.
public struct FeatureDefinition: Hashable, Sendable, Codable {
  /// The column's name.
  public var name: String
  /// The unit; `1` for pure numbers.
  public var unit: String
  /// What it means, in a sentence.
  public var meaning: String
  /// What takes its place where a model needs a number and the feature has none.
  public var imputation: Imputation
  /// How an explanation says it: words, with `%` for the value.
  public var phrase: String
  /// The number of decimals with which an explanation says the value.
  public var decimals: Int

  /// What takes the place of a missing value.
  public enum Imputation: String, Hashable, Sendable, Codable {
    /// Zero: no S pick is as good as one of probability 0.
    case zero
    /// The median of the training data.
    case median
  }

  init(
    _ name: String, unit: String = "1", _ meaning: String, imputation: Imputation = .median, phrase: String,
    decimals: Int = 2
  ) {
    self.name = name
    self.unit = unit
    self.meaning = meaning
    self.imputation = imputation
    self.phrase = phrase
    self.decimals = decimals
  }

  /// The explanation's words for a value.
  public func words(_ value: Double) -> String {
    guard !value.isNaN else { return phrase.replacing("%", with: "missing") }
    return phrase.replacing("%", with: fixed(value, decimals: decimals))
  }
}

/// A number with a fixed number of decimals.
public func fixed(_ value: Double, decimals: Int) -> String {
  guard value.isFinite else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<max(decimals, 0) { scale *= 10 }
  let rounded = (abs(value) * scale).rounded()
  guard rounded < 1e15 else { return "\(value)" }
  let whole = Int(rounded)
  let unit = Int(scale)
  let sign = value < 0 && whole != 0 ? "-" : ""
  guard decimals > 0 else { return "\(sign)\(whole)" }
  let decimalsText = String(whole % unit)
  return "\(sign)\(whole / unit).\(String(repeating: "0", count: decimals - decimalsText.count))\(decimalsText)"
}

extension String {
  func replacing(_ old: Character, with new: String) -> String {
    var result = ""
    for character in self { if character == old { result += new } else { result.append(character) } }
    return result
  }
}
