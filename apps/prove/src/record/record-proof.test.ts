import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { madeProof } from '../../test/made-proof.ts'
import { recordProof, summariseProof } from './record-proof.ts'

const folder = mkdtempSync(join(tmpdir(), 'prove-record-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('summariseProof', () => {
  it('counts what the document says, and changes its digest with any part of it', () => {
    const { document } = madeProof({ withInvalid: true })
    const summary = summariseProof(document)
    expect(summary).toMatchObject({ seed: 'seed', attacks: 5, valid: 4, benignBlocked: 0 })
    expect(summary.digest).toMatch(/^[\da-f]{64}$/)
    expect(summariseProof({ ...document, seed: 'other' }).digest).not.toBe(summary.digest)
  })
})

describe('recordProof', () => {
  it('refuses a folder without a ledger', async () => {
    await expect(recordProof(join(folder, 'none'), madeProof().document)).rejects.toThrow('has no ledger')
  })
})
