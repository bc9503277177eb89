/// What can be seen of a point of edwards25519 in its 32 bytes.
///
/// RFC 8032 encodes a point as y, little-endian in 255 bits, and the lowest bit of x above it.
/// OpenSSL takes encodings that are not the point's own (y of p or more, a sign where x is 0) and
/// the eight points whose order divides 8; with either, one signature can hold for many messages
/// or keys, and one key can be written in two ways. So both are refused here.
enum PointEncoding {
    /// What is wrong with an encoding.
    enum Fault {
        case nonCanonical
        case smallOrder
    }

    /// The fault of 32 bytes, nil where there is none.
    static func fault(of bytes: ArraySlice<UInt8>) -> Fault? {
        var y = bytes.map { $0 }
        guard y.count == 32 else { return .nonCanonical }
        let hasSign = y[31] & 0x80 != 0
        y[31] &= 0x7f
        guard isLess(y, fieldPrime) else { return .nonCanonical }
        // x is 0 for y = 1 and y = -1 only; a zero has no sign.
        if hasSign, y == one || y == minusOne { return .nonCanonical }
        return smallOrderY.contains(y) ? .smallOrder : nil
    }

    /// Whether 32 little-endian bytes are a reduced scalar, below the order L of the base point.
    static func isReducedScalar(_ bytes: ArraySlice<UInt8>) -> Bool {
        let scalar = bytes.map { $0 }
        return scalar.count == 32 && isLess(scalar, groupOrder)
    }

    /// Compares equally long little-endian numbers.
    private static func isLess(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        for (left, right) in zip(left, right).reversed() where left != right {
            return left < right
        }
        return false
    }

    /// 2^255 - 19.
    private static let fieldPrime =
        [0xed] + [UInt8](repeating: 0xff, count: 30) + [0x7f]
    /// 2^252 + 27742317777372353535851937790883648493.
    private static let groupOrder: [UInt8] =
        [
            0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
            0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
        ] + [UInt8](repeating: 0, count: 15) + [0x10]
    private static let one = [1] + [UInt8](repeating: 0, count: 31)
    private static let minusOne =
        [0xec] + [UInt8](repeating: 0xff, count: 30) + [0x7f]
    /// The y of the points of order 1, 2, 4 and, two of them, 8; both signs of x have small order.
    private static let smallOrderY: [[UInt8]] = [
        one,
        minusOne,
        [UInt8](repeating: 0, count: 32),
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0,
            0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
            0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39,
            0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f,
            0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
            0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6,
            0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
        ],
    ]
}
