import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { maxPlaceholderValues, readSettings } from './rule-settings.ts'
import { compileRules, readRuleDocuments } from './rule-set.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sevenfold-rules-'))
  mkdirSync(join(folder, 'more'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const rule = `title: An administrator from elsewhere
logsource: { product: appliance }
detection:
  selection: { who|expand: '%admins%' }
  condition: selection
`

describe('settings beside rules', () => {
  it('give placeholders their values and fields their names', async () => {
    writeFileSync(join(folder, 'rule.yml'), rule)
    writeFileSync(join(folder, 'more', 'admins.yml'), 'placeholders: { admins: [ann, bob] }\n')
    writeFileSync(
      join(folder, 'more', 'fields.yml'),
      'logsource: { product: appliance }\nfields: { who: user.name }\n',
    )
    const rules = compileRules(await readRuleDocuments([folder]), [])
    expect(rules.problems).toEqual([])
    const event = { user: { name: 'bob' } }
    expect(rules.set.match(event, { product: 'appliance' })).toHaveLength(1)
    expect(rules.set.match({ user: { name: 'eve' } }, { product: 'appliance' })).toEqual([])
  })
  it('that are missing leave the rule out, by name', async () => {
    writeFileSync(join(folder, 'rule.yml'), rule)
    const rules = compileRules(await readRuleDocuments(['builtin', folder]), [])
    expect(rules.problems).toMatchObject([{ message: 'placeholder %admins% has no values' }])
  })
  it('that cannot be used are problems with their file', async () => {
    writeFileSync(join(folder, 'a.yml'), 'placeholders: [ann]\n')
    writeFileSync(join(folder, 'b.yml'), 'placeholders: { admins: [] }\n')
    writeFileSync(join(folder, 'c.yml'), 'logsource: {}\nfields: { who: 5 }\n')
    const { problems } = await readRuleDocuments([folder])
    expect(problems.map(({ source }) => source.slice(folder.length))).toEqual(['/a.yml', '/b.yml', '/c.yml'])
  })
  it('are no rules, and rules are no settings', () => {
    expect(readSettings({ title: 'x', placeholders: {} })).toBeUndefined()
    expect(readSettings({ logsource: {}, fields: ['a'], detection: {} })).toBeUndefined()
    expect(readSettings('text')).toBeUndefined()
    expect(readSettings(null)).toBeUndefined()
  })
  it('bound the values of a placeholder', () => {
    const settings = (count: number): unknown =>
      readSettings({ placeholders: { many: Array.from({ length: count }, (_, n) => `v${n}`) } })
    expect(settings(maxPlaceholderValues)).toMatchObject({ mappings: [] })
    expect(() => settings(maxPlaceholderValues + 1)).toThrow(/needs a list/)
  })
})
