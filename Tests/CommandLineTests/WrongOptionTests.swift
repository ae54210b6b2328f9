import TestSupport
import Testing

@Suite("Wrong options and configurations")
struct WrongOptionTests {
  @Test(
    "A wrong command line is one line on any number of ranks",
    arguments: [
      ("refine", "Missing expected argument '--output <folder>'"),
      (
        "refine --picks a --output c",
        "give --model; the one that comes with the program needs --catalog and --archive"
      ),
      ("refine --picks a --model b --output", "Missing value for '--output <folder>'"),
      ("refine --picks a --model b --output c --nonsense", "Unknown option '--nonsense'"),
      ("refine --picks a --model b --output c --network TOOLONGCODE", "--network must have at most 8 characters"),
      ("features --output c", "give --catalog, or --picks, or --real and --fake"),
      ("features --picks a --real b --output c", "give --catalog, or --picks, or --real and --fake"),
      ("features --real b --output c", "--real and --fake go together"),
      ("train shallow --real a --fake b --output c --trees 0", "--trees must be from 1 to 10000"),
      ("train shallow --real a --fake b --output c --rounds x", "The value 'x' is invalid for '--rounds <n>'"),
      (
        "train shallow --real a --fake b --output c --models fores",
        "The value 'fores' is invalid for '--models <models>'"
      ),
      ("train shallow --real a --fake b --output c --cost-kept -1", "Missing value for '--cost-kept <cost>'"),
      ("train shallow --real a --fake b --output c --cost-kept=-1", "costs must be positive"),
      ("train shallow --real a --fake b --output c --cost-kept nan", "costs must be positive"),
      (
        "train shallow --real a --fake b --output c --calibration-folds 1",
        "--calibration-folds must be 0, or from 2 to 100"
      ),
      ("evaluate --real a --fake b --output c --folds 1", "--folds must be from 2 to 100"),
      ("evaluate --real a --fake b --output c --repeats 0", "--repeats must be from 1 to 10000"),
      ("evaluate --real a --fake b --output c --test-real d", "--test-real and --test-fake go together"),
      ("demo --hours 0", "--hours must be from 0.5 to 10000"),
      ("convert a", "Missing expected argument '<output>'"),
      ("inspect a b", "Unexpected argument 'b'"),
      (
        "convert a b --to xml",
        "The value 'xml' is invalid for '--to <quakeml|csv|fdsn|picks>'. Please provide one of 'quakeml', "
          + "'csv', 'fdsn' or 'picks'"
      ),
    ] as [(String, String)])
  func usage(command: String, message: String) throws {
    let place = try Workplace()
    try place.fail(command, 64, "\(message); see --help")
    #expect(try place.folder.names() == [])
  }

  @Test("Several ranks say it once")
  func usageOnRanks() throws {
    let place = try Workplace()
    try place.fail("refine --nonsense", 64, "Unknown option '--nonsense'; see --help", ranks: 3)
    try place.fail(
      "inspect a --nonsense", 64, "Unknown option '--nonsense'; see --help", ranks: 3)
  }

  @Test("A new name that does not say the format, or a format that is only read, is refused")
  func format() throws {
    let place = try Workplace()
    try place.folder.write("t.csv", Demonstration.table(Demonstration.rows[0..<5]))
    try place.fail(
      "convert t.csv x.dat", 64,
      "'x.dat': its ending does not say which format is wanted; give --to quakeml, csv, fdsn or picks")
    try place.fail(
      "convert t.csv x.csv --to list", 64,
      "--to list: lists without a header line are read, not written; give --to csv")
  }

  @Test("An unknown feature is named with those that there are", arguments: [nil, 3])
  func feature(ranks: Int?) throws {
    let place = try Workplace()
    try place.folder.write("t.csv", Demonstration.table(Demonstration.rows[0..<5]))
    let known =
      "known are p_n, s_n, sp_ratio, p_prob_av, s_prob_av, p_prob_st, s_prob_st, p_prob_max, s_prob_max, p_prob_min, "
      + "s_prob_min, stations_n, sp_time_median, sp_time_mad, s_before_p_n, wadati_vpvs, wadati_rms, pick_span and others "
      + "that `features` writes, and the sets hsdl2, hsdl8, hsdl11, picks, origin, waveforms, all, quality"
    for command in [
      "features --picks t.csv --features p_n,snr", "features --picks t.csv --components snr",
      "train shallow --real t.csv --fake t.csv --features snr", "evaluate --real t.csv --fake t.csv --features snr",
    ] {
      try place.fail("\(command) --output out", 64, "there is no feature 'snr'; \(known)", ranks: ranks)
    }
    #expect(try place.folder.names() == ["t.csv"])
  }

  @Test("An empty path is said to be one")
  func emptyPaths() throws {
    let place = try Workplace()
    for words in [
      ["refine", "--picks", "", "--model", "m", "--output", "o"], ["inspect", ""], ["convert", "", "x.csv"],
    ] {
      let outcome = try place.run(words)
      #expect(outcome.exitCode == 66)
      #expect(outcome.errorOutput == "hsdl-mpi: error: '': there is no such file; check the path\n")
    }
  }

  @Test("Errors can be had as JSON")
  func json() throws {
    let place = try Workplace()
    let outcome = try place.run("inspect none --log-format json")
    #expect(outcome.exitCode == 66)
    #expect(
      outcome.errorOutput
        == #"{"level": "error", "exit_code": 66, "message": "none: there is no such file; check the path"}"# + "\n")
  }

  @Test(
    "A wrong configuration file is told of, with the place",
    arguments: [
      ("just text", "it is not a list of options; expected option: value, one a line"),
      ("[a, b]", "it is not a list of options; expected option: value, one a line"),
      (
        "picks: [a",
        "2:1: error: parser: while parsing a flow sequence in line 1, column 8; "
          + "expected option: value, one a line"
      ),
      ("picks: {a: b}", ", line 1: picks is a list of options itself"),
      ("quiet: true\npicks: [a, [b]]", ", line 2: picks holds something that is not a value"),
      ("[1]: a", ", line 1: a name that is not text"),
      ("picks: []", ", line 1: picks holds something that is not a value"),
      ("nonsense: 3\npicks: a\nmodel: b\noutput: c", ", line 1: Unknown option '--nonsense'"),
      (
        "quiet: 3\npicks: a\nmodel: b\noutput: c",
        ", line 1: The option '--quiet' does not take any value, but '3' was specified"
      ),
      ("picks: a\nmodel:\noutput: c", ", line 2: Missing value for '--model <folder>'"),
    ] as [(String, String)])
  func configuration(text: String, message: String) throws {
    let place = try Workplace()
    try place.folder.write("c.yaml", text + "\n")
    try place.fail(
      "refine --config c.yaml", 78, "c.yaml\(message.hasPrefix(",") ? "" : ": ")\(message)")
    #expect(try place.folder.names() == ["c.yaml"])
  }

  @Test("A wrong value in a configuration, and a configuration that is not there")
  func configurationValues() throws {
    let place = try Workplace()
    try place.folder.write("c.yaml", "trees: many\nreal: a\nfake: b\noutput: c\n")
    for ranks in [nil, 3] {
      try place.fail(
        "train shallow --config=c.yaml", 78, "c.yaml, line 1: The value 'many' is invalid for '--trees <n>'",
        ranks: ranks)
    }
    try place.fail("refine --config none.yaml", 66, "none.yaml: there is no such file; check the path")
    try place.fail("refine --config", 64, "--config needs the path of a YAML file; see --help")
  }

  @Test("What stands on the command line is taken from there, also by its short name", arguments: ["-o", "--output"])
  func commandLineWins(option: String) throws {
    let place = try Workplace()
    try place.folder.write("t.csv", Demonstration.table(Demonstration.rows[0..<5]))
    try place.folder.write("c.yaml", "picks: t.csv\noutput: other\nquiet: true\nfeatures: hsdl2\n")
    try place.succeed("features --config c.yaml \(option) out -q")
    #expect(try place.folder.names() == ["c.yaml", "out", "t.csv"])
    #expect(try place.folder.text("out/features.csv").hasPrefix("event_id,time,sp_ratio,s_prob_max\n"))
    try place.succeed("features --config c.yaml")
    #expect(try place.folder.names() == ["c.yaml", "other", "out", "t.csv"])
    #expect(try place.folder.bytes("out/features.csv") == place.folder.bytes("other/features.csv"))
  }
}
