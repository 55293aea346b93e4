import { once } from 'node:events'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import type { LedgerConfig } from '@sevenfold/config'
import { loadOrCreateKeys, writeAtomic } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import { encodeCosignerKey } from '@sevenfold/merkle'
import { createWitness, createWitnessServer } from './witness-server.ts'
import { openWitnessStore } from './witness-store.ts'

/** Ourselves as a witness of other logs. */
export interface Witnessing {
  /** Where it listens; undefined when it is not configured. */
  readonly port: number | undefined
  stop(): Promise<void>
}

/** Cosigns other logs, when that is configured. Its key is its own: neither ours nor that of our log. */
export async function startWitnessing(context: PartContext<LedgerConfig>): Promise<Witnessing> {
  const { config, dataDir, clock, log, events } = context
  const { witnessing } = config
  if (witnessing === undefined) return { port: undefined, stop: () => Promise.resolve() }
  const witness = createWitness({
    name: witnessing.name,
    signer: loadOrCreateKeys(join(dataDir, 'witness-key')),
    logs: witnessing.logs,
    store: openWitnessStore(join(dataDir, 'witness')),
    now: () => clock.now(),
    onMisbehaviour: (why) => {
      log.warn('witness-refused', { why })
      context.emit(events.notice('witness-refused', `a log that we witness asked for a fork: ${why}`, 80))
    },
  })
  writeAtomic(join(dataDir, 'witness.vkey'), `${encodeCosignerKey(witness.key)}\n`)
  const server = createWitnessServer(witness, (error) => log.error('witness-failed', { error }))
  server.listen(witnessing.listen.port, witnessing.listen.host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
