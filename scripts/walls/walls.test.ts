import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { findBreaches } from './rules.ts'
import type { Breach } from './rules.ts'
import { readWorkspace } from './workspace.ts'

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const made: string[] = []

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true })
})

interface Seed {
  readonly [file: string]: string
}

const engine = (name: string, role: string, layers: readonly string[], extra = ''): string =>
  `{"name":"${name}","sevenfold":{"role":"${role}","layers":${JSON.stringify(layers)}}${extra}}`

const house: Seed = {
  'core/event/package.json': '{"name":"@sevenfold/event"}',
  'core/event/src/index.ts': 'export interface Event { readonly id: string }\nexport const version = 1\n',
  'engines/regex/package.json': engine('@sevenfold/regex', 'mechanism', []),
  'engines/regex/src/index.ts': 'export const compile = (p: string): string => p\n',
  'engines/seclang/package.json': engine('@sevenfold/seclang', 'detector', ['edge', 'identity']),
  'engines/seclang/src/index.ts':
    "import type { Event } from '@sevenfold/event'\nimport { compile } from '@sevenfold/regex'\nexport const run = (e: Event): string => compile(e.id)\n",
  'layers/edge/package.json': '{"name":"@sevenfold/edge"}',
  'layers/edge/src/index.ts': "import { run } from '@sevenfold/seclang'\nexport const edge = run\n",
  'layers/detection/package.json': '{"name":"@sevenfold/detection"}',
  'layers/detection/src/index.ts': 'export const detection = 1\n',
  'backbone/ledger/package.json': '{"name":"@sevenfold/ledger"}',
  'backbone/ledger/src/index.ts': 'export const ledger = 1\n',
  'layers/runtime/package.json': '{"name":"@sevenfold/runtime"}',
  'layers/runtime/src/agent/register.ts':
    "import type { Event } from '@sevenfold/event'\nexport const seen: Event[] = []\n",
}

function breachesWith(seed: Seed): readonly Breach[] {
  const root = mkdtempSync(join(tmpdir(), 'walls-'))
  made.push(root)
  for (const [file, text] of Object.entries({ ...house, ...seed })) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return findBreaches(readWorkspace(root))
}

const seeded: readonly (readonly [what: string, wall: number, seed: Seed])[] = [
  [
    'a layer that imports another layer',
    1,
    { 'layers/edge/src/index.ts': "export { detection } from '@sevenfold/detection'\n" },
  ],
  [
    'a layer that imports the backbone in a dynamic import',
    1,
    { 'layers/edge/src/index.ts': "export const x = () => import('@sevenfold/ledger')\n" },
  ],
  [
    'a file that climbs into another package',
    1,
    { 'layers/edge/src/index.ts': "export { detection } from '../../detection/src/index.ts'\n" },
  ],
  [
    'the backbone importing a layer',
    0,
    { 'backbone/ledger/src/index.ts': "export { edge } from '@sevenfold/edge'\n" },
  ],
  [
    'core importing an engine',
    0,
    { 'core/event/src/index.ts': "export { compile } from '@sevenfold/regex'\n" },
  ],
  [
    'a second layer that reaches a detector of the first',
    2,
    { 'layers/detection/src/index.ts': "export { run } from '@sevenfold/seclang'\n" },
  ],
  [
    'a detector declared for two layers without being listed',
    2,
    {
      'engines/new/package.json': engine('@sevenfold/new', 'detector', ['edge', 'detection']),
      'engines/new/src/index.ts': 'export const x = 1\n',
    },
  ],
  [
    'an engine without a role',
    2,
    {
      'engines/new/package.json': '{"name":"@sevenfold/new"}',
      'engines/new/src/index.ts': 'export const x = 1\n',
    },
  ],
  [
    'an engine that reads files',
    3,
    { 'engines/regex/src/index.ts': "export { readFileSync } from 'node:fs'\n" },
  ],
  [
    'an engine that uses core at run time',
    3,
    { 'engines/regex/src/index.ts': "export { version } from '@sevenfold/event'\n" },
  ],
  [
    'a mechanism that uses a detector',
    3,
    { 'engines/regex/src/index.ts': "export { run } from '@sevenfold/seclang'\n" },
  ],
  [
    'an engine with a declared dependency',
    4,
    {
      'engines/regex/package.json': engine(
        '@sevenfold/regex',
        'mechanism',
        [],
        ',"dependencies":{"left-pad":"1.0.0"}',
      ),
    },
  ],
  [
    'an engine that imports a package nobody declared',
    4,
    { 'engines/regex/src/index.ts': "import pad from 'left-pad'\nexport const x = pad\n" },
  ],
  [
    'an agent with a workspace dependency at run time',
    4,
    {
      'layers/runtime/src/agent/register.ts':
        "import { version } from '@sevenfold/event'\nexport const v = version\n",
    },
  ],
]

describe('the four walls', () => {
  it('stand in a house without breaches', () => {
    expect(breachesWith({})).toEqual([])
  })

  it.each(seeded)('report %s', (_what, wall, seed) => {
    expect(breachesWith(seed).map((breach) => breach.wall)).toContain(wall)
  })

  it('name file and line of a breach', () => {
    const [breach] = breachesWith({ 'layers/edge/src/index.ts': "\n\nimport '@sevenfold/detection'\n" })
    expect(breach).toMatchObject({ file: 'layers/edge/src/index.ts', line: 3 })
  })

  it('stand in this repository, whose files were really read', () => {
    const packages = readWorkspace(repository)
    expect(packages.length).toBeGreaterThan(5)
    expect(packages.every((pack) => pack.sources.length > 0)).toBe(true)
    expect(findBreaches(packages)).toEqual([])
  })
})
