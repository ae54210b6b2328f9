import HSDLCompute
import SeismicFormats

// Times one thing on one core and prints a line: what, seconds of processor time, rate, and a number that the peer must get
// too. `Benchmarks/waveforms.py` makes the input and runs this; see Benchmarks/README.md.

let arguments = CommandLine.arguments
let mode = arguments.count > 1 ? arguments[1] : ""
let path = arguments.count > 2 ? arguments[2] : ""
let number = arguments.count > 3 ? Int(arguments[3]) ?? 0 : 0

switch mode {
case "write" where number > 0: try write(path, amplitude: Int32(clamping: number))
case "decode": try decode(path)
case "scan": try scan(path)
case "window": try window(path)
case "windows" where number > 0: try windows(path, count: number)
case "merge" where Int(path) ?? 0 > 0: merge(fragments: Int(path) ?? 0)
case "features" where number > 0: try features(path, stations: number)
default:
  print(
    """
    waveform-benchmarks write FILE AMPLITUDE      a day at 100 Hz, Steim2, records of 512 bytes
    waveform-benchmarks decode FILE               all samples
    waveform-benchmarks scan FILE                 what is in the file
    waveform-benchmarks window FILE               one minute of an object that was just opened
    waveform-benchmarks windows FILE COUNT        minutes of one object
    waveform-benchmarks merge FRAGMENTS           a day in fragments, out of order
    waveform-benchmarks features FOLDER STATIONS  records and arrivals that waveform_features.py made
    """)
}
