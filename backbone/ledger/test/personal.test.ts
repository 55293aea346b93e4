import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { forgetWishes, leaveWish, ledgerLayer, verifyLedger } from '@sevenfold/ledger'
import { openReveal, personalFolder, PersonalKeys } from '@sevenfold/ledger/segments'
import { loadOrCreateKeys, localAgent, registerAgent, startLayer, startPart } from '@sevenfold/layer'
import { createMemoryLog, createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'

let folder: TemporaryFolder
const closing: (() => Promise<void>)[] = []
beforeEach(() => void (folder = createTemporaryFolder()))
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
  folder.remove()
})

const config = {
  v: 1,
  spoolBytes: 8_388_608,
  origin: 'example.org/ledger',
  segmentSizeBytes: 65_536,
  checkpointIntervalMs: 100,
  segmentsBytes: 1_000_000_000,
  personal: { seal: true },
}

async function until(test: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!test()) {
    if (performance.now() > deadline) throw new Error('still waiting')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const segments = (): string => join(folder.path, 'ledger', 'segments')
const written = (): string =>
  readdirSync(segments())
    .map((name) => readFileSync(join(segments(), name), 'utf8'))
    .join('')

it('what is personal in the ledger can be erased, and everything still verifies', async () => {
  const ledger = join(folder.path, 'ledger')
  mkdirSync(ledger, { recursive: true, mode: 0o700 })
  writeFileSync(join(ledger, 'config.json'), JSON.stringify(config))
  for (const part of ['ledger', 'edge'] as const)
    registerAgent(
      join(ledger, 'agents.json'),
      localAgent(part, loadOrCreateKeys(join(folder.path, part, 'keys')).publicKey),
    )
  const started = await startLayer(ledgerLayer, { dataDir: folder.path, log: createMemoryLog() })
  closing.push(() => started.stop())
  const edge = await startPart<object>({
    part: 'edge',
    dataDir: folder.path,
    config: {},
    control: false,
    slot: 'w0',
    receivers: [{ name: 'ledger', socketPath: join(ledger, 'ingest.sock') }],
    log: createMemoryLog(),
  })
  closing.push(() => edge.stop())
  edge.emit(
    edge.events.authentication({ outcome: 'failure', userName: 'ana.person', clientAddress: '198.51.100.7' }),
  )
  await until(() => written().includes('"login"'))
  expect(written()).not.toMatch(/ana\.person|198\.51\.100\.7/u)
  const shown = (): string => written().split('\n').map(openReveal(ledger)).join('\n')
  expect(shown()).toContain('"ana.person"')
  const keys = new PersonalKeys(personalFolder(ledger))
  const [day = ''] = keys.days()
  leaveWish(forgetWishes(ledger), { name: day, actor: 'cli:ana', reason: 'erasure request 17' })
  await until(() => keys.days().length === 0)
  expect(shown()).toContain(`"name":"erased:${day}"`)
  expect(shown()).not.toContain('ana.person')
  await until(() => written().includes('forget-day'))
  for (const close of closing.splice(0).toReversed()) await close()
  expect((await verifyLedger(ledger)).problems).toEqual([])
})
