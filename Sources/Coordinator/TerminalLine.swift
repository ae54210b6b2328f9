import Foundation

/// The line of a terminal that progress is shown on: it is written again and again, and taken away before anything else is written.
enum TerminalLine {
  private static let lock = NSLock()
  nonisolated(unsafe) private static var isShown = false

  /// Writes the line anew, cut to what the terminal has room for, so that it never takes two.
  static func show(_ text: String) {
    write("\r\u{1B}[K" + text.prefix(max(columns - 1, 20)), isShown: true)
  }

  /// Takes the line away, if it is there.
  static func clear() {
    lock.lock()
    let isThere = isShown
    lock.unlock()
    if isThere { write("\r\u{1B}[K", isShown: false) }
  }

  private static func write(_ text: some StringProtocol, isShown: Bool) {
    lock.lock()
    defer { lock.unlock() }
    self.isShown = isShown
    var text = String(text)
    text.withUTF8 { _ = Foundation.write(2, $0.baseAddress, $0.count) }
  }

  /// How many characters a line of the terminal has; 80 where it does not say.
  private static var columns: Int {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
