import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hubRules } from './hub-rules.ts'

let hub = ''
beforeEach(() => {
  hub = mkdtempSync(join(tmpdir(), 'sf-hub-'))
  write(
    'appsec-configs/me/strict.yaml',
    'name: me/strict\ninband_rules: [me/patch-*]\noutofband_rules: [me/watch]\n',
  )
  write('appsec-rules/me/one.yaml', ruleText('me/patch-one', '/evil.php'))
  write('appsec-rules/me/two.yaml', ruleText('me/watch', '/odd.php'))
})
afterEach(() => rmSync(hub, { recursive: true, force: true }))

function write(name: string, text: string): void {
  mkdirSync(dirname(join(hub, name)), { recursive: true })
  writeFileSync(join(hub, name), text)
}

function ruleText(name: string, end: string): string {
  return `name: ${name}\nrules:\n  - zones: [URI]\n    transform: [lowercase]\n    match: { type: endsWith, value: ${end} }\n`
}

function textOf(source: string): string {
  return hubRules(source)
    .map(({ text }) => text)
    .join('')
}

describe('rules of a hub folder', () => {
  it('are those of the named configuration that refuse', () => {
    const text = textOf(`${hub}#me/strict`)
    expect(text).toContain('/evil.php')
    expect(text).toContain('SecRequestBodyAccess On')
    expect(text).not.toContain('/odd.php')
  })

  it('are those of the default configuration when none is named', () => {
    expect(() => hubRules(hub)).toThrow('crowdsecurity/appsec-default; there are me/strict')
    write('appsec-configs/c/d.yaml', 'name: crowdsecurity/appsec-default\ninband_rules: [me/watch]\n')
    expect(textOf(hub)).toContain('/odd.php')
  })

  it('with files of SecLang are read from data/', () => {
    write('appsec-rules/me/files.yaml', 'name: me/patch-files\nseclang_files_rules: [own.conf]\n')
    expect(() => hubRules(`${hub}#me/strict`)).toThrow('own.conf, which is not in data/')
    write('data/own.conf', 'SecAction "id:1,phase:1,pass,nolog"\n')
    expect(textOf(`${hub}#me/strict`)).toContain('SecAction "id:1,')
  })

  const broken: readonly (readonly [name: string, file: string, text: string, said: string])[] = [
    ['YAML that is none', 'appsec-rules/me/bad.yaml', 'name: [', 'bad.yaml:1:'],
    ['a document without name', 'appsec-rules/me/bad.yaml', 'rules: []\n', 'has no name'],
    ['a list in place of a document', 'appsec-rules/me/bad.yaml', '- a\n', 'has no name'],
    ['a configuration with a rule that is not there', 'appsec-configs/me/strict.yaml', 'name: me/strict\ninband_rules: [me/none]\n', 'no rule is called me/none'],
    ['a rule in an unknown zone', 'appsec-rules/me/one.yaml', 'name: me/patch-one\nrules: [{ zones: [MOON], match: { type: equals, value: a } }]\n', 'zone MOON is not known'],
  ] // prettier-ignore
  for (const [name, file, text, said] of broken) {
    it(`are refused as a whole: ${name}`, () => {
      write(file, text)
      expect(() => hubRules(`${hub}#me/strict`)).toThrow(said)
    })
  }

  it('are refused when the folder is no hub', () => {
    expect(() => hubRules(join(hub, 'none'))).toThrow('none')
  })
})
