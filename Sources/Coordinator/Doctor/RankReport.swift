import Foundation
import MPI

/// What a rank finds around it: its node, the processors that it may use, limits, variables, libraries.
public struct RankReport: Sendable, Codable, Equatable {
  /// A library that is loaded.
  public struct Library: Sendable, Codable, Equatable {
    /// What it is called in messages.
    public var name: String
    /// The file.
    public var path: String
    /// What it says of its version; nil where it says nothing.
    public var version: String?

    /// Creates a description.
    public init(name: String, path: String, version: String? = nil) {
      self.name = name
      self.path = path
      self.version = version
    }
  }

  /// The rank.
  public var rank = 0
  /// The node's name.
  public var host = ""
  /// The numbers of the processors that the rank may use, in rising order.
  public var processors: [Int] = []
  /// The node's memory, in bytes; 0 where it is not known.
  public var memory = 0
  /// What of it is free, in bytes.
  public var freeMemory = 0
  /// What the rank, or the ranks of its control group together, may take, in bytes; nil without a limit.
  public var memoryLimit: Int?
  /// How many files the rank may open.
  public var openFiles = 0
  /// The size of the node's `/dev/shm`, in bytes; nil where there is none.
  public var sharedMemory: Int?
  /// Variables that say how many threads libraries start.
  public var threads: [String: String] = [:]
  /// The libraries that matter.
  public var libraries: [Library] = []

  /// Creates an empty report.
  public init() {}

  /// The variables that say how many threads libraries start.
  static let threadVariables = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]

  /// Looks around.
  public static func here(rank: Int) -> RankReport {
    var report = RankReport()
    report.rank = rank
    report.host = Self.hostName
    report.processors = list(field("Cpus_allowed_list", in: text("/proc/self/status") ?? "") ?? "")
    let memory = text("/proc/meminfo") ?? ""
    report.memory = kilobytes("MemTotal", in: memory)
    report.freeMemory = kilobytes("MemAvailable", in: memory)
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      report.openFiles = Int(clamping: limit.rlim_cur)
    }
    var limits: [Int] = []
    if getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 { limits.append(Int(clamping: limit.rlim_cur)) }
    for path in ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"] {
      if let bytes = text(path).flatMap({ Int($0.filter { $0 != "\n" }) }) { limits.append(bytes) }
    }
    // What stands for "no limit" is a number beyond any memory.
    report.memoryLimit = limits.filter { $0 > 0 && $0 < 1 << 50 }.min()
    report.sharedMemory = FileSystemSpace("/dev/shm")?.total
    let environment = ProcessInfo.processInfo.environment
    for name in threadVariables { report.threads[name] = environment[name] }
    report.libraries = LoadedLibraries.all()
    return report
  }

  /// The name of this node.
  static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The text of a file of the system; nil where there is none.
  ///
  /// Such files say that they have no bytes, and give them a page at a time.
  static func text(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var page = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < 1 << 26 {
      let count = read(descriptor, &page, page.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += page[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func field(_ name: String, in text: String) -> String? {
    text.split(separator: "\n").first { $0.hasPrefix("\(name):") }.map {
      $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
    }
  }

  private static func kilobytes(_ name: String, in text: String) -> Int {
    let number = field(name, in: text)?.split(separator: " ").first.flatMap { Int($0) } ?? 0
    return number.multipliedReportingOverflow(by: 1024).partialValue
  }

  /// The numbers of a list such as `0-3,8,10-11`; what is not a number is left out.
  package static func list(_ text: String) -> [Int] {
    var numbers: [Int] = []
    for part in text.split(separator: ",") {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, first >= 0, last >= first, last < 1 << 20 else {
        continue
      }
      numbers += first...last
    }
    return numbers
  }
}

/// The room of a file system.
struct FileSystemSpace {
  /// All of it, in bytes.
  let total: Int
  /// What of it may still be written, in bytes.
  let free: Int

  /// Asks for the file system that a path is on; nil where that cannot be told.
  init?(_ path: String) {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    let block = Int(clamping: status.f_frsize)
    func bytes(_ blocks: fsblkcnt_t) -> Int {
      let (value, overflow) = Int(clamping: blocks).multipliedReportingOverflow(by: block)
      return overflow ? .max : value
    }
    total = bytes(status.f_blocks)
    free = bytes(status.f_bavail)
  }
}
