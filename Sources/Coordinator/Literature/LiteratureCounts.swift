public import SeismicFormats

/// How many papers there are of each kind.
public struct LiteratureCounts: Sendable {
  /// A place in the order of subjects: category, its sub-categories, tasks.
  public struct Node: Sendable {
    /// Its name; empty where the table names none.
    public var name: String
    /// Papers, each once.
    public var papers = 0
    /// Models of one's own.
    public var models = 0
    /// What is below it, most papers first.
    public var children: [Node] = []
  }

  /// A word and how many papers have it.
  public struct Word: Sendable, Equatable {
    /// The word.
    public var name: String
    /// Papers.
    public var papers: Int
    /// Models of one's own.
    public var models: Int
  }

  /// Papers.
  public private(set) var papers = 0
  /// Distinct titles among them.
  public private(set) var titles = 0
  /// Models of one's own.
  public private(set) var models = 0
  /// Papers without a year that can be.
  public private(set) var withoutYear = 0
  /// The order of subjects.
  public private(set) var tree: [Node] = []
  /// What is done; a paper that does several things is counted for each.
  public private(set) var tasks: [Word] = []
  /// Kinds of layers.
  public private(set) var networkTypes: [Word] = []
  /// Names of forms of networks.
  public private(set) var networkNames: [Word] = []
  /// Ways of training.
  public private(set) var trainings: [Word] = []
  /// Years, in order.
  public private(set) var years: [Word] = []

  /// Counts rows.
  public init(_ entries: [LiteratureEntry]) {
    let ours = entries.filter { $0.model != nil }
    let published = entries.filter { $0.model == nil }
    papers = published.count
    models = ours.count
    titles = Set(published.map(\.titleKey)).count
    withoutYear = published.count { $0.year == nil }
    tree = Self.nodes(entries, LiteratureColumn.subjects[...])
    tasks = Self.words(entries) { $0.tasks }
    networkTypes = Self.words(entries) { $0.networkTypes }
    networkNames = Self.words(entries) { $0.networkNames }
    trainings = Self.words(entries) { Array(Set($0.list(.training).words)) }
    years = Self.words(entries) { $0.year.map { ["\($0)"] } ?? [] }.sorted { $0.name < $1.name }
  }

  private static func words(_ entries: [LiteratureEntry], _ names: (LiteratureEntry) -> [String]) -> [Word] {
    var counts: [String: Word] = [:]
    for entry in entries {
      for name in names(entry) {
        let isModel = entry.model != nil
        counts[name, default: Word(name: name, papers: 0, models: 0)].papers += isModel ? 0 : 1
        counts[name, default: Word(name: name, papers: 0, models: 0)].models += isModel ? 1 : 0
      }
    }
    return counts.values.sorted { $0.papers != $1.papers ? $0.papers > $1.papers : $0.name < $1.name }
  }

  private static func nodes(_ entries: [LiteratureEntry], _ levels: ArraySlice<LiteratureColumn>) -> [Node] {
    guard let level = levels.first else { return [] }
    var groups: [String: [LiteratureEntry]] = [:]
    for entry in entries {
      let names = level == .task ? entry.tasks : [entry[level]]
      for name in names.isEmpty ? [""] : names { groups[name, default: []].append(entry) }
    }
    return groups.map { name, members in
      Node(
        name: name, papers: members.count { $0.model == nil }, models: members.count { $0.model != nil },
        children: nodes(members, levels.dropFirst()))
    }.sorted { $0.papers != $1.papers ? $0.papers > $1.papers : $0.name < $1.name }
  }
}

extension LiteratureColumn {
  /// The levels of the order of subjects, from the highest down.
  static let subjects: [LiteratureColumn] = [.category, .subCategory, .subject, .task]
}

extension LiteratureCounts {
  /// The text of `counts.csv`, a line for each count.
  ///
  /// The lines `task` are those within the order of subjects, `task_total` those over all of it.
  var table: String {
    let sink = TextSink()
    sink.append("level,category,sub_category_I,sub_category_II,name,papers,models\n")
    func line(_ level: String, _ path: [String], _ name: String, _ papers: Int, _ models: Int) {
      sink.append(text: level)
      for place in 0..<3 {
        sink.append(byte: 44)
        if place < path.count { LiteratureTable.append(cell: path[place], to: sink) }
      }
      sink.append(byte: 44)
      LiteratureTable.append(cell: name, to: sink)
      sink.append(byte: 44)
      sink.append(papers)
      sink.append(byte: 44)
      sink.append(models)
      sink.append(byte: 10)
    }
    func add(_ nodes: [Node], _ path: [String]) {
      for node in nodes {
        let level = LiteratureColumn.subjects[min(path.count, 3)].rawValue
        line(level, path, node.name, node.papers, node.models)
        add(node.children, path + [node.name])
      }
    }
    line("total", [], "", papers, models)
    add(tree, [])
    let lists = [
      ("task_total", tasks), ("network_type", networkTypes), ("network_name", networkNames),
      ("training_process", trainings), ("year", years),
    ]
    for (level, words) in lists { for word in words { line(level, [], word.name, word.papers, word.models) } }
    return sink.string
  }

  /// The counts as JSON, for `--json`.
  var json: [(String, JSONValue)] {
    func object(_ words: [Word]) -> JSONValue { .object(words.map { ($0.name, .integer($0.papers)) }) }
    func array(_ nodes: [Node]) -> JSONValue {
      .array(
        nodes.map { node in
          var pairs: [(String, JSONValue)] = [
            ("name", .string(node.name)), ("papers", .integer(node.papers)), ("models", .integer(node.models)),
          ]
          if !node.children.isEmpty { pairs.append(("children", array(node.children))) }
          return .object(pairs)
        })
    }
    return [
      ("papers", .integer(papers)), ("titles", .integer(titles)), ("models", .integer(models)),
      ("without_year", .integer(withoutYear)), ("tasks", object(tasks)), ("network_types", object(networkTypes)),
      ("network_names", object(networkNames)), ("training_processes", object(trainings)), ("years", object(years)),
      ("tree", array(tree)),
    ]
  }
}
