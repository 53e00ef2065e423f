package import NeuralNetwork

/// The streams of random numbers that trainings and samples of any modality draw from. A number is never given to another
/// purpose: samples of versions that were published follow from it. Modalities count theirs from 1,000 times their own
/// number on.
extension Random.Stream {
    package static let generatorInitialization = Self(0)
    package static let discriminatorInitialization = Self(1)
    package static let scorerInitialization = Self(2)
    package static let heldOut = Self(3)
    package static let discriminatorData = Self(4)
    package static let generatorData = Self(5)
    package static let discriminatorLatent = Self(6)
    package static let generatorLatent = Self(7)
    package static let scorerData = Self(8)
    package static let noise = Self(9)
    package static let noiseChoice = Self(10)
    package static let scorerLatent = Self(11)
    package static let calibration = Self(12)
    package static let evaluation = Self(14)
    package static let sampling = Self(15)
    package static let demonstration = Self(16)
    package static let demonstrationChoice = Self(17)
    package static let mixing = Self(18)
    package static let encoding = Self(19)
    package static let decoding = Self(20)
    package static let choice = Self(21)
    package static let outputCalibration = Self(22)
    package static let rejection = Self(23)
    package static let dropout = Self(24)
    package static let scorerDropout = Self(25)
    package static let tuningData = Self(26)
    package static let tuningLatent = Self(27)
    package static let joint = Self(28)
    package static let jointDraws = Self(29)
}
