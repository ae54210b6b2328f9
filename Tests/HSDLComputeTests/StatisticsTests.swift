import Foundation
import HSDLCompute
import Testing

@Suite("Statistics")
struct StatisticsTests {
  @Test("the median of every small size is the middle of the sorted values")
  func medians() {
    var random = SplitMix64(seed: 3)
    for count in 1...80 {
      for spread in [2, 10, 1_000_000] {
        let values = (0..<count).map { _ in Double(Int.random(in: -spread...spread, using: &random)) / 7 }
        let sorted = values.sorted()
        let expected = count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2
        #expect(median(values) == expected)
        #expect(median(sorted) == expected)
        #expect(median(sorted.reversed()) == expected)
      }
    }
  }

  @Test("medians of nothing, of missing values, of infinities")
  func medianEdges() {
    #expect(median([]).isNaN)
    #expect(median([1, .nan, 3]).isNaN)
    #expect(median([.infinity, 1, 2]) == 2)
    #expect(median([.infinity, .infinity, 1, .infinity]) == .infinity)
    #expect(median([-.infinity, .infinity, 5]) == 5)
    #expect(median([Double](repeating: 4.5, count: 1001)) == 4.5)
    #expect(median([-0.0, 0.0, -0.0]) == 0)
    #expect(medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9]) == 1)
    #expect(medianAbsoluteDeviation([]).isNaN)
  }

  @Test("an exact sum does not depend on the order, and is rounded once")
  func exactSum() {
    #expect(ExactSum([1e308, 1, -1e308]).value == 1)
    #expect(ExactSum([1, 1e-300, -1]).value == 1e-300)
    #expect(ExactSum([Double](repeating: 0.1, count: 10)).value == 1)
    let least = Double.leastNonzeroMagnitude
    #expect(ExactSum([least, least, least]).value == 3 * least)
    #expect(ExactSum([Double]()).value == 0)
    #expect(ExactSum([1, .nan]).value.isNaN)
    #expect(ExactSum([1, .infinity]).value == .infinity)
    #expect(ExactSum([.greatestFiniteMagnitude, .greatestFiniteMagnitude]).value == .infinity)
    var random = SplitMix64(seed: 5)
    for count in 1...40 {
      // Whole multiples of 2^-40 up to 2^20 add up exactly in 64 bits.
      let parts = (0..<count).map { _ in Int64.random(in: -(1 << 50)...(1 << 50), using: &random) }
      let values = parts.map { Double($0) * 0x1p-40 }
      let expected = Double(parts.reduce(0, +)) * 0x1p-40
      #expect(ExactSum(values).value == expected)
      #expect(ExactSum(values.shuffled(using: &random)).value == expected)
    }
  }

  @Test("Student's and Welch's test agree with reference values")
  func tTest() {
    // scipy.stats.ttest_ind, with and without equal_var.
    let test = StudentTTest([5.1, 4.9, 6.2, 5.7, 5.5], [4.1, 4.4, 3.9, 5.0])
    #expect(abs(test.t - 3.3806197204673096) < 1e-12)
    #expect(abs(test.pValue - 0.011748757535914419) < 1e-12)
    #expect(abs(test.welchPValue - 0.011948180108663045) < 1e-12)
    #expect(test.counts == (5, 4))
  }

  @Test("a test drops missing values, and of too few or equal ones is not a number")
  func tTestEdges() {
    let complete = StudentTTest([1, 2, 4], [3, 8, 9, 11])
    #expect(StudentTTest([1, .nan, 2, 4], [3, 8, .nan, 9, 11]) == complete)
    #expect(StudentTTest([], [1, 2]).pValue.isNaN)
    #expect(StudentTTest([1], [2]).pValue.isNaN)
    #expect(StudentTTest([1, 2, 3], [1, 2, 3]).pValue == 1)
  }

  @Test("the incomplete beta function where it is known")
  func beta() {
    #expect(incompleteBeta(0, 2, 3) == 0)
    #expect(incompleteBeta(1, 2, 3) == 1)
    for x in stride(from: 0.05, to: 1, by: 0.05) {
      #expect(abs(incompleteBeta(x, 1, 1) - x) < 1e-14)
      #expect(abs(incompleteBeta(x, 1, 4) - (1 - pow(1 - x, 4))) < 1e-14)
      #expect(abs(incompleteBeta(x, 0.5, 0.5) - 2 / .pi * asin(x.squareRoot())) < 1e-13)
      #expect(abs(incompleteBeta(x, 2.5, 7) + incompleteBeta(1 - x, 7, 2.5) - 1) < 1e-13)
    }
  }

  @Test("correlation of lines, of independent values, of pairs with a missing one")
  func correlations() {
    let x: [Double] = [1, 2, 3, 4, 5, 6]
    #expect(abs(correlation(x, x.map { 3 * $0 - 7 }) - 1) < 1e-15)
    #expect(abs(correlation(x, x.map { -$0 }) + 1) < 1e-15)
    #expect(correlation([-1, 0, 1], [1, -2, 1]) == 0)
    #expect(abs(correlation([1, 2, .nan, 3], [2, 4, 100, 6]) - 1) < 1e-15)
    #expect(correlation([1, 1, 1], [1, 2, 3]).isNaN)
    #expect(correlation([], []).isNaN)
    let matrix = correlationMatrix([x, x.map { $0 * $0 }, [1, -1, 1, -1, 1, -1]])
    for i in 0..<3 {
      #expect(abs(matrix[i][i] - 1) < 1e-15)
      for j in 0..<3 { #expect(matrix[i][j] == matrix[j][i]) }
    }
  }

  @Test("Wilson's interval")
  func wilson() {
    let all = wilsonInterval(successes: 10, trials: 10)
    #expect(abs(all.lower - 0.7224672001371107) < 1e-9)
    #expect(all.upper == 1)
    let none = wilsonInterval(successes: 0, trials: 10)
    #expect(none.lower == 0)
    #expect(abs(none.upper - 0.2775327998628893) < 1e-9)
    let half = wilsonInterval(successes: 50, trials: 100)
    #expect(abs(half.lower - 0.4038315303659956) < 1e-9)
    #expect(abs(half.lower + half.upper - 1) < 1e-12)
  }

  @Test("the logistic function does not overflow")
  func logisticFunction() {
    #expect(logistic(0) == 0.5)
    #expect(logistic(1000) == 1)
    #expect(logistic(-1000) == 0)
    #expect(abs(logistic(2) - 0.8807970779778823) < 1e-15)
  }

  @Test("numbers with a fixed count of decimals")
  func fixedDecimals() {
    #expect(fixed(0.8, decimals: 3) == "0.800")
    #expect(fixed(-1.26, decimals: 1) == "-1.3")
    #expect(fixed(3, decimals: 0) == "3")
    #expect(fixed(.nan, decimals: 2) == "nan")
    #expect(fixed(-0.0004, decimals: 3) == "0.000")
    #expect(fixed(12.3456, decimals: 6) == "12.345600")
    #expect(fixed(0.0004, decimals: 3) == "0.000")
  }
}
