import { afterEach, describe, expect, it } from 'vitest'
import { defineAttack } from '../src/index.ts'
import { runProof } from '../src/index.ts'
import type { Attack, Journey, Progress, Proof, Scene } from '../src/index.ts'
import { startFakeBed } from './fake-bed.ts'
import type { FakeBed } from './fake-bed.ts'

let bed: FakeBed | undefined
afterEach(() => bed?.close())

const seenAddresses: string[] = []

function attack(id: string, path = `/steal/${id}`): Attack {
  return defineAttack({
    id,
    class: 'xss',
    title: 'Steals',
    cwe: 79,
    capec: 1,
    technique: 'T1190',
    preconditions: [],
    steps: ({ visitor }) => {
      seenAddresses.push(visitor.address)
      return visitor.get(path)
    },
    oracle: (answer, { witness }) => answer.text.includes(witness.loot.paymentKey),
    twin: ({ visitor }) => visitor.get(`/innocent/${id}`),
  })
}

const journey: Journey = {
  id: 'browse',
  title: 'Looks around',
  visit: async ({ visitor }) => ((await visitor.get('/browse')).status === 200 ? undefined : 'not served'),
}

async function prove(
  current: FakeBed,
  attacks: readonly Attack[],
  onProgress?: (progress: Progress) => void,
): Promise<Proof> {
  bed = current
  return runProof(current, {
    seed: 's',
    attacks,
    journeys: [journey],
    ...(onProgress === undefined ? {} : { onProgress }),
  })
}

describe('runProof', () => {
  it('tells stopped, detected late, failed without a word and missed apart', async () => {
    const fake = await startFakeBed(['edge', 'detection'])
    fake.rules.set('edge', (path) => (path === '/steal/silent' ? 'silent' : path === '/steal/waf'))
    fake.rules.set('detection', (path) => (path === '/steal/late' ? 'late' : false))
    const { document, rows, problems } = await prove(
      fake,
      ['waf', 'silent', 'late', 'open'].map((id) => attack(id)),
    )
    const outcome = (id: string): readonly (string | undefined)[] => {
      const cells = document.attacks.find((entry) => entry.id === id)?.cells
      return [
        cells?.none?.outcome,
        cells?.alone?.edge?.outcome,
        cells?.alone?.detection?.outcome,
        cells?.all.outcome,
      ]
    }
    expect(outcome('waf')).toEqual(['missed', 'stopped', 'missed', 'stopped'])
    expect(outcome('late')).toEqual(['missed', 'missed', 'detected', 'detected'])
    expect(outcome('silent')).toEqual(['missed', 'missed', 'missed', 'missed'])
    expect(outcome('open')).toEqual(['missed', 'missed', 'missed', 'missed'])
    expect(rows.find((row) => row.attack.id === 'silent')?.cells.get('edge')?.unexplained).toBe(true)
    expect(document.attacks.map((entry) => entry.depth)).toEqual([1, 0, 1, 0])
    expect(document.attacks.every((entry) => entry.valid)).toBe(true)
    expect(document.benign).toEqual({ runs: 5, blocked: 0 })
    expect(problems).toEqual([])
  })

  it('reports an attack that does not work with no layer, and does not try it behind layers', async () => {
    const fake = await startFakeBed(['edge'])
    const tried: string[] = []
    const { document, problems } = await prove(
      fake,
      [attack('weak', '/nothing')],
      ({ doing }) => void tried.push(doing),
    )
    expect(document.attacks[0]).toMatchObject({ valid: false, depth: 0 })
    expect(problems).toEqual(['weak does not work with no layer'])
    expect(tried.filter((doing) => doing.startsWith('weak'))).toEqual([
      'weak, none',
      'weak, none',
      'weak, none',
    ])
    expect(document.singlePoints).toEqual([])
  })

  it('counts innocent visits that a layer refuses, and says who', async () => {
    const fake = await startFakeBed(['edge'])
    fake.rules.set('edge', (path) => path.startsWith('/innocent') || path === '/browse')
    const { document, benign } = await prove(fake, [attack('a')])
    expect(document.benign).toEqual({ runs: 2, blocked: 2 })
    expect(benign[0]).toEqual({ name: 'twin of a', blocked: true, reason: 'edge: rule' })
  })

  it('counts an innocent visitor that gets banned as blocked, even when everything was served', async () => {
    const fake = await startFakeBed(['detection'])
    fake.rules.set('detection', (path) =>
      path === '/browse' ? 'late' : path.startsWith('/steal') ? 'late' : false,
    )
    const { benign } = await prove(fake, [attack('a')])
    expect(benign.find((run) => run.name === 'browse')).toMatchObject({ blocked: true })
  })

  it('gives every cell its own address, and resets before each', async () => {
    const fake = await startFakeBed(['edge', 'detection'])
    seenAddresses.length = 0
    await prove(fake, [attack('a'), attack('b')])
    expect(seenAddresses).toHaveLength(8)
    expect(new Set(seenAddresses).size).toBe(8)
    expect(fake.resets).toHaveLength(8 + 2 * 3)
    expect(new Set(fake.resets).size).toBe(fake.resets.length)
  })

  it('works on two applications side by side, with the same verdicts', async () => {
    const fake = await startFakeBed(['edge', 'runtime', 'detection'])
    fake.rules.set('runtime', (path) => path === '/steal/a')
    fake.rules.set('detection', (path) => (path === '/steal/b' ? 'late' : false))
    seenAddresses.length = 0
    const weak = attack('weak', '/nothing')
    const { document, rows } = await prove(fake, [attack('a'), weak, attack('b')])
    expect(document.attacks.map(({ id, depth, valid }) => [id, depth, valid])).toEqual([
      ['a', 1, true],
      ['weak', 0, false],
      ['b', 1, true],
    ])
    expect(rows.map((row) => row.cells.size)).toEqual([8, 1, 8])
    expect(new Set(seenAddresses).size).toBe(8 + 3 + 8)
    expect(document.benign).toEqual({ runs: 4, blocked: 0 })
  })

  it('ends with the error of an application that goes away', async () => {
    const fake = await startFakeBed(['runtime'])
    bed = fake
    const gone = { ...fake.application({ name: 'runtime', layers: ['runtime'] }) }
    const reset = (): Promise<never> => Promise.reject(new Error('gone'))
    const broken: FakeBed = {
      ...fake,
      application: (configuration) =>
        configuration.layers.length > 0 ? Object.assign(gone, { reset }) : fake.application(configuration),
    }
    const running = runProof(broken, { seed: 's', attacks: [attack('a'), attack('b')], journeys: [journey] })
    await expect(running).rejects.toThrow('gone')
  })

  it('turns an attack whose own code breaks into an error of the test', async () => {
    const broken = defineAttack({
      id: 'broken',
      class: 'xss',
      title: 'Breaks',
      cwe: 1,
      capec: 1,
      technique: 'T1190',
      preconditions: [],
      steps: () => Promise.reject(new Error('typo')),
      oracle: () => true,
      twin: ({ visitor }) => visitor.get('/'),
    })
    const { problems } = await prove(await startFakeBed([]), [broken])
    expect(problems).toEqual(['broken does not work with no layer (typo)'])
  })

  it('repeats an attack that fails once with no layer, and only there', async () => {
    const fake = await startFakeBed(['edge'])
    const tries: string[] = []
    const shaky = attack('shaky')
    const attempt = (scene: Scene): Promise<boolean> => {
      tries.push(scene.visitor.address)
      return tries.length === 1 ? Promise.resolve(false) : shaky.attempt(scene)
    }
    const { document, problems } = await prove(fake, [{ ...shaky, attempt }])
    expect(tries).toHaveLength(3)
    expect(new Set(tries).size).toBe(3)
    expect(document.attacks[0]).toMatchObject({ valid: true, cells: { all: { outcome: 'missed' } } })
    expect(problems).toEqual([])
  })

  it('ends early when it is asked to', async () => {
    bed = await startFakeBed([])
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(runProof(bed, { seed: 's', attacks: [attack('a')], journeys: [], signal })).rejects.toThrow(
      'enough',
    )
  })

  it('gives the same verdicts twice with one seed', async () => {
    const fake = await startFakeBed(['edge'])
    fake.rules.set('edge', (path) => path === '/steal/a')
    const first = await prove(fake, [attack('a'), attack('b')])
    const again = await runProof(fake, {
      seed: 's',
      attacks: [attack('a'), attack('b')],
      journeys: [journey],
    })
    expect(again.document).toEqual(first.document)
  })
})
