import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { configJsonSchema, configMarkdown } from '../index.ts'
import { everyOption, keysOf, schemaAt } from './json-schema.ts'

const docs = new URL('../../../../docs/', import.meta.url)
const files: readonly (readonly [string, () => string])[] = [
  ['configuration.md', configMarkdown],
  ['sevenfold.schema.json', () => `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`],
]

describe('generated reference', () => {
  for (const [name, make] of files) {
    it(`docs/${name} is what the schema says (SEVENFOLD_UPDATE=1 writes it anew)`, () => {
      const file = new URL(name, docs)
      if (process.env['SEVENFOLD_UPDATE'] === '1') writeFileSync(file, make())
      expect(readFileSync(file, 'utf8')).toBe(make())
    })
  }

  it('explains every option', () => {
    for (const { path, schema } of everyOption()) {
      expect(schema.description, path).toMatch(/^[A-Z].*[.:}]/s)
      expect(schema.description?.length, path).toBeGreaterThan(10)
    }
  })

  it('states a range for every duration and size', () => {
    for (const { path, schema } of everyOption()) {
      if (schema.pattern?.includes('\\d{1,9}') === true)
        expect(schema.range, path).toMatch(/^\d+\w+ to \d+\w+$/)
    }
  })

  it('finds schemas by path, through lists and maps', () => {
    expect(schemaAt(['sites', 3, 'mode'])?.enum).toEqual(['off', 'monitor', 'enforce'])
    expect(schemaAt(['sites', 0, 'steps', 'waf'])?.enum).toEqual(['off', 'monitor', 'enforce'])
    expect(schemaAt(['sites', 'x'])).toBeUndefined()
    expect(keysOf(schemaAt(['sites', 0, 'steps']))).toContain('waf')
    expect(keysOf(schemaAt(['nobody']))).toEqual([])
  })
})
