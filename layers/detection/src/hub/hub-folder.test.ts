import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { yamlLimits } from '@sevenfold/yaml'
import { chooseItems } from './choose-items.ts'
import { openDataFolder } from './data-folder.ts'
import { openHubFolder, readHub, readRuleFile } from './hub-folder.ts'
import { ruleText } from './rule-text.ts'

let folder: TemporaryFolder
beforeEach(() => void (folder = createTemporaryFolder()))
afterEach(() => folder.remove())

function put(name: string, text: string): string {
  const path = join(folder.path, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  return path
}

function putHub(): void {
  put('parsers/s01-parse/own/b.yaml', 'name: own/b\n')
  put('parsers/s00-raw/own/a.yml', 'name: own/a\n')
  put('postoverflows/s01-whitelist/own/w.yaml', 'name: own/w\n')
  put('scenarios/own/one.yaml', 'name: own/one\n---\nname: own/two\n')
  put('scenarios/own/readme.md', 'not a rule\n')
  put('contexts/own/c.yaml', 'context: {}\n')
  put('patterns/later', 'LATER later\n')
  put('patterns/earlier', 'EARLIER earlier\n')
  put('patterns/no.txt', 'NO no\n')
  put(
    'collections/own/some.yaml',
    'parsers: [own/a, own/none]\nscenarios: [own/one]\ncollections: [own/more]\n',
  )
  put('collections/own/more.yaml', 'postoverflows: [own/w]\ncollections: [own/some]\nscenarios: 7\n')
}

describe('a folder of rules', () => {
  it('is read by kind and stage, in the order of names', () => {
    putHub()
    const hub = openHubFolder(folder.path)
    expect(hub.items.map(({ kind, stage, name }) => `${kind} ${stage} ${name}`)).toEqual([
      'parsers s00-raw own/a',
      'parsers s01-parse own/b',
      'postoverflows s01-whitelist own/w',
      'scenarios  own/one',
      'contexts  own/c',
      'collections  own/more',
      'collections  own/some',
    ])
    expect(hub.patterns).toEqual(['EARLIER earlier\n', 'LATER later\n'])
    const { files, problems } = readHub(hub)
    expect(problems).toEqual([])
    expect(files.parsers.map(({ stage, documents }) => [stage, documents.length])).toEqual([
      ['s00-raw', 1],
      ['s01-parse', 1],
    ])
    expect(files.scenarios[0]?.documents.map(({ value }) => value)).toEqual([
      { name: 'own/one' },
      { name: 'own/two' },
    ])
  })

  it('may be links into a hub, as CrowdSec installs them', () => {
    putHub()
    const links = join(folder.path, 'installed')
    mkdirSync(join(links, 'parsers'), { recursive: true })
    symlinkSync(join(folder.path, 'parsers/s00-raw'), join(links, 'parsers/s00-raw'))
    mkdirSync(join(links, 'scenarios'))
    symlinkSync(join(folder.path, 'scenarios/own/one.yaml'), join(links, 'scenarios/one.yaml'))
    expect(openHubFolder(links).items.map(({ name }) => name)).toEqual(['own/a', 'one'])
  })

  it('that holds nothing is an error', () => {
    expect(() => openHubFolder(folder.path)).toThrow('there are no parsers and no scenarios')
    expect(() => openHubFolder(join(folder.path, 'none'))).toThrow('there are no parsers')
  })

  it('that goes in circles ends', () => {
    putHub()
    symlinkSync(folder.path, join(folder.path, 'scenarios/loop'))
    expect(openHubFolder(folder.path).items.length).toBeLessThan(1_000)
  })
})

describe('collections', () => {
  it('give what they name, and what those that they name do, in circles as well', () => {
    putHub()
    const chosen = chooseItems(openHubFolder(folder.path), ['own/some'])
    expect(chosen.map(({ kind, name }) => `${kind} ${name}`).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'collections own/more',
      'collections own/some',
      'parsers own/a',
      'postoverflows own/w',
      'scenarios own/one',
    ])
    expect(chooseItems(openHubFolder(folder.path), [])).toEqual([])
  })

  it('that are not there are an error with the name', () => {
    putHub()
    expect(() => readHub(openHubFolder(folder.path), ['own/other'])).toThrow(
      'there is no collection own/other',
    )
  })

  it('that cannot be read name nothing', () => {
    putHub()
    put('collections/own/long.yaml', `# ${'x'.repeat(yamlLimits.maxBytes)}\n`)
    put('collections/own/torn.yaml', 'parsers: [own/a\n')
    const hub = openHubFolder(folder.path)
    for (const name of ['own/long', 'own/torn'])
      expect(chooseItems(hub, [name]).map((item) => item.name)).toEqual([name])
  })
})

describe('the text of a rule file', () => {
  it('is there up to the limit', () => {
    const text = 'x'.repeat(yamlLimits.maxBytes)
    expect(ruleText(put('a.yaml', text))).toEqual({ text })
    expect(ruleText(put('b.yaml', `${text}x`))).toEqual({
      problem: `longer than ${yamlLimits.maxBytes} bytes`,
    })
  })

  it('is none of a folder, of nothing and of a pipe, which nobody waits for', () => {
    mkdirSync(join(folder.path, 'folder.yaml'))
    expect(ruleText(join(folder.path, 'folder.yaml'))).toEqual({ problem: 'this is no file' })
    expect(ruleText(join(folder.path, 'none.yaml'))).toEqual({
      problem: expect.stringContaining('ENOENT') as string,
    })
    const pipe = join(folder.path, 'pipe.yaml')
    if (spawnSync('mkfifo', [pipe]).status === 0)
      expect(ruleText(pipe)).toEqual({ problem: 'this is no file' })
  })

  it('that is no YAML is a problem with its place; the documents before stay out as well', () => {
    const problems: { line: number; column: number }[] = []
    const path = put('broken.yaml', 'name: own/x\nfilter: [\n')
    const { documents } = readRuleFile(path, 'broken.yaml', problems as never)
    expect(documents).toEqual([])
    expect(problems[0]).toMatchObject({ file: 'broken.yaml', line: expect.any(Number) as number })
  })
})

describe('data files of rules', () => {
  it('are read by line or as objects, once, and only from the folder', () => {
    put('data/bad.txt', '# head\nsecret.zip\r\n\nbackup.tar\n')
    put('data/map.json', '{"a":"1","b":2}\nnothing\n[1]\n{"a":"2"}\n')
    put('secret.txt', 'not for rules\n')
    const data = openDataFolder(join(folder.path, 'data'))
    expect(data.lines('bad.txt')).toEqual(['secret.zip', 'backup.tar'])
    expect(data.map('map.json')).toEqual([{ a: '1' }, { a: '2' }])
    writeFileSync(join(folder.path, 'data/bad.txt'), 'changed\n')
    expect(data.lines('bad.txt')).toEqual(['secret.zip', 'backup.tar'])
    for (const name of ['../secret.txt', '/etc/passwd', 'x/../../secret.txt', '', 'a\0b', 'none.txt', '.'])
      expect(data.lines(name)).toBeUndefined()
    expect(data.missing.has('../secret.txt')).toBe(true)
    expect(data.map('none.json')).toBeUndefined()
  })
})
