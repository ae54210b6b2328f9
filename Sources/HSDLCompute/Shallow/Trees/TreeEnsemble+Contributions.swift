extension TreeEnsemble {
  /// How much each feature has moved each output, and last the output from which it was moved: SHAP values of trees
  /// (Lundberg et al., 2020), by LightGBM.
  ///
  /// - Returns: `width + 1` numbers for each row; their sum is the output.
  /// - Throws: ``ComputeError`` with `lightGBM`.
  public func contributions(_ rows: UnsafeBufferPointer<Double>, width: Int) throws -> [Double] {
    try LightGBMBooster(text: text).predict(rows, width: width, contributions: true)
  }
}
