import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readImport } from '../src/decisions/read-import.ts'
import { call } from './call.ts'
import { startFakePart } from './fake-part.ts'
import type { Asked, FakePart } from './fake-part.ts'

let folder: string
let parts: FakePart[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-cli-'))
  mkdirSync(join(folder, '.sevenfold'))
})
afterEach(async () => {
  await Promise.all(parts.map(async (part) => await part.close()))
  parts = []
  rmSync(folder, { recursive: true, force: true })
})
const actor = `cli:${userInfo().username}`
async function detection(answer: (asked: Asked) => readonly [number, unknown]): Promise<FakePart> {
  const part = await startFakePart(join(folder, '.sevenfold', 'detection', 'api.sock'), answer)
  parts.push(part)
  return part
}

describe('files of decisions', () => {
  it.each([
    ['192.0.2.1\n# no\n\n192.0.2.0/24 # net\n', [{ value: '192.0.2.1' }, { value: '192.0.2.0/24' }]],
    [
      'duration,scope,value\n4h,ip,192.0.2.1\n,"ip","192.0.2.2"\n',
      [
        { duration: '4h', scope: 'ip', value: '192.0.2.1' },
        { scope: 'ip', value: '192.0.2.2' },
      ],
    ],
    ['value,reason\n192.0.2.1,"a ""b"", c"\n', [{ value: '192.0.2.1', reason: 'a "b", c' }]],
    ['[{"value":"192.0.2.1"},7]', [{ value: '192.0.2.1' }]],
    ['{"decisions":[{"value":"192.0.2.1"}]}', [{ value: '192.0.2.1' }]],
    ['', []],
  ])('%j is read', (text, items) => {
    expect(readImport(text)).toEqual(items)
  })

  it.each(['{', 'color,value\nred,1\n', 'scope,type\nip,ban\n'])('%j is refused', (text) => {
    expect(() => readImport(text)).toThrow()
  })
})

describe('decisions import and export', () => {
  it('sends the file with what the options add, and tells what was refused', async () => {
    const part = await detection(() => [201, { imported: 1, refused: 1, why: ['127.0.0.1: own-interface'] }])
    writeFileSync(join(folder, 'list'), '192.0.2.1\n127.0.0.1\n')
    const printed = await call(['decisions', 'import', 'list', '--duration', '7d'], folder)
    expect(printed).toEqual({
      stdout: 'imported 1 decisions, refused 1\n',
      stderr: 'sevenfold: 127.0.0.1: own-interface\n',
      code: 1,
    })
    const entry = (value: string): object => ({ duration: '7d', origin: 'import', value })
    expect(part.asked[0]).toEqual({
      method: 'POST',
      path: '/v1/decisions/import',
      body: { decisions: [entry('192.0.2.1'), entry('127.0.0.1')], actor },
    })
    await call(['decisions', 'import', '-', '--json'], folder, '192.0.2.9')
    expect(part.asked[1]?.body).toMatchObject({ decisions: [{ value: '192.0.2.9' }] })
    expect((await call(['decisions', 'import', 'none'], folder)).code).toBe(3)
  })

  it('prints a list, a table that no program takes for formulas, or JSON', async () => {
    const part = await detection(() => [
      200,
      [
        { scope: 'Ip', value: '192.0.2.1', type: 'ban', duration: '1h', scenario: '=1+1' },
        { scope: 'username', value: 'ana', type: 'throttle', duration: '1h', scenario: 's' },
      ],
    ])
    expect((await call(['decisions', 'export'], folder)).stdout).toBe('192.0.2.1\n')
    expect((await call(['decisions', 'export', '--form', 'csv'], folder)).stdout).toContain(
      `"1h","'=1+1","Ip","ban","192.0.2.1"`,
    )
    expect(
      JSON.parse((await call(['decisions', 'export', '--form', 'json', '--origin', 'lists'], folder)).stdout),
    ).toHaveLength(2)
    expect(part.asked.at(-1)?.path).toBe('/v1/decisions?origins=lists&limit=10000&after=0')
    expect((await call(['decisions', 'export', '--form', 'xml'], folder)).code).toBe(2)
  })
})

describe('machines', () => {
  it('are added, listed, accepted, trusted and deleted', async () => {
    const part = await detection(({ method, path }) => {
      if (path.endsWith('/none')) return [404, {}]
      if (method === 'GET') return [200, [{ name: 'web1', validated: true, trusted: false }]]
      return path === '/v1/machines' ? [201, { name: 'web1', password: 'secret', trusted: true }] : [200, {}]
    })
    expect((await call(['machines', 'add', 'web1', '--trusted'], folder)).stdout).toBe('secret\n')
    expect((await call(['machines', 'list'], folder)).stdout).toMatch(/web1 +yes +no/u)
    expect((await call(['machines', 'accept', 'web1'], folder)).stdout).toBe('accepted web1\n')
    expect((await call(['machines', 'trust', 'web1', '--no'], folder)).stdout).toBe(
      'no longer trusted web1\n',
    )
    expect((await call(['machines', 'delete', 'none'], folder)).code).toBe(1)
    expect(part.asked.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/v1/machines', { name: 'web1', trusted: true, actor }],
      ['GET', '/v1/machines', undefined],
      ['POST', '/v1/machines/web1', { validated: true, actor }],
      ['POST', '/v1/machines/web1', { trusted: false, actor }],
      ['DELETE', '/v1/machines/none', { actor }],
    ])
  })
})

describe('allow-lists', () => {
  it('are made, filled, shown, asked and removed', async () => {
    const list = {
      name: 'office',
      description: 'us',
      items: [{ value: '203.0.113.0/24', expiration: '', description: 'desks' }],
    }
    const part = await detection(({ method, path }) => {
      if (path.includes('/check/')) return [200, { allowlisted: path.endsWith('113.7'), reason: 'desks' }]
      if (method === 'GET') return [200, [list]]
      return path.includes('/none') ? [404, {}] : [200, list]
    })
    expect((await call(['allowlists', 'create', 'office', '--description', 'us'], folder)).stdout).toBe(
      'made office\n',
    )
    expect(
      (await call(['allowlists', 'add', 'office', '203.0.113.0/24', '--duration', '30d'], folder)).code,
    ).toBe(0)
    expect(
      (await call(['allowlists', 'add', 'office', '-'], folder, '192.0.2.1\n192.0.2.2\n')).stdout,
    ).toContain(': 2')
    expect((await call(['allowlists', 'remove', 'none', '192.0.2.1'], folder)).code).toBe(1)
    expect((await call(['allowlists', 'list'], folder)).stdout).toContain('office  1')
    expect((await call(['allowlists', 'list', 'office'], folder)).stdout).toContain('203.0.113.0/24')
    expect((await call(['allowlists', 'list', 'other'], folder)).code).toBe(1)
    expect((await call(['allowlists', 'check', '203.0.113.7'], folder)).code).toBe(0)
    expect((await call(['allowlists', 'check', '198.51.100.7'], folder)).code).toBe(1)
    expect((await call(['allowlists', 'delete', 'office'], folder)).code).toBe(0)
    expect(part.asked[1]).toEqual({
      method: 'POST',
      path: '/v1/allowlists/office/items',
      body: { values: ['203.0.113.0/24'], actor, duration: '30d' },
    })
  })
})

describe('bouncers add', () => {
  it('passes on what the bouncer can hold', async () => {
    const part = await detection(() => [201, { name: 'fw', key: 'k' }])
    await call(
      ['bouncers', 'add', 'fw', '--kind', 'firewall', '--scopes', 'ip, range', '--expand-ranges'],
      folder,
    )
    expect(part.asked[0]?.body).toEqual({
      name: 'fw',
      actor,
      kind: 'firewall',
      scopes: ['ip', 'range'],
      expandRanges: true,
    })
    expect((await call(['bouncers', 'add', 'fw', '--kind', 'router'], folder)).code).toBe(2)
  })
})

describe('migration', () => {
  it('from fail2ban writes rules into a new folder and reports what it could not carry', async () => {
    const source = join(folder, 'fail2ban')
    mkdirSync(join(source, 'filter.d'), { recursive: true })
    writeFileSync(
      join(source, 'jail.conf'),
      '[shop]\nenabled = true\nlogpath = /a.log\nport = 80\nignoreip = 203.0.113.5\n',
    )
    writeFileSync(join(source, 'filter.d', 'shop.conf'), '[Definition]\nfailregex = ^denied <HOST>$\n')
    const printed = await call(['detect', 'import-fail2ban', 'fail2ban', '--out', 'out', '--json'], folder)
    expect(printed.code).toBe(1)
    expect(JSON.parse(printed.stdout)).toMatchObject({
      report: [{ what: 'jail shop', carry: 'carried' }, { what: 'jail shop, port' }, {}, {}],
    })
    expect(readFileSync(join(folder, 'out', 'scenarios', 'fail2ban', 'shop.yaml'), 'utf8')).toContain(
      'fail2ban/shop',
    )
    expect(readFileSync(join(folder, 'out', 'allowlist.txt'), 'utf8')).toBe('203.0.113.5\n')
    expect((await call(['detect', 'import-fail2ban', 'fail2ban', '--out', 'out'], folder)).code).toBe(2)
    expect((await call(['detect', 'import-fail2ban', 'nowhere'], folder)).code).toBe(3)
  })

  it('from CrowdSec copies rules of one’s own and names those of the hub', async () => {
    const source = join(folder, 'crowdsec')
    mkdirSync(join(source, 'scenarios'), { recursive: true })
    writeFileSync(join(source, 'config.yaml'), '')
    writeFileSync(
      join(source, 'profiles.yaml'),
      'name: a\nfilters: ["Alert.Remediation"]\ndecisions: [{type: ban, duration: 4h}]\n',
    )
    writeFileSync(join(source, 'scenarios', 'mine.yaml'), 'name: me/mine\n')
    symlinkSync('/nowhere/ssh-bf.yaml', join(source, 'scenarios', 'ssh-bf.yaml'))
    const list = [
      { scope: 'Ip', value: '192.0.2.1', type: 'ban', origin: 'cscli', duration: '4h', scenario: 'x' },
    ]
    writeFileSync(join(folder, 'decisions.json'), JSON.stringify(list))
    const args = ['detect', 'import-crowdsec', 'crowdsec', '--out', 'out', '--decisions', 'decisions.json']
    const printed = await call(args, folder)
    expect([printed.code, printed.stdout]).toEqual([1, expect.stringContaining('ssh-bf')])
    expect(readFileSync(join(folder, 'out', 'scenarios', 'mine.yaml'), 'utf8')).toBe('name: me/mine\n')
    expect(JSON.parse(readFileSync(join(folder, 'out', 'decisions.json'), 'utf8'))).toMatchObject({
      decisions: [{ value: '192.0.2.1' }],
    })
    expect((await call([...args.slice(0, 5), '--decisions', 'none'], folder)).code).toBe(3)
  })
})

describe('held bans', () => {
  const one = {
    id: 3,
    type: 'ban',
    scope: 'ip',
    value: '192.0.2.7',
    duration: '3h',
    reporter: 'edge',
    cause: 'flood',
    scenario: 's',
  }

  it('are listed, all or those of one reporter', async () => {
    await detection(() => [200, [one, { ...one, id: 4, reporter: 'machine gate' }]])
    const printed = await call(['decisions', 'held'], folder)
    expect(printed.stdout).toMatch(/3 +ban +ip +192\.0\.2\.7 +3h +edge +flood +s/u)
    const mine = await call(['decisions', 'held', '--reporter', 'machine gate', '--json'], folder)
    expect(JSON.parse(mine.stdout)).toEqual([{ ...one, id: 4, reporter: 'machine gate' }])
    expect((await call(['decisions', 'held', '--reporter', 'none'], folder)).stdout).toBe(
      'no bans are held\n',
    )
  })

  it('are released and dropped by number, value, reporter or all, with a reason', async () => {
    const part = await detection(({ path }) =>
      path.endsWith('drop')
        ? [200, { dropped: 2 }]
        : [200, { released: 1, inForce: 1, refused: 1, why: ['192.0.2.9: allowed as office'] }],
    )
    const released = await call(['decisions', 'release', '3', '4', '--reason', 'attack'], folder)
    expect([released.code, released.stdout]).toEqual([
      0,
      'released 1 held bans, 1 were in force already\nnot released: 192.0.2.9: allowed as office\n',
    ])
    expect((await call(['decisions', 'drop', '192.0.2.7', '--reason', 'r'], folder)).stdout).toBe(
      'dropped 2 held bans\n',
    )
    await call(['decisions', 'drop', '--reporter', 'edge', '--reason', 'r'], folder)
    await call(['decisions', 'drop', '--all', '--reason', 'r', '--json'], folder)
    expect(part.asked.map(({ path, body }) => [path, body])).toEqual([
      ['/v1/decisions/held/release', { ids: [3, 4], reason: 'attack', actor }],
      ['/v1/decisions/held/drop', { value: '192.0.2.7', reason: 'r', actor }],
      ['/v1/decisions/held/drop', { reporter: 'edge', reason: 'r', actor }],
      ['/v1/decisions/held/drop', { all: true, reason: 'r', actor }],
    ])
  })

  it.each([
    [['release', '3']],
    [['release', '3', '--reason', '  ']],
    [['release', '--reason', 'r']],
    [['drop', '3', '--all', '--reason', 'r']],
    [['drop', '--reporter', 'a', '--all', '--reason', 'r']],
    [['drop', '192.0.2.7', '192.0.2.8', '--reason', 'r']],
  ])('are not touched by %j', async (words) => {
    const part = await detection(() => [200, {}])
    expect((await call(['decisions', ...words], folder)).code).toBe(2)
    expect(part.asked).toEqual([])
  })

  it('that are not there are a finding', async () => {
    await detection(() => [404, {}])
    expect((await call(['decisions', 'drop', '9', '--reason', 'r'], folder)).code).toBe(1)
  })
})

describe('an exchange', () => {
  it('shows its reporters, and pardons one with a reason', async () => {
    const one = { name: 'partner', group: 'p', trust: 0.5, addresses: 3, refused: 5, suspended: true }
    const part = await detection(({ method, path }) => {
      if (path.includes('none')) return [404, {}]
      return [200, method === 'GET' ? [one] : { ...one, suspended: false }]
    })
    expect((await call(['feeds', 'reporters'], folder)).stdout).toMatch(/partner +p +0\.5 +3 +5 +yes/u)
    const pardoned = await call(['feeds', 'pardon', 'partner', '--reason', 'new key'], folder)
    expect([pardoned.code, pardoned.stdout]).toEqual([0, 'pardoned partner\n'])
    expect(part.asked.at(-1)).toEqual({
      method: 'POST',
      path: '/v1/exchange/reporters/partner/pardon',
      body: { reason: 'new key', actor },
    })
    expect((await call(['feeds', 'pardon', 'partner'], folder)).code).toBe(2)
    expect((await call(['feeds', 'pardon', 'none', '--reason', 'r'], folder)).code).toBe(1)
  })

  it('that is not there is a finding', async () => {
    await detection(() => [404, {}])
    expect((await call(['feeds', 'reporters'], folder)).code).toBe(1)
  })
})

describe('very many decisions', () => {
  const total = 25_000
  const query = (path: string): URLSearchParams => new URL(path, 'http://localhost').searchParams
  /** Answers pages as the layer does. */
  const paged = () =>
    detection(({ path }) => {
      const [limit, after] = [Number(query(path).get('limit')), Number(query(path).get('after'))]
      const count = Math.max(0, Math.min(limit, total - after))
      return [
        200,
        Array.from({ length: count }, (_, i) => ({
          id: after + i + 1,
          scope: 'Ip',
          value: `v${after + i + 1}`,
        })),
      ]
    })

  it('come page by page, all of them and each once', async () => {
    const part = await paged()
    const lines = (await call(['decisions', 'export'], folder)).stdout.trim().split('\n')
    expect(lines).toEqual(Array.from({ length: total }, (_, i) => `v${i + 1}`))
    expect(part.asked.map(({ path }) => query(path).get('after'))).toEqual(['0', '10000', '20000'])
    expect(JSON.parse((await call(['decisions', 'list', '--json'], folder)).stdout)).toHaveLength(total)
  })

  it('are shown to people up to a limit, with a word about the rest', async () => {
    await paged()
    const printed = await call(['decisions', 'list'], folder)
    expect(printed.stdout.trim().split('\n')).toHaveLength(1_001)
    expect(printed.stderr).toContain('there are more')
    const few = await call(['decisions', 'list', '--limit', '3', '--json'], folder)
    expect(JSON.parse(few.stdout)).toHaveLength(3)
    for (const limit of ['0', '-1', 'x', '1e3'])
      expect((await call(['decisions', 'list', '--limit', limit], folder)).code).toBe(2)
  })

  it('do not go round in circles with a part that knows no pages', async () => {
    const part = await detection(() => [200, Array.from({ length: 10_000 }, () => ({ id: 1, value: 'x' }))])
    await call(['decisions', 'export'], folder)
    expect(part.asked).toHaveLength(2)
  })
})
