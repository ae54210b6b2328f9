import HSDLCompute

extension RecordSection {
  /// The section as a drawing: a line a station, time to the right.
  var drawing: VectorDrawing {
    let left = 150.0
    let width = 860.0
    let top = 30.0
    let row = traces.count > 14 ? 22.0 : 27.0
    let right = width - 14
    let bottom = top + row * Double(traces.count)
    let begin = traces.first?.begin ?? 0
    let end = traces.map { $0.begin + $0.step * Double($0.columns.count) }.max() ?? 1
    let scale = (right - left) / max(end - begin, 1e-6)
    func x(_ time: Double) -> Double { left + (time - begin) * scale }
    func isSeen(_ time: Double) -> Bool { time >= begin && time <= end }
    let picks = traces.reduce(0) { $0 + ($1.picked.p == nil ? 0 : 1) + ($1.picked.s == nil ? 0 : 1) }
    var drawing = VectorDrawing(
      width: width, height: bottom + 44,
      alternative:
        "Records of event \(eventID) at \(counted(traces.count, "stations")) up to \(fixed(traces.last?.distance ?? 0, decimals: 0)) km away, with \(counted(picks, "picks")) and the predicted arrivals of P and S."
    )
    drawing.keepsSize = true
    drawing.text("station", x: left - 62, y: top - 10, anchor: .end, "small")
    drawing.text("km", x: left - 10, y: top - 10, anchor: .end, "small")
    legend(&drawing, right: right, y: top - 14)
    // Marks at round times, six to twelve of them.
    let span = end - begin
    let mark = [1, 2, 5, 10, 20, 50].first { span / $0 <= 12 } ?? 100
    var time = (begin / mark).rounded(.up) * mark
    while time <= end {
      drawing.line(from: (x(time), top), to: (x(time), bottom), "grid")
      drawing.text(fixed(time, decimals: 0), x: x(time), y: bottom + 15, anchor: .middle)
      time += mark
    }
    drawing.text("time after the origin (s)", x: (left + right) / 2, y: bottom + 34, anchor: .middle)
    for (number, trace) in traces.enumerated() {
      let middle = top + row * (Double(number) + 0.5)
      drawing.text(String(trace.station.prefix(16)), x: left - 62, y: middle + 4, anchor: .end)
      drawing.text(fixed(trace.distance, decimals: 1), x: left - 10, y: middle + 4, anchor: .end)
      var points: [(x: Double, y: Double)] = []
      func draw() {
        if points.count > 1 { drawing.line(through: points, "trace") }
        points = []
      }
      for (place, column) in trace.columns.enumerated() {
        guard let column else {
          draw()
          continue
        }
        let at = x(trace.begin + (Double(place) + 0.5) * trace.step)
        let high = middle - Double(column.high) / 100 * row * 0.48
        let low = middle - Double(column.low) / 100 * row * 0.48
        // Up and down in turn, so that the line is as short as it can be.
        points.append((at, place % 2 == 0 ? high : low))
        if column.high != column.low { points.append((at, place % 2 == 0 ? low : high)) }
      }
      draw()
    }
    let middles = traces.indices.map { top + row * (Double($0) + 0.5) }
    drawing.line(
      through: zip(traces, middles).filter { isSeen($0.0.predicted.p) }.map { (x($0.predicted.p), $1) }, "p-line")
    drawing.line(
      through: zip(traces, middles).filter { isSeen($0.0.predicted.s) }.map { (x($0.predicted.s), $1) }, "s-line")
    for (trace, middle) in zip(traces, middles) {
      if let p = trace.picked.p, isSeen(p) {
        drawing.line(from: (x(p), middle - row * 0.45), to: (x(p), middle + row * 0.45), "p-pick")
      }
      if let s = trace.picked.s, isSeen(s) {
        drawing.line(from: (x(s), middle - row * 0.45), to: (x(s), middle + row * 0.45), "s-pick")
      }
    }
    drawing.line(from: (left, bottom), to: (right, bottom), "axis")
    drawing.line(from: (left, top), to: (left, bottom), "axis")
    return drawing
  }

  private func legend(_ drawing: inout VectorDrawing, right: Double, y: Double) {
    let entries: [(StaticString, StaticString, String, Bool)] = [
      ("p-pick", "p-word", "P picked", true), ("p-line", "p-word", "P predicted", false),
      ("s-pick", "s-word", "S picked", true), ("s-line", "s-word", "S predicted", false),
    ]
    var x = right - 400
    for (line, word, text, isBar) in entries {
      if isBar {
        drawing.line(from: (x + 8, y - 7), to: (x + 8, y + 5), line)
      } else {
        drawing.line(from: (x - 4, y - 1), to: (x + 16, y - 1), line)
      }
      drawing.text(text, x: x + 20, y: y + 3, word)
      x += isBar ? 92 : 108
    }
  }
}
