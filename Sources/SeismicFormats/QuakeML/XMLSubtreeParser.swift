import CXML

/// Reads a document piece by piece and hands out the elements at a certain depth, one at a time.
///
/// Memory is bounded by the largest such element. Document type declarations are refused, so there are no entities
/// that could grow or fetch anything.
final class XMLSubtreeParser {
  /// What the parser found above the wanted depth.
  struct Opening {
    var name: String
    var namespace: String?
    var attributes: [ForeignAttribute]
    var depth: Int
    var line: Int
  }

  /// The largest element at the wanted depth, in bytes.
  static let sizeLimit = 256 << 20
  /// How deep elements may be nested; libxml2 keeps to the same limit where it builds a tree.
  static let depthLimit = 256

  /// What the namespace of the document's own elements begins with; elements of others count as foreign.
  ///
  /// May be set until the first wanted element begins. Elements without a namespace are always the document's own.
  var nativeNamespace = "http://quakeml.org/xmlns/"

  private let file: String
  private let depth: Int
  private let onOpening: (Opening) throws -> Void
  private let onSubtree: (XMLTree, Int32) throws -> Void
  private let tree = XMLTree()

  private var context: xmlParserCtxtPtr?
  private var open: [Int32] = []
  private var level = 0
  private var failure: (any Error)?
  private var sawEnd = false
  private var tagOf: [String: QuakeMLTag] = [:]
  private var tags: [QuakeMLTag] = []

  /// Names come as pointers into the parser's own dictionary: equal names have equal pointers.
  private struct CachedName {
    var pointer: UnsafePointer<UInt8>?
    var number: Int32 = -1
  }
  private var cache = [CachedName](repeating: CachedName(), count: 1024)
  private var numbers: [UnsafePointer<UInt8>: Int32] = [:]
  private var namespaces: [UnsafePointer<UInt8>: Namespace] = [:]

  private enum Namespace {
    case quakeML, own, foreign
  }

  /// Prepares to read.
  ///
  /// - Parameters:
  ///   - file: the file's name, for messages.
  ///   - depth: the depth of the wanted elements; the root has depth 0.
  ///   - onOpening: told of each element above that depth when it begins.
  ///   - onSubtree: handed each wanted element when it is whole.
  init(
    file: String, depth: Int, onOpening: @escaping (Opening) throws -> Void,
    onSubtree: @escaping (XMLTree, Int32) throws -> Void
  ) {
    self.file = file
    self.depth = depth
    self.onOpening = onOpening
    self.onSubtree = onSubtree
    for tag in QuakeMLTag.allCases where tag != .unknown { tagOf[tag.rawValue] = tag }
  }

  deinit { xmlFreeParserCtxt(context) }

  /// Whether the root element has ended.
  var isComplete: Bool { sawEnd }

  /// Takes the next bytes of the document.
  ///
  /// - Throws: ``FormatError`` when they are not well-formed; what the handlers throw.
  func feed(_ bytes: UnsafeBufferPointer<UInt8>) throws {
    try parse(bytes, isLast: false)
  }

  /// Says that the document is over.
  ///
  /// - Throws: ``FormatError`` when it ended too early.
  func finish() throws {
    try parse(UnsafeBufferPointer(start: nil, count: 0), isLast: true)
    guard sawEnd else { throw error("the document ends before its last element is closed") }
  }

  private func parse(_ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool) throws {
    let code = bytes.withMemoryRebound(to: CChar.self) { piece -> Int32 in
      if let context {
        return xmlParseChunk(context, piece.baseAddress, Int32(piece.count), isLast ? 1 : 0)
      }
      var handler = makeHandler()
      // Four bytes are enough for the parser to tell the encoding; it is given the rest when it has its options.
      let head = min(4, piece.count)
      context = xmlCreatePushParserCtxt(
        &handler, Unmanaged.passUnretained(self).toOpaque(), piece.baseAddress, Int32(head), nil)
      guard let context else { return Int32(XML_ERR_NO_MEMORY.rawValue) }
      xmlCtxtUseOptions(
        context, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue | XML_PARSE_NOWARNING.rawValue))
      return xmlParseChunk(
        context, piece.baseAddress.map { $0 + head }, Int32(piece.count - head), isLast ? 1 : 0)
    }
    if let failure { throw failure }
    if code != 0 && context?.pointee.wellFormed == 0 {
      throw error("the XML is not well-formed (libxml2 error \(code))")
    }
  }

  private func error(_ found: String, remedy: String = "check how the file was made or copied") -> FormatError {
    FormatError(.badData, file: file, at: .line(line), found: found, remedy: remedy)
  }

  private var line: Int {
    guard let input = context?.pointee.input else { return 1 }
    return Int(input.pointee.line)
  }

  private func fail(_ error: any Error) {
    if failure == nil { failure = error }
    xmlStopParser(context)
  }

  private func makeHandler() -> xmlSAXHandler {
    var handler = xmlSAXHandler()
    handler.initialized = UInt32(XML_SAX2_MAGIC)
    handler.startElementNs = { user, name, prefix, uri, _, _, count, _, attributes in
      XMLSubtreeParser.of(user)?.start(name, prefix, uri, Int(count), attributes)
    }
    handler.endElementNs = { user, _, _, _ in XMLSubtreeParser.of(user)?.end() }
    handler.characters = { user, text, length in
      XMLSubtreeParser.of(user)?.characters(UnsafeBufferPointer(start: text, count: Int(length)))
    }
    handler.cdataBlock = { user, text, length in
      XMLSubtreeParser.of(user)?.characters(UnsafeBufferPointer(start: text, count: Int(length)))
    }
    handler.internalSubset = { user, _, _, _ in
      guard let parser = XMLSubtreeParser.of(user) else { return }
      parser.fail(
        parser.error(
          "there is a document type declaration (DOCTYPE), which could define entities",
          remedy: "remove it; catalogs need none"))
    }
    handler.serror = { user, problem in
      guard let parser = XMLSubtreeParser.of(user), let problem,
        problem.pointee.level == XML_ERR_FATAL
      else { return }
      // What the parser calls extra content behind the end is, before the end, the lack of it.
      if problem.pointee.code == XML_ERR_DOCUMENT_END.rawValue, !parser.sawEnd {
        return parser.fail(parser.error("the document ends before its last element is closed"))
      }
      let text = problem.pointee.message.map { String(cString: $0) } ?? "error \(problem.pointee.code)"
      parser.fail(
        FormatError(
          .badData, file: parser.file, at: .line(Int(problem.pointee.line)),
          found: "the XML is not well-formed: \(text.split(separator: "\n").first ?? "")",
          remedy: "check how the file was made or copied"))
    }
    return handler
  }

  private static func of(_ user: UnsafeMutableRawPointer?) -> XMLSubtreeParser? {
    user.map { Unmanaged<XMLSubtreeParser>.fromOpaque($0).takeUnretainedValue() }
  }

  /// The number of a name, and its tag.
  @inline(__always)
  private func number(_ pointer: UnsafePointer<UInt8>) -> Int32 {
    let slot = Int(bitPattern: pointer) >> 3 & 1023
    if cache[slot].pointer == pointer { return cache[slot].number }
    return slowNumber(pointer, slot)
  }

  @inline(never)
  private func slowNumber(_ pointer: UnsafePointer<UInt8>, _ slot: Int) -> Int32 {
    let number: Int32
    if let known = numbers[pointer] {
      number = known
    } else {
      let text = String(cString: pointer)
      number = tree.addName(text)
      // The tree may have names that are not the document's.
      while tags.count < Int(number) { tags.append(.unknown) }
      tags.append(tagOf[text] ?? .unknown)
      numbers[pointer] = number
    }
    cache[slot] = CachedName(pointer: pointer, number: number)
    return number
  }

  private func namespace(_ uri: UnsafePointer<UInt8>?) -> Namespace {
    guard let uri else { return .quakeML }
    if let known = namespaces[uri] { return known }
    let text = String(cString: uri)
    let kind: Namespace =
      text.hasPrefix(nativeNamespace) ? .quakeML : text == ownNamespace ? .own : .foreign
    namespaces[uri] = kind
    return kind
  }

  private func start(
    _ name: UnsafePointer<UInt8>?, _ prefix: UnsafePointer<UInt8>?, _ uri: UnsafePointer<UInt8>?, _ count: Int,
    _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
  ) {
    guard failure == nil, let name else { return }
    guard level < Self.depthLimit else {
      return fail(error("elements are nested more than \(Self.depthLimit) deep"))
    }
    defer { level += 1 }
    if level < depth {
      var list: [ForeignAttribute] = []
      for index in 0..<count {
        guard let attributes, let own = attributes[5 * index], let from = attributes[5 * index + 3],
          let to = attributes[5 * index + 4]
        else { continue }
        list.append(
          ForeignAttribute(
            name: String(cString: own), prefix: attributes[5 * index + 1].map { String(cString: $0) },
            namespace: attributes[5 * index + 2].map { String(cString: $0) },
            value: UnsafeBufferPointer(start: from, count: to - from).string))
      }
      do {
        try onOpening(
          Opening(
            name: String(cString: name), namespace: uri.map { String(cString: $0) }, attributes: list, depth: level,
            line: line))
      } catch {
        fail(error)
      }
      return
    }
    if level == depth {
      tree.removeAll()
      open.removeAll(keepingCapacity: true)
    }
    let nameNumber = number(name)
    let tag = tags[Int(nameNumber)]
    let native =
      switch namespace(uri) {
      case .quakeML: true
      case .own: tag == .probability || tag == .column
      case .foreign: false
      }
    let firstAttribute = tree.attributeCount
    for index in 0..<count {
      guard let attributes, let own = attributes[5 * index], let from = attributes[5 * index + 3],
        let to = attributes[5 * index + 4]
      else { continue }
      let valueStart = tree.textPosition
      tree.append(text: UnsafeBufferPointer(start: from, count: to - from))
      let attributeName = number(own)
      let namespace = attributes[5 * index + 2]
      tree.addAttribute(
        XMLTree.Attribute(
          tag: namespace == nil ? tags[Int(attributeName)] : .unknown, name: attributeName,
          prefix: attributes[5 * index + 1].map(number) ?? -1, namespace: namespace.map(number) ?? -1,
          valueStart: valueStart, valueEnd: tree.textPosition))
    }
    let node = XMLTree.Node(
      tag: native ? tag : .unknown, name: nameNumber,
      prefix: native ? -1 : prefix.map(number) ?? -1, namespace: native ? -1 : uri.map(number) ?? -1,
      line: Int32(truncatingIfNeeded: line), textStart: tree.textPosition, textEnd: tree.textPosition,
      attributeStart: firstAttribute, attributeEnd: tree.attributeCount)
    open.append(tree.addNode(node, parent: open.last ?? -1))
    checkSize()
  }

  private func checkSize() {
    guard tree.byteCount > Self.sizeLimit else { return }
    fail(
      error(
        "one <\(tree.name(tree.nodes[0].name))> takes more than \(Self.sizeLimit >> 20) MiB", remedy: "split it"))
  }

  private func end() {
    guard failure == nil else { return }
    level -= 1
    if level == 0 { sawEnd = true }
    guard level >= depth else { return }
    open.removeLast()
    if level == depth {
      do {
        try onSubtree(tree, 0)
      } catch {
        fail(error)
      }
    }
  }

  private func characters(_ text: UnsafeBufferPointer<UInt8>) {
    guard failure == nil, let node = open.last, level > depth else { return }
    // White space between elements would be moved behind each of them in turn; nobody wants it.
    if !tree.hasText(node) && text.trimmed.isEmpty { return }
    tree.append(text: text, to: node)
    checkSize()
  }
}

/// The namespace of what is written here and QuakeML has no place for.
let ownNamespace = "urn:hsdl-mpi:quakeml:1"
