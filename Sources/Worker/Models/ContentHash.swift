import Crypto
public import SeismicFormats

/// The SHA-256 of bytes.
public func sha256(of bytes: Bytes) -> [UInt8] { Array(SHA256.hash(data: UnsafeRawBufferPointer(bytes))) }
