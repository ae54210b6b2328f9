/// Tells the elements of an XML document by name, those of foreign namespaces left out.
///
/// Names are compared once; afterwards the number that the tree gives each name is enough.
final class ElementNames<Tag: RawRepresentable & CaseIterable> where Tag.RawValue == String {
  private let tree: XMLTree
  private var tags: [Tag?] = []
  private let tagOf: [String: Tag]

  init(_ tree: XMLTree) {
    self.tree = tree
    tagOf = Dictionary(Tag.allCases.map { ($0.rawValue, $0) }) { first, _ in first }
  }

  private func tag(named number: Int32) -> Tag? {
    while tags.count <= Int(number) { tags.append(tagOf[tree.name(Int32(tags.count))]) }
    return tags[Int(number)]
  }

  /// What an element is; nil where its name is not known or not the document's own.
  func tag(_ node: Int32) -> Tag? {
    let content = tree.nodes[Int(node)]
    return content.namespace < 0 ? tag(named: content.name) : nil
  }

  /// The value of an attribute without prefix; nil where it is missing.
  func attribute(_ node: Int32, _ wanted: Tag) -> String? where Tag: Equatable {
    for attribute in tree.attributes(node) where attribute.namespace < 0 && tag(named: attribute.name) == wanted {
      return tree.value(attribute).trimmed.string
    }
    return nil
  }

  /// The first child of a kind; nil where there is none.
  func child(_ node: Int32, _ wanted: Tag) -> Int32? where Tag: Equatable {
    for child in tree.children(node) where tag(child) == wanted { return child }
    return nil
  }

  /// The line that an element begins in.
  func line(_ node: Int32) -> Int { Int(tree.nodes[Int(node)].line) }
}
