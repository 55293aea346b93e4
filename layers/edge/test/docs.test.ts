import { readFileSync } from 'node:fs'
import { readConfig } from '@sevenfold/config'
import { describe, expect, it } from 'vitest'

const text = readFileSync(new URL('../../../docs/edge.md', import.meta.url), 'utf8')
const configurations = Array.from(
  text.matchAll(/```yaml\n(version: 1\n[\s\S]*?)```/g),
  ([, yaml = '']) => yaml,
)

describe('docs/edge.md', () => {
  it('has configurations', () => expect(configurations.length).toBeGreaterThanOrEqual(3))
  for (const [index, yaml] of configurations.entries()) {
    it(`has a configuration ${index + 1} that is right`, () => {
      const read = readConfig(yaml, 'docs/edge.md')
      expect(read.ok ? [] : read.problems).toEqual([])
    })
  }
  it('names options that exist', () => {
    const reference = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')
    const [, migration = ''] = text.split('## Coming from elsewhere')
    const ours = (migration.split('\n## ')[0] ?? '')
      .split('\n')
      .map((line) => line.split(' | ').at(-1) ?? '')
      .join('\n')
    const named = ours.matchAll(/`((?:rate|bots|challenge|geo|headers|pages|edge|detection)\.[a-zA-Z.]+)/g)
    for (const [, option = ''] of named) {
      const path = /^(?:edge|detection)\./.test(option) ? option : `sites[].${option}`
      expect(reference, option).toContain(`\`${path}`)
    }
  })
})
