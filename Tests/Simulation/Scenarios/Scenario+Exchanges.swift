import ArticleModel
import Membership
import ReplicaStore

extension Scenario {
    // Cut syncs began at zero; a lost message made two sides talk for ever; signed text was written
    // anew on the way; each document took a request, and the server's memory; one bad record stopped
    // the whole sync.
    static let exchanges = [
        Scenario("many articles take few messages, and the hub makes nothing of them") { world in
            let (writer, reader) = (world.clients[0], world.clients[1])
            try world.begin(writer, articles: 200)
            try world.sync(writer)
            let before = world.coverage[.delivered]
            try world.sync(reader)
            guard world.coverage[.delivered] - before < 20 else {
                throw Violation("each article takes messages of its own")
            }
            guard try world.entryCount(of: reader) >= 200 else {
                throw Violation("the reader lacks articles")
            }
            guard let hub = try world.hub.shelf.replica(0), try hub.underivedCount() >= 200 else {
                throw Violation("the hub read articles to pass them on")
            }
        },
        Scenario("one entry that breaks a rule stops nobody else's") { world in
            let (writer, liar, reader) = (world.clients[0], world.clients[1], world.clients[2])
            for kind in [Act.wrongLamport, .wrongSignature, .undecodableBody, .unknownParents] {
                try world.write(writer, times: 2)
                try world.sync(writer)
                try world.sync(liar)
                try world.write(liar)
                world.allowForks(of: liar, 0)
                guard let replica = liar.replicas[0],
                    let last = try world.lastEntry(of: liar, replica, 0)
                else { throw Violation("the liar has signed nothing") }
                for _ in 0..<4 { try world.lie(liar, 0, replica, after: last, kind) }
                try world.drain()
                try world.write(writer, times: 2)
                // The reader may have been told first, and pass it on.
                for client in [writer, reader, writer] { try world.sync(client) }
                guard let here = writer.replicas[0], let there = reader.replicas[0],
                    try here.unplacedCount() == 0, try there.hubHead() == here.hubHead()
                else { throw Violation("\(kind) stopped the others") }
            }
        },
        Scenario("a sync that is cut goes on where it was") { world in
            let client = world.clients[0]
            try world.write(client, times: 40)
            let limit = 400
            var connectionCount = 0
            let sent = try world.byteCount {
                while try client.replicas[0]?.unplacedCount() != 0 {
                    connectionCount += 1
                    guard connectionCount < 200 else { throw Violation("the sync never ends") }
                    try world.syncUntilCut(client, after: limit * connectionCount)
                }
            }
            guard sent > 0 else { throw Violation("nothing was sent") }
        },
        Scenario("two clients compare what they have in few messages, however much differs") {
            world in
            let (one, other) = (world.clients[0], world.clients[1])
            try world.write(one, times: 100)
            try world.write(other, times: 100)
            let before = world.coverage[.delivered]
            try world.connect(one, to: other)
            try world.drain()
            guard world.coverage[.delivered] - before < 60 else {
                throw Violation("the clients do not stop comparing")
            }
            guard try world.entryCount(of: one) == world.entryCount(of: other) else {
                throw Violation("the clients are not level")
            }
        },
        Scenario("the bytes that were signed are those that are stored and passed on") { world in
            for client in world.clients { try world.write(client, times: 3) }
            for _ in 0..<2 { for client in world.clients { try world.sync(client) } }
            var known: [ChangeSetID: [UInt8]] = [:]
            for client in world.clients {
                for entry in try client.replicas[0]?.entries(sizeMax: .max) ?? [] {
                    let bytes = known[entry.signed.id, default: entry.signed.bytes]
                    guard bytes == entry.signed.bytes else { throw Violation("bytes differ") }
                    known[entry.signed.id] = bytes
                }
            }
        },
        Scenario("an article takes an edit after more versions at once than an entry can name") {
            world in
            let (client, reader) = (world.clients[0], world.clients[1])
            try world.write(client)
            try world.sync(client)
            try world.sync(reader)
            world.copyFiles(of: client, 0)
            for _ in 0..<70 {
                try world.setBack(client, 0, withAnchor: false)
                try world.write(client)
                try world.give(client, to: reader)
            }
            try world.write(reader)
            try world.sync(reader)
        },
    ]

    // Clocks decided who won; concurrent records of members opened old states again; people did not
    // see what they had written.
    static let people = [
        Scenario("no clock decides anything") { world in
            let (early, late) = (world.clients[0], world.clients[1])
            try world.write(early)
            try world.sync(early)
            try world.sync(late)
            let tenYears: Int64 = 10 * 365 * 86_400_000
            late.clockOffset = tenYears
            try world.write(late, times: 2)
            try world.sync(late)
            try world.sync(early)
            early.clockOffset = -tenYears
            // Made after what bears a time twenty years later.
            try world.setTitle(early, "The last word")
            try world.sync(early)
            try world.sync(late)
            try world.expectTitle(late, "The last word")
            // At the same time as what bears the later time, and after more that was seen.
            try world.setTitle(late, "The later clock")
            try world.write(early, times: 3)
            try world.setTitle(early, "The later change")
            for client in [late, early, late] { try world.sync(client) }
            for client in [late, early] { try world.expectTitle(client, "The later change") }
        },
        Scenario("records of members come one after the other, whoever is first") { world in
            let (owner, member) = (world.clients[0], world.clients[1])
            for _ in 0..<4 {
                try world.changeMembership(owner, 0)
                try world.sync(member)
                try world.drain()
            }
        },
        Scenario("who is cut off for long sees their own changes, and then everybody's") { world in
            for round in 0..<6 {
                for client in world.clients {
                    client.isPartitioned = (client.number + round) % 3 == 0
                    try world.write(client, times: 2)
                    if !client.isPartitioned { try world.sync(client) }
                }
                for client in world.clients { try world.checkKept(client) }
            }
        },
    ]
}
