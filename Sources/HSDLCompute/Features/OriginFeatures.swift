public final class OriginFeatures {
  public static let definitions: [FeatureDefinition] = []
  public static var count: Int { definitions.count }
  public init() {}
}
