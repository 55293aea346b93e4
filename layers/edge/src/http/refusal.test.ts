import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { refusalCodes, refusals } from './refusal.ts'

const page = readFileSync(new URL('../../../../docs/edge.md', import.meta.url), 'utf8')

for (const code of refusalCodes) {
  it(`${code} stands in docs/edge.md with its status`, () => {
    const row = page.split('\n').find((line) => line.startsWith('|') && line.split('|')[1]?.includes(code))
    expect(row, `no row for ${code}`).toBeDefined()
    expect(row).toContain(`| ${refusals[code].status} |`)
  })
}
