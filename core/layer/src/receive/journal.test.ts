import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAgents, isDeclared } from './agents.ts'
import type { Agents } from './agents.ts'
import { maxJournalBytes, openJournal } from './journal.ts'
import type { JournalEntry } from './journal.ts'

let folder: TemporaryFolder
beforeEach(() => void (folder = createTemporaryFolder()))
afterEach(() => folder.remove())

const path = (): string => join(folder.path, 'receiver.ndjson')

function position(sequence: number, agent = 'edge/w0'): JournalEntry {
  return {
    t: 'position',
    position: { agent, epoch: 'e', lane: 'low', sequence, hash: `${sequence}`.padStart(64, '0') },
    before: { sequence: sequence - 1, hash: `${sequence - 1}`.padStart(64, '0') },
  }
}

async function reopened(): Promise<Agents> {
  const agents = createAgents()
  await openJournal(folder.path, agents, 0).close()
  return agents
}

describe('the journal of a receiver', () => {
  it('gives back positions, the block end before them, losses and boots', async () => {
    const journal = openJournal(folder.path, createAgents(), 0)
    await journal.write([position(5), { t: 'loss', agent: 'edge/w0', lane: 'low', first: 6, last: 9 }])
    await journal.write([{ t: 'boot', agent: 'edge/w0', boot: 3 }])
    await journal.close()
    const agent = (await reopened()).get('edge/w0')
    expect(agent?.boot).toBe(3)
    const track = agent?.epochs.get('e')?.lanes.low
    expect(track?.sequence).toBe(5)
    expect([...(track?.boundaries.keys() ?? [])]).toEqual([0, 4, 5])
    expect(agent !== undefined && isDeclared(agent, 'low', { first: 6, last: 9 })).toBe(true)
  })

  it('loses nothing when it is opened again and again', async () => {
    const journal = openJournal(folder.path, createAgents(), 0)
    for (let n = 1; n <= 20; n += 1) await journal.write([position(n)])
    await journal.close()
    for (let n = 0; n < 3; n += 1)
      expect((await reopened()).get('edge/w0')?.epochs.get('e')?.lanes.low.sequence).toBe(20)
    expect(readFileSync(path(), 'utf8').split('\n').length).toBeLessThan(6)
  })

  it('gives back gaps that wait for their declaration, and not those that have it', async () => {
    const journal = openJournal(folder.path, createAgents(), 0)
    await journal.write([{ t: 'gap', agent: 'edge/w0', epoch: 'e', first: 3, last: 4 }])
    await journal.write([{ t: 'gap', agent: 'edge/w0', epoch: 'e', first: 8, last: 9 }])
    await journal.write([{ t: 'loss', agent: 'edge/w0', lane: 'high', first: 3, last: 4 }])
    await journal.close()
    for (let n = 0; n < 2; n += 1)
      expect((await reopened()).get('edge/w0')?.gaps).toEqual([
        { epoch: 'e', lane: 'high', first: 8, last: 9, sinceMs: 0 },
      ])
  })

  it('takes writes that overlap, in order', async () => {
    const journal = openJournal(folder.path, createAgents(), 0)
    await Promise.all(Array.from({ length: 50 }, (_, n) => journal.write([position(n + 1)])))
    await journal.close()
    expect((await reopened()).get('edge/w0')?.epochs.get('e')?.lanes.low.sequence).toBe(50)
  })

  it.each([
    '{"t":"pos',
    'nonsense\n',
    '{"t":"position"}\n',
    '{"t":"boot","agent":7}\n',
    '[]\n',
    '\u0000\u0000\n',
    '{"t":"other"}\n',
  ])('passes over the damaged end %j', async (damage) => {
    const journal = openJournal(folder.path, createAgents(), 0)
    await journal.write([position(5)])
    await journal.close()
    appendFileSync(path(), damage)
    expect((await reopened()).get('edge/w0')?.epochs.get('e')?.lanes.low.sequence).toBe(5)
  })

  it('is rewritten when it grows beyond its limit', async () => {
    const agents = createAgents()
    const journal = openJournal(folder.path, agents, 0)
    const many = Array.from({ length: 2000 }, (_, n) => position(n + 1))
    for (let n = 0; n < 12; n += 1) await journal.write(many)
    await journal.close()
    expect(statSync(path()).size).toBeLessThan(maxJournalBytes * 1.2)
  })

  it('starts empty on a file of nonsense', async () => {
    writeFileSync(path(), 'x'.repeat(100_000))
    expect([...(await reopened()).all()]).toEqual([])
  })
})
