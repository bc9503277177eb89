import ArticleModel
import ReplicaStore

extension Scenario {
    // A replica that is copied or put back signs under the old name: histories fork, and changes
    // are stranded for ever.
    static let copies = [
        Scenario("a replica copied to another machine goes on in a chain of its own") { world in
            let original = world.clients[0]
            try world.write(original, times: 3)
            try world.sync(original)
            guard try world.copyClient(original), let copy = world.clients.last else {
                throw Violation("nothing was copied")
            }
            for _ in 0..<3 {
                try world.write(original)
                try world.write(copy)
            }
            try world.sync(copy)
            try world.sync(original)
            try world.expectNoForks()
        },
        Scenario("a replica put back from a backup forks nothing and gets its changes back") {
            world in
            let client = world.clients[0]
            try world.write(client, times: 2)
            try world.sync(client)
            world.copyFiles(of: client, 0)
            try world.write(client, times: 3)
            try world.sync(client)
            try world.setBack(client, 0, withAnchor: false)
            try world.write(client, times: 2)
            try world.sync(client)
            try world.expectNoForks()
            try world.expectAllKept(on: client)
        },
        Scenario("a machine set back with its anchor makes a fork that harms nobody") { world in
            let client = world.clients[0]
            try world.write(client, times: 2)
            world.copyFiles(of: client, 0)
            try world.write(client, times: 2)
            try world.sync(client)
            world.allowForks(of: client, 0)
            try world.setBack(client, 0, withAnchor: true)
            try world.write(client, times: 2)
            try world.sync(client)
            try world.sync(client)
            try world.write(client)
        },
    ]

    // After a crash old numbers were used again, and changes that had been announced were lost.
    static let crashes = [
        Scenario("no number of a chain is used twice, wherever the machine crashes") { world in
            let client = world.clients[0]
            for call in 1...60 {
                client.disk.faults.crashAfter = call
                try world.write(client)
                if client.isUp { try world.sync(client) }
                if client.isUp {
                    client.disk.crash()
                    world.stop(client)
                }
                try world.drain()
                try world.restart(client)
            }
        },
        Scenario("a number that a failed commit may have used is not used again") { world in
            let client = world.clients[0]
            for call in 1...30 {
                try world.write(client, times: 2)
                try world.sync(client)
                client.disk.faults.failAfter = call
                client.disk.faults.failCount = 1
                try world.write(client)
                client.disk.faults = DiskFaults()
                // The files hold what the failed commit wrote until the next one does.
                world.copyFiles(of: client, 0)
                try world.write(client)
                try world.sync(client)
                try world.setBack(client, 0, withAnchor: false)
                try world.sync(client)
                try world.expectNoForks()
            }
        },
        Scenario("the hub acknowledges nothing that a crash can take from it") { world in
            let client = world.clients[0]
            for call in 1...60 {
                try world.write(client)
                world.hub.disk.faults.crashAfter = call
                try world.sync(client)
                if world.hub.isUp {
                    world.hub.disk.crash()
                    world.stopHub()
                }
                try world.drain()
                try world.restartHub()
            }
        },
    ]
}
