/// The elements below one element of a document, in memory that is used again for the next.
///
/// Names are numbered as they first appear; for the names that QuakeML knows, the number of the tag is kept beside.
final class XMLTree {
  struct Node {
    var tag: QuakeMLTag
    var name: Int32
    /// The prefix as a name, -1 for none.
    var prefix: Int32
    /// The namespace as a name, -1 where the element belongs to QuakeML itself.
    var namespace: Int32
    var line: Int32
    var firstChild: Int32 = -1
    var lastChild: Int32 = -1
    var nextSibling: Int32 = -1
    var textStart: Int32
    var textEnd: Int32
    var attributeStart: Int32
    var attributeEnd: Int32
  }

  struct Attribute {
    var tag: QuakeMLTag
    var name: Int32
    var prefix: Int32
    var namespace: Int32
    var valueStart: Int32
    var valueEnd: Int32
  }

  private(set) var nodes: ContiguousArray<Node> = []
  private(set) var attributes: ContiguousArray<Attribute> = []
  private var text: UnsafeMutableBufferPointer<UInt8> = .allocate(capacity: 1 << 16)
  private var textCount = 0
  private(set) var names: [String] = []
  /// Names that the document does not have.
  private var ownNames: [String: Int32] = [:]

  deinit { text.deallocate() }

  /// Bytes of memory that the present content takes.
  var byteCount: Int {
    textCount + nodes.count * MemoryLayout<Node>.stride + attributes.count * MemoryLayout<Attribute>.stride
  }

  // MARK: Building

  func removeAll() {
    nodes.removeAll(keepingCapacity: true)
    attributes.removeAll(keepingCapacity: true)
    textCount = 0
  }

  func addName(_ name: String) -> Int32 {
    names.append(name)
    return Int32(names.count - 1)
  }

  func addNode(_ node: Node, parent: Int32) -> Int32 {
    let index = Int32(nodes.count)
    nodes.append(node)
    if parent >= 0 {
      let last = nodes[Int(parent)].lastChild
      if last >= 0 { nodes[Int(last)].nextSibling = index } else { nodes[Int(parent)].firstChild = index }
      nodes[Int(parent)].lastChild = index
    }
    return index
  }

  func addAttribute(_ attribute: Attribute) { attributes.append(attribute) }

  /// Has an element decoded as another.
  func setTag(_ node: Int32, _ tag: QuakeMLTag) { nodes[Int(node)].tag = tag }

  /// Makes an element one of another namespace.
  func makeForeign(_ node: Int32, prefix: String, namespace: String) {
    nodes[Int(node)].tag = .unknown
    nodes[Int(node)].prefix = ownName(prefix)
    nodes[Int(node)].namespace = ownName(namespace)
  }

  private func ownName(_ name: String) -> Int32 {
    if let number = ownNames[name] { return number }
    let number = addName(name)
    ownNames[name] = number
    return number
  }

  var attributeCount: Int32 { Int32(attributes.count) }
  var textPosition: Int32 { Int32(textCount) }

  func append(text piece: UnsafeBufferPointer<UInt8>) {
    guard let base = piece.baseAddress, piece.count > 0 else { return }
    reserve(piece.count)
    text.baseAddress.map { ($0 + textCount).update(from: base, count: piece.count) }
    textCount += piece.count
  }

  private func reserve(_ more: Int) {
    guard textCount + more > text.count else { return }
    let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(text.count * 2, textCount + more))
    if let from = text.baseAddress, let to = larger.baseAddress { to.update(from: from, count: textCount) }
    text.deallocate()
    text = larger
  }

  func hasText(_ node: Int32) -> Bool { nodes[Int(node)].textEnd > nodes[Int(node)].textStart }

  /// Adds text to an element.
  ///
  /// Text that a child element has interrupted is moved behind the child's.
  func append(text piece: UnsafeBufferPointer<UInt8>, to node: Int32) {
    let (start, end) = (nodes[Int(node)].textStart, nodes[Int(node)].textEnd)
    if Int(end) != textCount {
      let length = Int(end - start)
      nodes[Int(node)].textStart = Int32(textCount)
      reserve(length)
      text.baseAddress.map { ($0 + textCount).update(from: $0 + Int(start), count: length) }
      textCount += length
    }
    append(text: piece)
    nodes[Int(node)].textEnd = Int32(textCount)
  }

  // MARK: Looking

  /// The text of an element, without white space at its ends.
  ///
  /// Valid until the tree changes.
  @inline(__always)
  func bytes(_ node: Int32) -> Bytes {
    let node = nodes[Int(node)]
    return UnsafeBufferPointer(rebasing: text[Int(node.textStart)..<Int(node.textEnd)]).trimmed
  }

  func value(_ attribute: Attribute) -> Bytes {
    UnsafeBufferPointer(rebasing: text[Int(attribute.valueStart)..<Int(attribute.valueEnd)])
  }

  func attributes(_ node: Int32) -> ArraySlice<Attribute> {
    let node = nodes[Int(node)]
    return ArraySlice(attributes[Int(node.attributeStart)..<Int(node.attributeEnd)])
  }

  @inline(__always)
  func children(_ node: Int32) -> Children {
    Children(tree: self, upcoming: nodes[Int(node)].firstChild)
  }

  struct Children: Sequence, IteratorProtocol {
    let tree: XMLTree
    var upcoming: Int32

    @inline(__always)
    mutating func next() -> Int32? {
      guard upcoming >= 0 else { return nil }
      defer { upcoming = tree.nodes[Int(upcoming)].nextSibling }
      return upcoming
    }
  }

  func name(_ number: Int32) -> String { number >= 0 ? names[Int(number)] : "" }

  /// An element and all in it, as it stood.
  func foreign(_ node: Int32) -> ForeignElement {
    let content = nodes[Int(node)]
    var element = ForeignElement(
      name: name(content.name), prefix: content.prefix >= 0 ? name(content.prefix) : nil,
      namespace: content.namespace >= 0 ? name(content.namespace) : nil, text: bytes(node).string)
    element.attributes = attributes(node).map(foreign)
    element.children = children(node).map(foreign)
    return element
  }

  func foreign(_ attribute: Attribute) -> ForeignAttribute {
    ForeignAttribute(
      name: name(attribute.name), prefix: attribute.prefix >= 0 ? name(attribute.prefix) : nil,
      namespace: attribute.namespace >= 0 ? name(attribute.namespace) : nil, value: value(attribute).string)
  }
}
