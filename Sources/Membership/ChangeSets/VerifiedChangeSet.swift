public import ArticleModel
public import Signing

/// A change set that its device is proved to have signed.
///
/// There is no other way to one than to verify or to sign. Whether it may count, by chain and role,
/// is ``ChainRules``' to say.
public struct VerifiedChangeSet: Hashable, Sendable {
    /// How the device is proved to have signed it.
    public enum Proof: Hashable, Sendable {
        /// Its own signature holds.
        case ownSignature
        /// A later entry whose signature holds names it, directly or through others; its own
        /// signature was not looked at.
        case laterEntry
    }

    /// The change set.
    public let signed: SignedChangeSet
    /// The device that signed it.
    public let device: DeviceKey
    /// How that is known.
    public let proof: Proof

    init(_ signed: SignedChangeSet, device: DeviceKey, proof: Proof) {
        self.signed = signed
        self.device = device
        self.proof = proof
    }

    /// What it says.
    public var header: ChangeSetHeader { signed.header }
    /// Its id.
    public var id: ChangeSetID { signed.id }
    /// The COSE_Sign1 message.
    public var bytes: [UInt8] { signed.bytes }
}

extension SignedChangeSet {
    /// Verifies the signature as one of `device`.
    ///
    /// Making OpenSSL's form of a key costs: for many change sets, keep it and use
    /// ``verified(by:)-(PublicKey)``.
    public func verified(by device: DeviceKey) throws(MembershipError) -> VerifiedChangeSet {
        try verified(by: device.publicKey())
    }

    /// Verifies the signature as one of `key`.
    public func verified(by key: PublicKey) throws(MembershipError) -> VerifiedChangeSet {
        let device = try checkOpening(by: key)
        guard key.isValidSignature(signature, for: signatureStructure) else {
            throw MembershipError(
                .badSignature,
                "The signature of change set \(id) does not hold for device \(device.handle)."
                    + " It was altered or forged; get it from somebody else."
            )
        }
        return VerifiedChangeSet(self, device: device, proof: .ownSignature)
    }

    /// Verifies consecutive entries of one chain by the signature of the last alone.
    ///
    /// Each names the one before it by hash, so the last one's signature proves them all.
    public static func verified(
        run: [SignedChangeSet],
        by key: PublicKey
    ) throws(MembershipError) -> [VerifiedChangeSet] {
        guard let last = run.last else { return [] }
        for (entry, next) in zip(run, run.dropFirst()) {
            guard next.header.chain == entry.header.chain, next.header.previous == entry.id,
                next.header.sequence > 0, next.header.sequence - 1 == entry.header.sequence
            else {
                throw MembershipError(
                    .wrongPrevious,
                    "Change set \(next.id) does not follow \(entry.id) on chain"
                        + " \(entry.header.chain)."
                )
            }
        }
        var result: [VerifiedChangeSet] = []
        result.reserveCapacity(run.count)
        for entry in run.dropLast() {
            let device = try entry.checkOpening(by: key)
            result.append(VerifiedChangeSet(entry, device: device, proof: .laterEntry))
        }
        result.append(try last.verified(by: key))
        return result
    }

    /// A chain's first entry says whose key it is; no other may have signed it.
    private func checkOpening(by key: PublicKey) throws(MembershipError) -> DeviceKey {
        let device = try DeviceKey(key)
        if let opening = header.opening, opening.device != device {
            throw MembershipError(
                .badSignature,
                "Chain \(header.chain) is opened for device \(opening.device.handle), not for"
                    + " \(device.handle)."
            )
        }
        return device
    }
}
