import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageEntry } from '../src/bed/package-entry.ts'
import { loadCatalogue, startBareBed } from '../src/index.ts'
import type { Attack, Bed } from '../src/index.ts'
import { journeys } from '../src/index.ts'
import { cellAddress } from '../src/matrix/cell-address.ts'
import { configurationOf } from '../src/matrix/configuration.ts'
import { runAttack, runJourney, runTwin } from '../src/matrix/run-cell.ts'
import type { CellOptions } from '../src/matrix/run-cell.ts'

const isBuilt = packageEntry('shop') !== undefined
const attacks = await loadCatalogue()

/** Attacks that no patch of the application ends: they use it as it is meant to be used, only too much or under a false name. */
const useNotFlaw: ReadonlySet<string> = new Set(['scrape-catalogue', 'bot-scanner', 'bot-false-crawler'])

const beds: Bed[] = []
let next = 0

async function open(env: Readonly<Record<string, string>>): Promise<Bed> {
  const bed = await startBareBed({ dataDir: mkdtempSync(join(tmpdir(), 'prove-')), appEnv: env })
  beds.push(bed)
  return bed
}

function place(bed: Bed | undefined): CellOptions {
  if (bed === undefined) throw new Error('no bed')
  return { bed, configuration: configurationOf([]), address: cellAddress(next++), seed: 'test' }
}

afterAll(async () => {
  for (const bed of beds) await bed.close()
})

describe.skipIf(!isBuilt)('every attack on the shop with no layer (needs a build)', () => {
  let weak: Bed | undefined

  beforeAll(async () => {
    weak = await open({})
  })

  it.each(attacks.map((attack) => [attack.id, attack] as const))(
    '%s works, and its twin is served',
    // Attacks that need the clock may fail once on a busy machine; the proof itself tries them three times too.
    { retry: 2 },
    async (_id, attack: Attack) => {
      expect(await runAttack(attack, place(weak))).toMatchObject({ succeeded: true })
      expect(await runTwin(attack, place(weak))).toMatchObject({ succeeded: true })
    },
  )

  it.each(journeys.map((journey) => [journey.id, journey] as const))(
    'the journey %s is served',
    async (_id, journey) => {
      expect(await runJourney(journey, place(weak))).toMatchObject({ succeeded: true })
    },
  )
})

describe.skipIf(!isBuilt)('no oracle is content with the patched shop (needs a build)', () => {
  let patched: Bed | undefined

  beforeAll(async () => {
    patched = await open({ SHOP_PATCHED: 'all' })
  })

  const flawed = attacks.filter((attack) => !useNotFlaw.has(attack.id))

  it.each(flawed.map((attack) => [attack.id, attack] as const))('%s fails', async (_id, attack: Attack) => {
    expect(await runAttack(attack, place(patched))).toMatchObject({ succeeded: false })
  })
})
