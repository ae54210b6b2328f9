public import Foundation

/// A Chromium without a window, driven over its DevTools protocol by a pipe; tests that need one are skipped where there is none.
public final class Browser {
  /// The program; nil where there is none.
  public static let program: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    for name in ["chromium", "chromium-browser", "google-chrome", "chrome"] {
      for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
        return "\(folder)/\(name)"
      }
    }
    return nil
  }()

  /// The addresses that were asked for.
  public private(set) var requests: [String] = []
  /// What scripts complained of, and what the browser refused to do.
  public private(set) var complaints: [String] = []

  private let folder: URL
  private var process: pid_t = 0
  private let input: Int32
  private let output: Int32
  private var buffer: [UInt8] = []
  private var number = 0
  private var session: String?
  private var hasLoaded = false

  /// Starts a browser with an empty page.
  public init() throws {
    guard let program = Self.program else { throw NotStarted(description: "there is no Chromium") }
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("browser-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var (down, up): ([Int32], [Int32]) = ([0, 0], [0, 0])
    guard pipe(&down) == 0, pipe(&up) == 0 else { throw NotStarted(description: "no pipe") }
    // Out of the way of 3 and 4, which are the browser's ends.
    let ends = [down[0], down[1], up[0], up[1]].map { end -> Int32 in
      let moved = fcntl(end, F_DUPFD_CLOEXEC, 40)
      close(end)
      return moved
    }
    input = ends[1]
    output = ends[2]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 3)
    posix_spawn_file_actions_adddup2(&actions, ends[3], 4)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    let arguments = [
      program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe",
      "--user-data-dir=\(folder.path)", "about:blank",
    ]
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    let environment = ProcessInfo.processInfo.environment
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (words + variables).forEach { free($0) } }
    let code = posix_spawn(&process, program, &actions, nil, &words, &variables)
    close(ends[0])
    close(ends[3])
    guard code == 0 else { throw NotStarted(description: "\(program): \(String(cString: strerror(code)))") }
    let target = try call("Target.createTarget", ["url": "about:blank"])
    let attached = try call(
      "Target.attachToTarget", ["targetId": target["targetId"] ?? "", "flatten": true])
    session = attached["sessionId"] as? String
    for domain in ["Page", "Runtime", "Network", "Log"] { try call("\(domain).enable") }
  }

  deinit {
    kill(process, SIGKILL)
    var status: Int32 = 0
    waitpid(process, &status, 0)
    close(input)
    close(output)
    try? FileManager.default.removeItem(at: folder)
  }

  /// Opens a file and waits until it is there.
  ///
  /// - Parameters:
  ///   - width: the width of the window in CSS pixels.
  public func open(_ path: String, width: Int = 1200, height: Int = 900) throws {
    try call(
      "Emulation.setDeviceMetricsOverride",
      ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600])
    hasLoaded = false
    try call("Page.navigate", ["url": URL(fileURLWithPath: path).absoluteString])
    while !hasLoaded { _ = try message() }
  }

  /// The value of an expression in the page.
  public func value(_ expression: String) throws -> Any? {
    let answer = try call(
      "Runtime.evaluate", ["expression": expression, "returnByValue": true, "awaitPromise": true])
    if let fault = answer["exceptionDetails"] as? [String: Any] {
      throw NotStarted(description: "\(expression): \(fault)")
    }
    return (answer["result"] as? [String: Any])?["value"]
  }

  @discardableResult
  private func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
    number += 1
    var request: [String: Any] = ["id": number, "method": method, "params": parameters]
    if let session { request["sessionId"] = session }
    var bytes = [UInt8](try JSONSerialization.data(withJSONObject: request))
    bytes.append(0)
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
      guard count > 0 else { throw NotStarted(description: "the browser has gone") }
      done += count
    }
    while true {
      let answer = try message()
      guard answer["id"] as? Int == number else { continue }
      if let fault = answer["error"] { throw NotStarted(description: "\(method): \(fault)") }
      return answer["result"] as? [String: Any] ?? [:]
    }
  }

  /// The next message; events are noted.
  private func message() throws -> [String: Any] {
    while true {
      if let end = buffer.firstIndex(of: 0) {
        let content = try JSONSerialization.jsonObject(with: Data(buffer[..<end])) as? [String: Any] ?? [:]
        buffer.removeSubrange(...end)
        note(content)
        return content
      }
      var waiting = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 120_000) > 0 else { throw NotStarted(description: "the browser does not answer") }
      var piece = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(output, &piece, piece.count)
      guard count > 0 else { throw NotStarted(description: "the browser has gone") }
      buffer += piece[..<count]
    }
  }

  private func note(_ content: [String: Any]) {
    let parameters = content["params"] as? [String: Any] ?? [:]
    switch content["method"] as? String {
    case "Page.loadEventFired": hasLoaded = true
    case "Network.requestWillBeSent":
      if let url = (parameters["request"] as? [String: Any])?["url"] as? String { requests.append(url) }
    case "Runtime.exceptionThrown": complaints.append("\(parameters)")
    case "Log.entryAdded": complaints.append("\(parameters["entry"] ?? "")")
    case "Runtime.consoleAPICalled": complaints.append("\(parameters)")
    default: break
    }
  }
}
