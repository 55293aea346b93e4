import type { ProofShared } from '@sevenfold/event'
import { describe, expect, it } from 'vitest'
import { madeProof } from '../../test/made-proof.ts'
import type { Proof } from '../matrix/run-proof.ts'
import { htmlReport } from './html/html-report.ts'
import { markdownReport } from './markdown.ts'
import { depthMark, sharedBelow, starText } from './shared-depth.ts'
import { terminalReport } from './terminal.ts'

const user: ProofShared = {
  kind: 'user',
  name: 'sevenfold',
  layers: ['detection', 'edge', 'ledger'],
  takesDown: true,
}
const code: ProofShared = { ...user, kind: 'package', name: '@sevenfold/event', takesDown: false }
const disk: ProofShared = { ...user, kind: 'volume', name: 'disk', layers: ['edge', 'ledger'] }

function withShared(...shared: ProofShared[]): Proof {
  const proof = madeProof()
  return { ...proof, document: { ...proof.document, shared } }
}

function row(proof: Proof, id: string): Proof['rows'][number] {
  const found = proof.rows.find(({ attack }) => attack.id === id)
  if (found === undefined) throw new Error(`no ${id}`)
  return found
}

describe('depth that rests on something shared', () => {
  const proof = withShared(user, code, disk)

  it('is marked when one failure takes every layer of it down, and only then', () => {
    expect(sharedBelow(row(proof, 'sql-union-search'), proof)).toEqual([user])
    expect(depthMark(row(proof, 'sql-union-search'), proof)).toBe('2*')
    expect(depthMark(row(withShared(code, disk), 'sql-union-search'), withShared(code, disk))).toBe('2')
  })

  it('is no matter for an attack with one layer or none', () => {
    expect(depthMark(row(proof, 'xss-search-script'), proof)).toBe('1')
    expect(depthMark(row(proof, 'sql-cookie-base64'), proof)).toBe('0')
  })

  it('is named in every form of the report', () => {
    const star = starText(proof) ?? ''
    expect(star).toContain('one user')
    expect(terminalReport(proof, { color: false, width: 100 })).toContain('2* ■■')
    expect(terminalReport(proof, { color: false, width: 100 })).toContain(`* ${star}`)
    expect(markdownReport(proof)).toContain(`\\* ${star}`)
    expect(htmlReport(proof, { minDepth: 0, date: new Date(0) })).toContain('<strong>2*</strong>')
  })

  it('is unknown when nobody looked', () => {
    expect(starText(madeProof())).toBeUndefined()
    expect(depthMark(row(madeProof(), 'sql-union-search'), madeProof())).toBe('2')
  })
})
