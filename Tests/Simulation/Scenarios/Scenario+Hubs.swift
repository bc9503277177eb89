import ArticleModel
import ReplicaStore

extension Scenario {
    // Every cursor believes that servers do not go back in time; what is missing from a listing is
    // taken for deleted; a wrong checksum has everything fetched again.
    static let hubs = orders + (World.clientsRefillHubs ? refills : [])

    private static let refills = [
        Scenario("a hub put back from yesterday's backup is refilled by who comes") { world in
            for client in world.clients { try world.write(client, times: 2) }
            for client in world.clients { try world.sync(client) }
            world.copyHubFiles(0)
            for client in world.clients { try world.write(client, times: 3) }
            for client in world.clients { try world.sync(client) }
            guard try world.restoreHub() else { throw Violation("the hub was not put back") }
            try world.sync(world.clients[2])
        },
        Scenario("what a hub put back lacks is sent by its difference, not all anew") { world in
            let client = world.clients[0]
            try world.write(client, times: 80)
            let whole = try world.byteCount { try world.sync(client) }
            world.copyHubFiles(0)
            try world.write(client)
            try world.sync(client)
            guard try world.restoreHub() else { throw Violation("the hub was not put back") }
            let again = try world.byteCount { try world.sync(client) }
            guard again * 4 < whole else {
                throw Violation("\(again) bytes were sent for one change, of \(whole) for all")
            }
        },
        Scenario("what a hub leaves out is not deleted anywhere") { world in
            let (writer, reader) = (world.clients[0], world.clients[1])
            world.copyHubFiles(0)
            try world.write(writer, times: 6)
            try world.sync(writer)
            try world.sync(reader)
            let before = try world.entryCount(of: reader)
            guard try world.restoreHub() else { throw Violation("the hub was not put back") }
            try world.sync(reader)
            guard try world.entryCount(of: reader) == before else {
                throw Violation("the reader lost what the hub left out")
            }
        },
    ]

    private static let orders = [
        Scenario("positions are dense and in the order of commits, and no reader skips one") {
            world in
            let (one, other, reader) = (world.clients[0], world.clients[1], world.clients[2])
            for _ in 0..<10 {
                try world.write(one)
                try world.write(other)
                // Both send before the hub writes; the reader looks in between.
                try world.connect(one, isLive: false)
                try world.connect(other, isLive: false)
                for wire in world.wires where wire.outward.isDue {
                    try world.deliver(wire, isOutward: true, limit: 1 << 20)
                }
                try world.connect(reader, isLive: false)
                try world.drain()
            }
        }
    ]
}
