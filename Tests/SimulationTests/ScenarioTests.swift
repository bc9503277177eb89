import Simulation
import Testing

@Suite("What broke others in practice")
struct ScenarioTests {
    @Test("does not break this:", arguments: Scenario.all.map(\.name))
    func holds(name: String) throws {
        try #require(Scenario.all.first { $0.name == name }).run()
    }
}
