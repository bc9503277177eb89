import ReplicaStore
import TestSupport

extension World {
    func lie() throws -> Bool { false }
    func lieAsHub() throws -> Bool { false }
    func makeHubHonest() throws { hubIsLying = false }
    func shownLog(to client: Client) -> String { "" }
}
