import type { DetectionConfig } from '@sevenfold/config'
import type { PartContext } from '@sevenfold/layer'
import type { DecisionStore } from '../decisions/decision-store.ts'
import { CustomCommand } from './custom-command.ts'
import { Enforcement } from './enforcement.ts'
import type { EnforcementState } from './enforcement.ts'
import type { Enforcer } from './enforcer.ts'
import { MapFile } from './map-file.ts'
import { Nftables } from './nftables.ts'

function enforcersOf({ config, clock }: PartContext<DetectionConfig>): Enforcer[] {
  const { nftables, haproxyMap, nginxMap, command } = config.enforcement
  const now = (): number => clock.now()
  const maps = [
    ...(haproxyMap === undefined ? [] : [{ form: 'haproxy' as const, ...haproxyMap }]),
    ...(nginxMap === undefined ? [] : [{ form: 'nginx' as const, ...nginxMap }]),
  ]
  return [
    ...(nftables === undefined ? [] : [new Nftables({ ...nftables, now })]),
    ...maps.map(
      ({ form, file, reload }) => new MapFile({ form, file, ...(reload === undefined ? {} : { reload }) }),
    ),
    ...(command === undefined ? [] : [new CustomCommand({ ...command, now })]),
  ]
}

/** Everything that this machine enforces besides the edge. */
export interface OpenEnforcement {
  states(): readonly EnforcementState[]
  /** Brings in what waits and ends. */
  stop(): Promise<void>
}

/**
 * Starts the configured enforcers. None of them keeps the layer from starting: one that fails is reported in an event,
 * shown in the status, and tried again; what it enforced before stays as it is.
 */
export function openEnforcement(
  context: PartContext<DetectionConfig>,
  store: DecisionStore,
): OpenEnforcement {
  const { clock, log, emit, events } = context
  const running = enforcersOf(context).map((enforcer) => {
    const enforcement = new Enforcement({
      store,
      enforcer,
      clock,
      log,
      onState: ({ name, works, error }) =>
        emit(
          works
            ? events.notice('enforcement-works', `${name} enforces decisions again`, 30)
            : events.notice('enforcement-failed', `${name} does not take new decisions: ${error}`, 80),
        ),
    })
    void enforcement.run() // failures are reported and tried again
    return enforcement
  })
  return {
    states: () => running.map((enforcement) => enforcement.state()),
    stop: async () => void (await Promise.all(running.map((enforcement) => enforcement.stop()))),
  }
}
