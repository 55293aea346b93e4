import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseYaml } from '@sevenfold/yaml'
import { toYaml } from './to-yaml.ts'
import type { YamlValue } from './to-yaml.ts'

describe('YAML that is written', () => {
  it('is read back as it was', () => {
    const leaf = fc.oneof(fc.string({ maxLength: 20 }), fc.integer(), fc.boolean())
    const { value } = fc.letrec<{ value: YamlValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-z_ "']{1,8}$/), tie('value'), { maxKeys: 3 }),
      ),
    }))
    fc.assert(
      fc.property(value, (given) => {
        const read = parseYaml(toYaml(given, 'a comment\nof two lines'))
        expect(read.errors).toEqual([])
        expect(JSON.parse(JSON.stringify(read.value))).toEqual(JSON.parse(JSON.stringify(given)))
      }),
    )
  })

  it('leaves out what is undefined', () => {
    expect(toYaml({ a: 1, b: undefined, c: [], d: {} })).toBe('a: 1\nc: []\nd: {}\n')
  })
})
