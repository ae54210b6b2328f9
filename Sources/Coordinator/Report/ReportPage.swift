/// A page for people: what was asked, what came out, how sure we are.
///
/// A value; ``write(to:)`` makes one file of HTML of it that needs nothing else: no network, no other file. All text is plain text and is escaped
/// when it is written.
public struct ReportPage: Sendable {
  /// What the page is about; also the title of the window.
  public var title: String
  /// One line below the title.
  public var subtitle: String
  /// The sections, in order.
  public var sections: [Section]
  /// Scripts of our own beside those that the blocks bring along; what they work on comes as ``Block/data(id:_:)``.
  public var scripts: [StaticString] = []

  /// Creates a page.
  public init(title: String, subtitle: String = "", sections: [Section] = []) {
    self.title = title
    self.subtitle = subtitle
    self.sections = sections
  }

  /// A part of a page, with a place in the list at its head.
  public struct Section: Sendable {
    /// The heading.
    public var heading: String
    /// What stands in it, in order.
    public var blocks: [Block]

    /// Creates a section.
    public init(_ heading: String, _ blocks: [Block] = []) {
      self.heading = heading
      self.blocks = blocks
    }
  }

  /// A piece of a section.
  public indirect enum Block: Sendable {
    /// A paragraph.
    case paragraph(String)
    /// A smaller heading.
    case heading(String)
    /// A remark that must not be overlooked: what is missing, what to be careful with.
    case note(String)
    /// Points of a list.
    case list([String])
    /// Files that belong to the page: what they are called, and where they are, relative to it.
    case links([(name: String, path: String)])
    /// The few numbers that matter.
    case keyFigures([KeyFigure])
    /// A table that is read, not worked with.
    case table(Table)
    /// A table that sorts and filters.
    case dataTable(DataTable)
    /// Pictures, side by side where there is room.
    case pictures([Picture])
    /// A drawing of our own.
    case drawing(VectorDrawing)
    /// Names and what they stand for.
    case facts([(name: String, value: String)])
    /// Something that opens when it is asked for; open in print.
    case details(summary: String, [Block])
    /// Blocks that stand together, with a line around them.
    case group([Block])
    /// An empty element that a script of the page fills, and what stands there without scripts.
    case place(id: StaticString, otherwise: String)
    /// Data for a script of the page: JSON in an element with this identifier.
    case data(id: StaticString, JSONValue)
  }

  /// A number that matters.
  public struct KeyFigure: Sendable, Hashable, Codable {
    /// What it counts.
    public var name: String
    /// The number.
    public var value: String
    /// Its interval, or what else says how sure it is; empty for none.
    public var interval: String
    /// What colour marks it; nil for none.
    public var colour: FigureColour?

    /// Creates a figure.
    public init(_ name: String, _ value: String, interval: String = "", colour: FigureColour? = nil) {
      self.name = name
      self.value = value
      self.interval = interval
      self.colour = colour
    }
  }

  /// A table that is read, not worked with.
  public struct Table: Sendable, Hashable, Codable {
    /// What it shows.
    public var caption: String
    /// The headings of the columns.
    public var columns: [String]
    /// The rows; each as long as `columns`.
    public var rows: [[String]]
    /// The columns with numbers, which stand at the right; the first column is the head of its row.
    public var numericColumns: Set<Int>

    /// Creates a table.
    ///
    /// - Parameter numericColumns: nil for all but the first.
    public init(_ caption: String, columns: [String], rows: [[String]], numericColumns: Set<Int>? = nil) {
      self.caption = caption
      self.columns = columns
      self.rows = rows
      self.numericColumns = numericColumns ?? Set(columns.indices.dropFirst())
    }
  }

  /// A picture, with the files that hold the same.
  public struct Picture: Sendable {
    /// What it shows, for those who do not see it; one sentence with the finding.
    public var alternative: String
    /// What stands below it.
    public var caption: String
    /// The bytes of the PNG.
    public var png: [UInt8]
    /// Its width in CSS pixels; at most the page's.
    public var width: Int
    /// Other forms: what they are called, and where they are, relative to the page.
    public var links: [(name: String, path: String)]

    /// Creates a picture.
    public init(
      png: [UInt8], alternative: String, caption: String, width: Int = 640, links: [(name: String, path: String)] = []
    ) {
      self.png = png
      self.alternative = alternative
      self.caption = caption
      self.width = width
      self.links = links
    }
  }
}
