import SeismicFormats
import TestSupport
import Testing

@Suite("Earth models")
struct VelocityModelTests {
  private func open(
    _ name: String, _ text: String, onProblem: ProblemHandler = { throw $0.error }
  ) throws
    -> VelocityModel
  {
    let folder = try TemporaryFolder()
    return try VelocityModel.open(try folder.write(name, text), onProblem: onProblem)
  }

  @Test("named discontinuities")
  func namedDiscontinuities() throws {
    let model = try open(
      "a.nd", "0 5.8 3.2 2.6 1 1\n20 5.8 3.2\nmantle\n20 8 4.5 3.3\n 100. 8.1 4.6\nouter-core\n2891 8.06 0\n")
    #expect(model.name == "a")
    #expect(model.interpolation == .linear)
    #expect(
      model.nodes
        == [
          .init(depth: 0, p: 5.8, s: 3.2), .init(depth: 20, p: 5.8, s: 3.2), .init(depth: 20, p: 8, s: 4.5),
          .init(depth: 100, p: 8.1, s: 4.6), .init(depth: 2891, p: 8.06, s: 0),
        ])
  }

  @Test("tvel: two lines of comment")
  func tvel() throws {
    let model = try open("b.tvel", "1 2 3\n4 5 6\n0 5.8 3.36 2.7\n20 5.8 3.36 2.7\n")
    #expect(model.nodes.count == 2)
    #expect(model.interpolation == .linear)
  }

  @Test(
    "tables",
    arguments: [
      "Depth,Vp,Vs\n-1,3,1.7\n2,5,2.9\n", "vs;depth_km;vp\n1.7;-1;3\n2.9;2;5\n", "-1 3 1.7\n2 5 2.9\n",
      "# x\n\n-1\t3\t1.7\n 2\t5\t2.9", "depth (m), vp (m/s), vs (m/s)\n-1000,3000,1700\n2000,5000,2900\n",
      "# a (LAYER depth, Vp_top, Vp_grad, Vs_top, Vs_grad, rho_top, rho_grad)\n-1 3 0 1.7 0 2 0\n2 5 0 2.9 0 2 0\n",
      "\u{FEFF}DEPTH VP VS RHO\r\n-1.0 3 1.7 2\r\n2.0 5 2.9 2\r\n",
    ])
  func tables(text: String) throws {
    let model = try open("c.txt", text)
    #expect(model.interpolation == .layers)
    #expect(model.nodes.count == 2)
    for (node, expected) in zip(model.nodes, [(-1.0, 3.0, 1.7), (2.0, 5.0, 2.9)]) {
      #expect(abs(node.depth - expected.0) < 1e-9)
      #expect(abs(node.p - expected.1) < 1e-9)
      #expect(abs(node.s - expected.2) < 1e-9)
    }
  }

  @Test("gradients of layers become nodes")
  func gradients() throws {
    let model = try open("d", "depth vp vp_grad vs vs_grad\n0 3 0.5 1.5 0.25\n2 5 0 2.9 0\n")
    #expect(model.interpolation == .linear)
    #expect(model.nodes == [.init(depth: 0, p: 3, s: 1.5), .init(depth: 2, p: 4, s: 2), .init(depth: 2, p: 5, s: 2.9)])
  }

  @Test("without S velocities, the reader is told")
  func withoutS() throws {
    var problems: [Problem] = []
    let model = try open("e", "0 6\n10 7\n") { problems.append($0) }
    #expect(problems.map(\.line) == [1])
    #expect(abs(model.nodes[0].s - 6 / 3.0.squareRoot()) < 1e-12)
    #expect(throws: FormatError.self) { _ = try open("e", "0 6\n10 7\n") }
  }

  @Test(
    "wrong content is named with its line",
    arguments: [
      ("0 5 3\n10 6 3.5\n9 7 4\n", 3), ("0 5 3\n10 -6 3.5\n", 2), ("0 5 3\n1 15 3.5\n", 2), ("0 3 5\n", 1),
      ("0 5 x\n", 1), ("0 5 3\n\n# c\n1 nan 2\n", 4), ("0 5 3\nfoo\n", 2), ("7000 5 3\n", 1), ("0 5 5\n", 1),
      ("depth,vp,vs\n0,5,\n", 2), ("0 1e400 3\n", 1),
    ])
  func wrong(text: String, line: Int) throws {
    let error = #expect(throws: FormatError.self) { _ = try open("f.txt", text) }
    #expect(error?.place == .line(line), "\(text)")
  }

  @Test("nothing in it")
  func empty() throws {
    #expect(throws: FormatError.self) { _ = try open("g", "") }
    #expect(throws: FormatError.self) { _ = try open("g.nd", "mantle\n") }
    #expect(throws: FormatError.self) { _ = try open("g.tvel", "1 2 3\n") }
    #expect(throws: FormatError.self) { _ = try open("g", "RESET TEST(02)=9\n\n\n\n") }
    #expect(throws: FormatError.self) { _ = try VelocityModel.open("/nowhere.nd") }
  }

  @Test("no truncation traps")
  func truncations() throws {
    let text = Array(
      "RESET TEST(02)=9.0\n\n  WV014316.85S\n\n  5.500     0.00\n  6.000     5.00   N\n\n10.0 1100.2200. 1.7\nX\n".utf8)
    let folder = try TemporaryFolder()
    for length in 0..<text.count {
      _ = try? VelocityModel.open(try folder.write("STATION0.HYP", Array(text[..<length])))
    }
    let model = try VelocityModel.open(try folder.write("STATION0.HYP", text))
    #expect(model.nodes == [.init(depth: 0, p: 5.5, s: 5.5 / 1.7), .init(depth: 5, p: 6, s: 6 / 1.7)])
  }

  @Test(
    "models that come with real catalogs", .enabled(if: SharedData.has("archive")),
    arguments: [
      ("real_demo/itvel.nd", 90, 0.0, 5.3, 2.75), ("archive/oklahoma-2013/Oklahoma.nd", 90, 0.0, 2.7, 1.56),
      ("archive/iceland-dike-2014/iceland_vmodel.txt", 19, -3.0, 1.5, 0.843),
      ("archive/hengill-2018/velocity_model/local.txt", 10, -0.2, 3.32, 1.87),
      ("archive/nz-alpinefault-2013/STATION0.HYP", 4, 0.0, 5.5, 5.5 / 1.7),
    ])
  func real(name: String, count: Int, depth: Double, p: Double, s: Double) throws {
    let model = try VelocityModel.open(SharedData.path(name))
    #expect(abs(model.nodes.count - count) <= 4, "\(model.nodes.count)")
    #expect(model.nodes.first == .init(depth: depth, p: p, s: s))
  }
}
