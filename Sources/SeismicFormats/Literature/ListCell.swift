/// A cell that holds a list as Python writes it: `['CNN', 'FC']`, `[64, 64]`, `[]`.
public struct ListCell: Sendable, Hashable {
  /// An item: a word, or a number as it stands.
  public struct Item: Sendable, Hashable {
    /// The word without its quotes, or the number.
    public var text: String
    /// Whether it is a number.
    public var isNumber: Bool

    /// Creates an item.
    public init(_ text: String, isNumber: Bool = false) {
      self.text = text
      self.isNumber = isNumber
    }
  }

  /// The items.
  public var items: [Item] = []

  /// A list of words.
  public init(words: [String] = []) { items = words.map { Item($0) } }

  /// A list of items.
  public init(_ items: [Item]) { self.items = items }

  /// The words and numbers as text.
  public var words: [String] { items.map(\.text) }

  /// The list as Python writes it.
  public var text: String {
    "["
      + items.map { item in
        if item.isNumber { return item.text }
        let quote: Character = item.text.contains("'") && !item.text.contains("\"") ? "\"" : "'"
        var text = ""
        for character in item.text {
          if character == "\\" || character == quote { text.append("\\") }
          text.append(character)
        }
        return "\(quote)\(text)\(quote)"
      }.joined(separator: ", ") + "]"
  }
}

extension ListCell {
  /// Reads a cell, whatever is wrong with it.
  ///
  /// - Returns: what could be read, and what is wrong, in words; nothing when all is well.
  public static func read(_ cell: String) -> (list: ListCell, faults: [String]) {
    var reader = Reader(Array(cell.unicodeScalars))
    reader.read()
    return (ListCell(reader.items), reader.faults)
  }

  private struct Reader {
    let scalars: [Unicode.Scalar]
    var index = 0
    var items: [Item] = []
    var faults: [String] = []

    init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

    var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    mutating func skipBlanks() {
      while let scalar = current, scalar.properties.isWhitespace { index += 1 }
    }

    mutating func fault(_ words: String) { if !faults.contains(words) { faults.append(words) } }

    mutating func read() {
      skipBlanks()
      let opens = current == "["
      if opens { index += 1 }
      var closes = false
      var expectsItem = false
      while true {
        skipBlanks()
        guard let scalar = current else { break }
        if scalar == "]" {
          index += 1
          closes = true
          break
        }
        if scalar == "," {
          fault("an item is empty")
          index += 1
          continue
        }
        item(scalar, opens: opens)
        skipBlanks()
        expectsItem = current == ","
        if expectsItem {
          index += 1
        } else if let next = current, next != "]" {
          fault("a comma is missing")
        }
      }
      if expectsItem, !closes { fault("it ends with a comma") }
      switch (opens, closes) {
      case (true, false): fault("the closing bracket is missing")
      case (false, true): fault("the opening bracket is missing")
      case (false, false): fault("it has lost its brackets")
      case (true, true): break
      }
      skipBlanks()
      if index < scalars.count {
        fault("something stands behind the list: \(quoted(String(String.UnicodeScalarView(scalars[index...]))))")
      }
    }

    private mutating func item(_ first: Unicode.Scalar, opens: Bool) {
      if first == "'" || first == "\"" {
        index += 1
        items.append(Item(word(upTo: first)))
        return
      }
      if first == "[" {
        fault("a list stands in the list")
        index += 1
        return
      }
      var text = String.UnicodeScalarView()
      while let scalar = current, scalar != ",", scalar != "]" {
        text.append(scalar)
        index += 1
      }
      while let last = text.last, last.properties.isWhitespace { text.removeLast() }
      let word = String(text)
      var copy = word
      if copy.withUTF8({ parseDecimal($0) }) != nil {
        items.append(Item(word, isNumber: true))
        return
      }
      // A cell without brackets and quotes is one word.
      if opens { fault("\(quoted(word)) stands without quotes") }
      items.append(Item(word))
    }

    /// The text up to the quote that ends it: the one behind which a comma, a bracket or nothing stands.
    private mutating func word(upTo quote: Unicode.Scalar) -> String {
      var text = String.UnicodeScalarView()
      while let scalar = current {
        index += 1
        if scalar == "\\", let next = current {
          index += 1
          text.append(next)
        } else if scalar == quote {
          let place = index
          skipBlanks()
          if let next = current, next != ",", next != "]" {
            fault("a quote stands in a word")
            text.append(scalar)
            index = place
            continue
          }
          index = place
          return String(text)
        } else {
          text.append(scalar)
        }
      }
      fault("a quote is not closed")
      if text.last == "]" { text.removeLast() }
      return String(text)
    }
  }
}
