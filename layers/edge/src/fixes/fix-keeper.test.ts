import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEventBuilder, createRedactor } from '@sevenfold/event'
import type { EventDraft } from '@sevenfold/event'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fix } from './fix.ts'
import { changeFixes, fixPath, readFixState } from './fix-file.ts'
import { FixKeeper } from './fix-keeper.ts'
import type { InForce } from './fix-keeper.ts'
import { siteExclusion } from './site-exclusion.ts'
import { SiteInspections } from './site-inspections.ts'
import type { SiteRules } from './site-inspections.ts'

let folder: string
let now: number
let drafts: EventDraft[]
let applied: string[][]
let problems: readonly string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-fix-'))
  now = Date.parse('2026-01-01T00:00:00Z')
  drafts = []
  applied = []
  problems = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const silent = () => undefined

function keeper(): FixKeeper {
  const made = new FixKeeper({
    folder,
    now: () => now,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    events: createEventBuilder({
      layer: 'edge',
      now: () => now,
      newId: () => 'id',
      redactor: createRedactor(new Uint8Array(32)),
    }),
    emit: (draft) => void drafts.push(draft),
    apply: async ({ exclusions, allows }: InForce) => {
      applied.push([...exclusions, ...allows].map(({ id }) => id))
      return problems
    },
  })
  made.load()
  return made
}

function fix(id: string, change: Partial<Fix> = {}): Fix {
  return {
    id,
    request: 'r-1',
    until: '2026-01-01T01:00:00Z',
    created: '2026-01-01T00:00:00Z',
    actor: 'cli:test',
    reason: 'why',
    kind: 'exclusion',
    site: 'shop',
    rule: '1',
    path: '/a',
    variable: 'ARGS:q',
    ...change,
  } as Fix // the members of one kind, whatever a test changes
}
const put = (...fixes: Fix[]): Promise<string> => changeFixes(folder, () => fixes)
const acts = (): string[] =>
  drafts.map(({ sevenfold, event }) =>
    sevenfold.admin === undefined ? event.action : `${sevenfold.admin.op} ${sevenfold.admin.actor}`,
  )

describe('FixKeeper', () => {
  it('puts what is added in force once, and says so in an event of the site', async () => {
    const kept = keeper()
    await kept.look()
    const digest = await put(fix('a'))
    await kept.look()
    await kept.look()
    expect(applied).toEqual([[], ['a']])
    expect(readFixState(folder)).toEqual({ digest, ids: ['a'], problem: '' })
    expect(acts()).toEqual(['fix cli:test'])
    expect(drafts[0]?.sevenfold).toMatchObject({ site: 'shop', admin: { reason: 'why (request r-1)' } })
  })

  it('ends a fix at its time, without any change of the file', async () => {
    const kept = keeper()
    await put(fix('a'))
    await kept.look()
    now += 3_600_000 - 1
    await kept.look()
    expect(kept.current.exclusions).toHaveLength(1)
    now += 1
    await kept.look()
    expect(kept.current.exclusions).toHaveLength(0)
    expect(acts()).toEqual(['fix cli:test', 'fix-ended edge'])
  })

  it('names who took a fix back, and notices one that is gone from the file', async () => {
    const kept = keeper()
    await put(fix('a'), fix('b'))
    await kept.look()
    await put(fix('a', { removed: { at: '2026-01-01T00:10:00Z', actor: 'cli:other' } }))
    await kept.look()
    expect(acts().slice(2)).toEqual(['fix-removed cli:other', 'fix-problem'])
  })

  it('goes on after a restart where it was', async () => {
    await put(fix('a'))
    await keeper().look()
    drafts = []
    const again = keeper()
    expect(again.current.exclusions.map(({ id }) => id)).toEqual(['a'])
    await again.look()
    expect(drafts).toEqual([])
  })

  it('keeps what is in force when the file is faulty, and says so once', async () => {
    const kept = keeper()
    await put(fix('a'))
    await kept.look()
    writeFileSync(fixPath(folder), 'broken')
    await kept.look()
    await kept.look()
    expect(acts().slice(1)).toEqual(['fix-problem'])
    expect(readFixState(folder)).toMatchObject({ ids: ['a'] })
    expect(readFixState(folder)?.problem).not.toBe('')
  })

  it('passes on what could not be used', async () => {
    problems = ['site shop: no']
    const kept = keeper()
    await put(fix('a'))
    await kept.look()
    expect(readFixState(folder)?.problem).toBe('site shop: no')
  })
})

describe('SiteInspections', () => {
  const inspection = (answers: boolean) => ({
    inspector: {
      open: () => {
        throw new Error('unused')
      },
    },
    answers,
  })
  const exclusion = (site: string, path = '/a') => ({
    ...siteExclusion(fix('a') as Fix & { kind: 'exclusion' }),
    site,
    path,
  })

  const site = (rules: readonly string[], paranoia = 1): SiteRules => ({ rules, paranoia, exclusions: [] })
  /** What was compiled, in order, as text. */
  const recording = (built: string[]) => (made: SiteRules) => {
    const without = made.exclusions.map(({ path }) => path).join()
    built.push(`${made.rules.join()} ${made.paranoia} ${without}`)
    return made.rules.length === 0 ? null : inspection(made.exclusions.length > 0)
  }

  it('compiles each distinct set of rules once, and shares it', () => {
    const built: string[] = []
    const sites = new SiteInspections(
      new Map([
        ['shop', site(['builtin'])],
        ['blog', site(['builtin'])],
        ['bank', site(['builtin'], 3)],
        ['files', site(['./own'])],
        ['static', site([])],
      ]),
      recording(built),
    )
    expect(built).toEqual(['builtin 1 ', 'builtin 3 ', './own 1 ', ' 1 '])
    expect(sites.of('shop')).toBe(sites.of('blog'))
    expect(sites.of('shop')).not.toBe(sites.of('bank'))
    expect([sites.of('static'), sites.of('unknown')]).toEqual([null, null])
    expect(sites.all.length).toBe(3)
  })

  it('compiles a site once for each change of its own exclusions', () => {
    const built: string[] = []
    const sites = new SiteInspections(
      new Map(['shop', 'blog', 'other'].map((name) => [name, site(['builtin'])])),
      recording(built),
    )
    const base = sites.of('shop')
    sites.use([exclusion('shop', '/a'), exclusion('blog', '/b')])
    sites.use([exclusion('shop', '/a'), exclusion('blog', '/c')])
    expect(built).toEqual(['builtin 1 ', 'builtin 1 /a', 'builtin 1 /b', 'builtin 1 /c'])
    expect([sites.of('shop')?.answers, sites.of('other')?.answers]).toEqual([true, false])
    sites.use([])
    expect(sites.of('shop')).toBe(base)
    expect(built.length).toBe(4)
  })

  it('adds fixes to what is configured', () => {
    const built: string[] = []
    const configured = { ...site(['builtin']), exclusions: [exclusion('shop', '/kept')] }
    const sites = new SiteInspections(new Map([['shop', configured]]), recording(built))
    sites.use([exclusion('shop', '/a')])
    expect(built).toEqual(['builtin 1 /kept', 'builtin 1 /kept,/a'])
  })

  it('leaves a site as strict as it was when an exclusion cannot be compiled', () => {
    const sites = new SiteInspections(new Map([['shop', site(['builtin'])]]), ({ exclusions }) => {
      if (exclusions.length > 0) throw new Error('no')
      return inspection(false)
    })
    const base = sites.of('shop')
    expect(sites.use([exclusion('shop')])).toEqual(['site shop: no'])
    expect(sites.of('shop')).toBe(base)
  })

  it('does nothing where nothing is inspected', () => {
    const sites = new SiteInspections(new Map([['shop', site([])]]), () => null)
    expect(sites.use([exclusion('shop')])).toEqual([])
    expect(sites.of('shop')).toBeNull()
  })
})
