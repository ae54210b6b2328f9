import HSDLCompute
import TestSupport
import Testing

@Suite("Augmentation of events")
struct EventAugmentationTests {
  private let event = SyntheticWindows.event(stations: 8, isReal: true, seed: 9)

  @Test("none changes nothing; the same key gives the same event, another key, epoch or seed another one")
  func keys() {
    #expect(EventAugmentation.none.apply(to: event, seed: 1, epoch: 2, key: 3) == event)
    let augmentation = EventAugmentation()
    let first = augmentation.apply(to: event, seed: 1, epoch: 2, key: 3)
    #expect(augmentation.apply(to: event, seed: 1, epoch: 2, key: 3) == first)
    #expect(augmentation.apply(to: event, seed: 2, epoch: 2, key: 3) != first)
    #expect(augmentation.apply(to: event, seed: 1, epoch: 3, key: 3) != first)
    #expect(augmentation.apply(to: event, seed: 1, epoch: 2, key: 4) != first)
  }

  @Test("stations are left out, but three stay, and the first of them where there are too many")
  func thinning() {
    var augmentation = EventAugmentation.none
    augmentation.thinned = 1
    augmentation.leastStations = 0.4
    var counts: Set<Int> = []
    for key in 0..<200 {
      counts.insert(augmentation.apply(to: event, seed: 1, epoch: 0, key: UInt64(key)).stationCount)
    }
    #expect(counts.min() == 4 && counts.max() == 8)
    augmentation.leastStations = 0
    for key in 0..<50 {
      #expect(augmentation.apply(to: event, seed: 1, epoch: 0, key: UInt64(key)).stationCount >= 3)
    }
    let limited = EventAugmentation.none.apply(to: event, seed: 1, epoch: 0, key: 1, maximumStations: 2)
    #expect(limited == event.selecting([0, 1]))
  }

  @Test("windows are shifted by whole samples, within bounds")
  func shift() {
    var augmentation = EventAugmentation.none
    augmentation.commonShift = 0.3
    augmentation.stationShift = 0.2
    let length = EventWindows.length
    var found: Set<Int> = []
    for key in 0..<40 {
      let shifted = augmentation.apply(to: event, seed: 1, epoch: 0, key: UInt64(key))
      for station in 0..<event.stationCount {
        let start = station * EventWindows.windowSize
        let (before, after) = (
          Array(event.samples[start..<start + length]), Array(shifted.samples[start..<start + length])
        )
        let steps = (-13...13).first { steps in
          (20..<length - 20).allSatisfy { after[$0] == before[$0 - steps] }
        }
        #expect(steps != nil)
        if let steps { found.insert(steps) }
      }
    }
    #expect(found.contains { $0 < -5 } && found.contains { $0 > 5 })
  }

  @Test("components go whole; one always stays")
  func components() {
    var augmentation = EventAugmentation.none
    augmentation.incomplete = 1
    let length = EventWindows.length
    var kinds: Set<UInt8> = []
    for key in 0..<50 {
      let changed = augmentation.apply(to: event, seed: 1, epoch: 0, key: UInt64(key))
      for station in 0..<changed.stationCount {
        kinds.insert(changed.components[station])
        for component in 0..<3 {
          let start = station * EventWindows.windowSize + component * length
          let isZero = changed.samples[start..<start + length].allSatisfy { $0 == 0 }
          #expect(isZero == (changed.components[station] & 1 << UInt8(component) == 0))
        }
      }
    }
    #expect(kinds == [1, 3, 5, 6])
  }

  @Test("noise has the size that was asked for")
  func noise() {
    var augmentation = EventAugmentation.none
    augmentation.noisy = 1
    augmentation.noise = 1
    var power = 0.0
    var count = 0.0
    for key in 0..<30 {
      let noisy = augmentation.apply(to: event, seed: 1, epoch: 0, key: UInt64(key))
      for (a, b) in zip(noisy.samples, event.samples) {
        let difference = (Double(a) - Double(b)) / Double(EventWindows.scale)
        power += difference * difference
        count += 1
      }
    }
    // Deviations are uniform from 0 to 1, so their mean square is 1/3; 240 windows.
    #expect(abs(power / count - 1.0 / 3) < 0.06)
  }

  @Test("lost picks leave no trace")
  func picks() {
    var augmentation = EventAugmentation.none
    augmentation.unpicked = 1
    var picked = event
    for station in 0..<event.stationCount {
      picked[.hasP, station] = 1
      picked[.residualP, station] = 0.3
      picked[.probabilityP, station] = 0.9
    }
    #expect(augmentation.apply(to: picked, seed: 1, epoch: 0, key: 1) == event)
  }
}
