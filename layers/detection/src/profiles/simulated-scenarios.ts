/** Which scenarios are only tried out. The form of CrowdSec's simulation.yaml with `exclusions` is the same rule. */
export interface Simulation {
  /** True: every scenario, but for those listed. */
  readonly all: boolean
  readonly scenarios: readonly string[]
}

/** True for scenarios whose decisions are recorded and given to nobody. */
export function simulatedScenarios(simulation: Simulation): (scenario: string) => boolean {
  const listed = new Set(simulation.scenarios)
  return (scenario) => listed.has(scenario) !== simulation.all
}
