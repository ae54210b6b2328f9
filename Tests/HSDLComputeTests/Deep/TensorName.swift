import HSDLCompute

/// The numbers of networks; QuakeML has tensors of another kind.
typealias Tensor = HSDLCompute.Tensor
