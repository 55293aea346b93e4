import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLedgerLog, verifyLedger } from '@sevenfold/ledger'
import { batchOf, eventLine, smallLog } from './fixtures.ts'
import { Victim, forms, segmentsOf, tampersOf } from './tampers.ts'

const victim = new Victim()

beforeAll(() => victim.begin())
afterAll(() => victim.remove())

describe.each(forms)('a log that nobody touched (%s)', (form) => {
  it('verifies, with the key given and with every checkpoint seen earlier', async () => {
    const { verifierKey, checkpoints } = victim
    expect(segmentsOf(victim.good(form)).filter((path) => path.endsWith('.gz')).length).toBe(
      form === 'plain' ? 0 : segmentsOf(victim.good(form)).length - 1,
    )
    expect(await verifyLedger(victim.good(form), { verifierKey, seen: checkpoints })).toEqual({
      ok: true,
      origin: 'example.org/ledger',
      signedSize: 600,
      entries: 600,
      oldest: 0,
      problems: [],
    })
  })

  it('verifies while it grows: entries after the checkpoint are counted and not complained about', async () => {
    const folder = await victim.tampered(form, () => undefined)
    const log = await openLedgerLog(smallLog(folder, victim.signer))
    await log.append(batchOf('edge/w0', 601, 300))
    expect(await verifyLedger(folder)).toMatchObject({ ok: true, signedSize: 600, entries: 900 })
    await log.close()
  })
})

it('a log with nothing in it verifies', async () => {
  const { verifierKey } = victim
  expect(await verifyLedger(victim.path('empty'), { verifierKey })).toMatchObject({ ok: true, entries: 0 })
})

describe.each(forms)('a log that somebody changed (%s)', (form) => {
  it.each(tampersOf(form))('is refused after $name', async ({ change, codes, entry }) => {
    const { verifierKey, checkpoints } = victim
    const report = await verifyLedger(await victim.tampered(form, change), { verifierKey, seen: checkpoints })
    expect(report.ok).toBe(false)
    const found = report.problems.map((problem) => problem.code)
    for (const code of codes) expect(found).toContain(code)
    if (entry !== undefined) expect(report.problems.map((problem) => problem.entry)).toContain(entry)
  })

  it('is not refused when it was signed anew with the stolen key and nothing was kept elsewhere', async () => {
    const folder = await victim.tampered(form, (copy) => victim.rewrite(copy, victim.signer, [1, 2, 3]))
    expect(await verifyLedger(folder)).toMatchObject({ ok: true })
  })

  it('lists at most 100 problems and never throws on nonsense', async () => {
    const folder = await victim.tampered(form, (copy) => {
      for (const path of segmentsOf(copy)) writeFileSync(path, 'x\n'.repeat(500))
    })
    const report = await verifyLedger(folder)
    expect(report.ok).toBe(false)
    expect(report.problems.length).toBeLessThanOrEqual(100)
  })
})

describe('gaps in a lane', () => {
  async function withGap(declaration: string | undefined): Promise<readonly string[]> {
    const folder = victim.path(`gap-${declaration === undefined ? 'silent' : 'declared'}`)
    const log = await openLedgerLog(smallLog(folder, victim.signer))
    await log.append(batchOf('edge/w0', 1, 3))
    await log.append(batchOf('edge/w0', 8, 3))
    if (declaration !== undefined) {
      const text = eventLine('edge/w0', 'high', 1).replace('"lane":"high"', `"lane":"high",${declaration}`)
      const body = Buffer.from(`${text}\n`)
      await log.append({ agent: 'edge/w0', epoch: 'e1', lane: 'high', first: 1, lines: 1, hash: '', body })
    }
    await log.close()
    return (await verifyLedger(folder)).problems.map((problem) => problem.code)
  }

  it('are problems when nothing declares them', async () => {
    expect(await withGap(undefined)).toEqual(['sequence-gap'])
  })

  it('are none when the writer declared the loss', async () => {
    expect(await withGap('"loss":{"lane":"low","first":4,"last":7,"count":4,"reason":"overflow"}')).toEqual(
      [],
    )
  })
})
