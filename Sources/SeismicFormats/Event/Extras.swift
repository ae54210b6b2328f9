/// What stood in a file and has no place in the value types, kept so that it is written out again.
public struct Extras: Hashable, Sendable {
  /// Attributes that the type does not know.
  public var attributes: [ForeignAttribute] = []
  /// Elements that the type does not know, or that could not be understood.
  public var elements: [ForeignElement] = []

  /// Creates an empty collection.
  public init() {}

  /// Whether nothing is kept.
  public var isEmpty: Bool { attributes.isEmpty && elements.isEmpty }
}

/// An XML attribute that is kept as it stood.
public struct ForeignAttribute: Hashable, Sendable {
  /// The name without its prefix.
  public var name: String
  /// The prefix; nil where the attribute has none.
  public var prefix: String?
  /// The namespace that the prefix stands for.
  public var namespace: String?
  /// The value.
  public var value: String

  /// Creates an attribute.
  public init(name: String, prefix: String? = nil, namespace: String? = nil, value: String) {
    self.name = name
    self.prefix = prefix
    self.namespace = namespace
    self.value = value
  }
}

/// An XML element that is kept as it stood, with everything in it.
public struct ForeignElement: Hashable, Sendable {
  /// The name without its prefix.
  public var name: String
  /// The prefix; nil where the element has none.
  public var prefix: String?
  /// The namespace; nil where it is the one of the surrounding document.
  public var namespace: String?
  /// The attributes.
  public var attributes: [ForeignAttribute] = []
  /// The text before the first child, white space at both ends removed.
  public var text: String = ""
  /// The child elements.
  public var children: [ForeignElement] = []

  /// Creates an element.
  public init(name: String, prefix: String? = nil, namespace: String? = nil, text: String = "") {
    self.name = name
    self.prefix = prefix
    self.namespace = namespace
    self.text = text
  }
}
