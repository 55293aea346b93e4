import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packFolder } from '../src/index.ts'
import { readFolderDocuments } from '../src/rules/rule-set.ts'

const path = join(packFolder, 'pack.ndjson')

describe('pack.ndjson', () => {
  it('holds the documents of the pack as they stand in its YAML (SEVENFOLD_UPDATE=1 writes it)', async () => {
    const { documents, problems } = await readFolderDocuments(packFolder)
    expect(problems).toEqual([])
    const text = documents
      .map(({ source, value }) => `${JSON.stringify({ source: basename(source), value })}\n`)
      .join('')
    if (process.env['SEVENFOLD_UPDATE'] === '1') writeFileSync(path, text)
    expect(readFileSync(path, 'utf8')).toBe(text)
  })
})
