import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { detectNoSQL } from '../src/detectors/detect-nosql.ts'
import { detectShell } from '../src/detectors/detect-shell.ts'
import { detectSQLi } from '../src/detectors/detect-sqli.ts'
import { detectTemplate } from '../src/detectors/detect-template.ts'
import { detectTraversal } from '../src/detectors/detect-traversal.ts'
import { detectXSS } from '../src/detectors/detect-xss.ts'

type Detector = (input: string) => object | null

const detectors: Readonly<Record<string, Detector>> = {
  'document-database': detectNoSQL,
  script: detectXSS,
  shell: detectShell,
  sql: detectSQLi,
  template: detectTemplate,
  traversal: detectTraversal,
}

const folder = new URL('../testdata/', import.meta.url)

/** Byte strings, one a line; the files are UTF-8. */
function linesOf(kind: string, file: string): string[] {
  const text = readFileSync(new URL(`${kind}/${file}`, folder)).toString('latin1')
  return text.split('\n').filter((line) => line !== '')
}

describe.each(Object.entries(detectors))('attacks of %s', (name, detect) => {
  it.each(linesOf('attacks', `${name}.txt`))('finds %s', (line) => {
    expect(detect(line)).not.toBeNull()
  })
})

describe.each(readdirSync(new URL('innocent/', folder)))('innocent %s', (file) => {
  it.each(linesOf('innocent', file))('leaves %s alone', (line) => {
    const flagged = Object.entries(detectors).filter(([, detect]) => detect(line) !== null)
    expect(flagged.map(([name]) => name)).toEqual([])
  })
})
